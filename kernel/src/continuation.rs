//! The line that printk has begun and not ended: a continuation line.
//!
//! ```text
//!  printk(KERN_INFO "a %d", 1)   "\x016a 1"      held, no newline yet
//!  pr_cont(" b\n")               "\x01c b\n"     "a 1 b" goes out, at level 6
//! ```
//!
//! What is held goes out when a text comes that doesn't continue it, and when the
//! module's init or exit has returned. It lies below the modules, which see to that.

use crate::sync::{Lock, rank};
use alloc::string::String;
use core::fmt::{self, Write};
use printf::Sink;

/// Bytes of a text, and of what is held; what is longer is cut.
const TEXT: usize = 1024;

/// The level of a text that names none.
const DEFAULT_LEVEL: u8 = 4;

/// A text with its level in front, as printk takes it: `\x016text`.
pub struct Text {
    bytes: [u8; TEXT],
    used: usize,
}

impl Text {
    /// An empty text.
    pub const fn new() -> Self {
        Self {
            bytes: [0; TEXT],
            used: 0,
        }
    }

    /// What was put in.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.used]
    }
}

impl Sink for Text {
    fn put(&mut self, bytes: &[u8]) {
        let room = bytes.len().min(TEXT - self.used);
        self.bytes[self.used..self.used + room].copy_from_slice(&bytes[..room]);
        self.used += room;
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}

/// A line that has no end yet.
struct Held {
    level: u8,
    text: Text,
    /// For self-tests: lines go here, each as `<level>text`, and not to the log.
    captured: Option<String>,
}

static HELD: Lock<Held, { rank::EXPORTS }> = Lock::new(Held {
    level: DEFAULT_LEVEL,
    text: Text::new(),
    captured: None,
});

impl Held {
    fn take(&mut self, text: &[u8]) {
        let (level, text) = match text {
            [1, b'c', rest @ ..] => (None, rest),
            [1, digit @ b'0'..=b'7', rest @ ..] => (Some(digit - b'0'), rest),
            _ => (Some(DEFAULT_LEVEL), text),
        };
        if let Some(level) = level {
            self.end_line();
            self.level = level;
        }
        for piece in text.split_inclusive(|&byte| byte == b'\n') {
            match piece.strip_suffix(b"\n") {
                None => self.text.put(piece),
                Some(line) => {
                    self.text.put(line);
                    self.emit();
                }
            }
        }
    }

    fn end_line(&mut self) {
        if self.text.used > 0 {
            self.emit();
        }
    }

    fn emit(&mut self) {
        let line = Lossy(self.text.as_bytes());
        match &mut self.captured {
            Some(captured) => {
                // A String takes all.
                let _ = writeln!(captured, "<{}>{line}", self.level);
            }
            None => log::log!(level_of(self.level), "{line}"),
        }
        self.text.used = 0;
    }
}

/// The levels of `log` that stand for Linux's, as `loglevel=` does it too.
fn level_of(level: u8) -> log::Level {
    match level {
        0..=3 => log::Level::Error,
        4 => log::Level::Warn,
        5 | 6 => log::Level::Info,
        _ => log::Level::Debug,
    }
}

/// Bytes that should be UTF-8.
struct Lossy<'a>(&'a [u8]);

impl fmt::Display for Lossy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.utf8_chunks().try_for_each(|chunk| {
            f.write_str(chunk.valid())?;
            match chunk.invalid() {
                [] => Ok(()),
                _ => f.write_char(char::REPLACEMENT_CHARACTER),
            }
        })
    }
}

/// Prints a text of printk's: whole lines at once; what has no newline is held.
pub fn print(text: &Text) {
    HELD.lock().take(text.as_bytes());
}

/// Ends a line that has no newline.
pub fn flush() {
    HELD.lock().end_line();
}

/// Prints lines at a level of Linux's, as if by printk.
pub fn lines(level: u8, text: fmt::Arguments<'_>) {
    let mut whole = Text::new();
    // What is longer is cut; a Text takes all that it has room for.
    let _ = writeln!(whole, "\x01{level}{text}");
    print(&whole);
}

/// Runs `work` and returns what is printed meanwhile, each line as `<level>text`.
pub fn capture<R>(work: impl FnOnce() -> R) -> (R, String) {
    flush();
    HELD.lock().captured = Some(String::new());
    let result = work();
    flush();
    let captured = HELD.lock().captured.take();
    (result, captured.unwrap_or_default())
}
