//! A line of text: a fixed number of bytes, cut where there are more.

use core::fmt::{self, Write};

/// Most bytes of a line, its end included.
pub const LENGTH: usize = 1024;

/// The end of a line that was cut, or never finished.
const CUT: &[u8] = b"...\n";

/// A line that is put together.
pub struct Line {
    bytes: [u8; LENGTH],
    used: usize,
    is_cut: bool,
}

impl Line {
    /// An empty line.
    pub const fn new() -> Self {
        Self {
            bytes: [0; LENGTH],
            used: 0,
            is_cut: false,
        }
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.used = 0;
        self.is_cut = false;
    }

    /// Adds text without line ends, as far as there is room. A control character but a
    /// tab becomes its number: text of a file or a module steers no terminal.
    pub fn put(&mut self, text: &str) {
        let mut rest = text;
        while let Some((plain, control, behind)) = split_at_control(rest) {
            self.put_plain(plain);
            // Putting can't fail; it cuts.
            let _ = write!(Plain(self), "\\x{:02x}", u32::from(control));
            rest = behind;
        }
        self.put_plain(rest);
    }

    fn put_plain(&mut self, text: &str) {
        if self.is_cut {
            return;
        }
        let room = LENGTH - CUT.len() - self.used;
        let fits = text.floor_char_boundary(room);
        self.bytes[self.used..][..fits].copy_from_slice(&text.as_bytes()[..fits]);
        self.used += fits;
        self.is_cut = fits < text.len();
    }

    /// Ends the line; returns its bytes, and whether it was cut.
    pub fn end(&mut self) -> (&[u8], bool) {
        let is_cut = self.is_cut;
        (self.ended_by(if is_cut { CUT } else { b"\n" }), is_cut)
    }

    /// Ends a line that nobody finishes; returns its bytes, none if there is no text.
    pub fn end_unfinished(&mut self) -> &[u8] {
        match self.used {
            0 => &[],
            _ => self.ended_by(CUT),
        }
    }

    fn ended_by(&mut self, end: &[u8]) -> &[u8] {
        let whole = self.used + end.len();
        self.bytes[self.used..whole].copy_from_slice(end);
        &self.bytes[..whole]
    }
}

/// Text before the first control character, that, and the text behind it.
fn split_at_control(text: &str) -> Option<(&str, char, &str)> {
    let steers = |letter: char| letter.is_control() && letter != '\t';
    let at = text.find(steers)?;
    let mut behind = text[at..].chars();
    let control = behind.next()?;
    Some((&text[..at], control, behind.as_str()))
}

/// Puts text into a line as it is.
struct Plain<'a>(&'a mut Line);

impl Write for Plain<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.put_plain(text);
        Ok(())
    }
}
