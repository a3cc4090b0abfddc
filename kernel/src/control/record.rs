//! One line of the control channel: a JSON object, put together in place.
//!
//! A line is printable ASCII and fits one event of the console. Names and numbers are
//! the kernel's own and short; a text may be anybody's and as long as it likes, so it
//! is escaped, and cut at [`TEXT`] bytes with `...` as its end.

use arch::sclp::line_mode::LINE;
use core::fmt::{self, Write};

/// Most bytes of a text between its quotes, escapes counted.
const TEXT: usize = 1800;

/// What marks a text that was cut.
const CUT: &[u8] = b"...";

/// Most bytes of a name, the same: a demangled one may be long.
const NAME: usize = 400;

/// Bytes that a record needs for all but its texts and names.
const FIXED: usize = 400;

// No record has more than two texts, or more than four names and no text.
const _: () = assert!(2 * TEXT + FIXED <= LINE && 4 * NAME + FIXED <= LINE);

/// A record.
#[derive(Debug)]
pub struct Record {
    bytes: [u8; LINE],
    used: usize,
}

impl Record {
    /// A record of this event, without other members yet.
    pub fn new(event: &'static str) -> Self {
        let mut record = Self {
            bytes: [0; LINE],
            used: 0,
        };
        record.put(b"{\"event\":\"");
        record.put(event.as_bytes());
        record.put(b"\"");
        record
    }

    /// Adds a number.
    pub fn number(&mut self, name: &'static str, value: u64) -> &mut Self {
        self.name(name);
        // Digits are ASCII, and a record takes all that it has room for.
        let _ = write!(Verbatim(self), "{value}");
        self
    }

    /// Adds `true` or `false`.
    pub fn flag(&mut self, name: &'static str, value: bool) -> &mut Self {
        self.name(name);
        self.put(if value { b"true" } else { b"false" });
        self
    }

    /// Adds a word of the schema's own.
    pub fn word(&mut self, name: &'static str, value: &'static str) -> &mut Self {
        self.name(name);
        self.put(b"\"");
        self.put(value.as_bytes());
        self.put(b"\"");
        self
    }

    /// Adds a text, escaped, and cut if it is too long. Nothing may be locked: `value`
    /// prints itself as it likes.
    pub fn text(&mut self, name: &'static str, value: impl fmt::Display) -> &mut Self {
        self.cut_text(name, value, TEXT)
    }

    /// As [`Record::text`], cut earlier: for a record of several.
    pub fn short_text(&mut self, name: &'static str, value: impl fmt::Display) -> &mut Self {
        self.cut_text(name, value, NAME)
    }

    fn cut_text(&mut self, name: &'static str, value: impl fmt::Display, most: usize) -> &mut Self {
        self.name(name);
        self.put(b"\"");
        let mut text = Text {
            record: self,
            left: most - CUT.len(),
        };
        if write!(text, "{value}").is_err() {
            self.put(CUT);
        }
        self.put(b"\"");
        self
    }

    /// Adds a list without entries as yet; [`Record::entry`] adds them, and
    /// [`Record::end_list`] ends it before anything else is added.
    pub fn list(&mut self, name: &'static str) {
        self.name(name);
        self.put(b"[");
    }

    /// Adds a text to the list, escaped; `false`, and nothing is added, where it doesn't
    /// fit. Nothing may be locked: `value` prints itself as it likes.
    pub fn entry(&mut self, value: impl fmt::Display) -> bool {
        let before = self.used;
        let comma: &[u8] = match self.bytes[..before].ends_with(b"[") {
            true => b"\"",
            false => b",\"",
        };
        self.put(comma);
        let left = (LINE - FIXED).saturating_sub(self.used);
        let mut text = Text { record: self, left };
        let fits = write!(text, "{value}").is_ok();
        match fits {
            true => self.put(b"\""),
            false => self.used = before,
        }
        fits
    }

    /// Ends the list.
    pub fn end_list(&mut self) {
        self.put(b"]");
    }

    /// Ends the object and returns the line, without a line end.
    pub fn end(&mut self) -> &[u8] {
        self.put(b"}");
        &self.bytes[..self.used]
    }

    fn name(&mut self, name: &'static str) {
        self.put(b",\"");
        self.put(name.as_bytes());
        self.put(b"\":");
    }

    fn put(&mut self, bytes: &[u8]) {
        let end = LINE.min(self.used + bytes.len());
        let room = &mut self.bytes[self.used..end];
        room.copy_from_slice(&bytes[..room.len()]);
        self.used = end;
    }
}

/// Puts text into a record as it is.
struct Verbatim<'a>(&'a mut Record);

impl Write for Verbatim<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.put(text.as_bytes());
        Ok(())
    }
}

/// Puts text between quotes; an error is a text that didn't fit.
struct Text<'a> {
    record: &'a mut Record,
    left: usize,
}

impl Text<'_> {
    fn put(&mut self, bytes: &[u8]) -> fmt::Result {
        self.left = self.left.checked_sub(bytes.len()).ok_or(fmt::Error)?;
        self.record.put(bytes);
        Ok(())
    }

    /// Puts ASCII without escapes, as much of it as fits.
    fn put_plain(&mut self, text: &str) -> fmt::Result {
        let (fits, rest) = text.as_bytes().split_at(text.len().min(self.left));
        self.put(fits)?;
        if rest.is_empty() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(needs_escape) {
            self.put_plain(&rest[..at])?;
            let mut behind = rest[at..].chars();
            match behind.next() {
                Some('"') => self.put(b"\\\"")?,
                Some('\\') => self.put(b"\\\\")?,
                Some(letter) => self.put(Escape::of(letter).as_bytes())?,
                None => {}
            }
            rest = behind.as_str();
        }
        self.put_plain(rest)
    }
}

fn needs_escape(letter: char) -> bool {
    !matches!(letter, ' ' | '!' | '#'..='[' | ']'..='~')
}

/// A character as `\uXXXX`, or as a surrogate pair of them.
struct Escape {
    bytes: [u8; 12],
    used: usize,
}

impl Escape {
    fn of(letter: char) -> Self {
        let mut escape = Self {
            bytes: [0; 12],
            used: 0,
        };
        for &mut unit in letter.encode_utf16(&mut [0; 2]) {
            let digit = |shift: u16| b"0123456789abcdef"[usize::from(unit >> shift & 15)];
            let text = [b'\\', b'u', digit(12), digit(8), digit(4), digit(0)];
            escape.bytes[escape.used..][..text.len()].copy_from_slice(&text);
            escape.used += text.len();
        }
        escape
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.used]
    }
}
