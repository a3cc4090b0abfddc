//! What is typed, byte by byte, into lines: echo, and the keys that take back.
//!
//! The terminal is in raw mode (QEMU sees to that where its stdin is one), so nothing
//! is shown but what comes from here. Return ends a line, backspace takes a character
//! back, Ctrl-U and Ctrl-C all of them. Ctrl-D on an empty line ends the session: it types
//! `poweroff`. Escape sequences, as the arrows send them, do nothing; so do a tab and other
//! control characters. Where nothing more fits, a key rings the terminal's bell, and the
//! line is refused when it ends: a cut command isn't what was typed.
//!
//! A full editor needs more than this: `./qemu-run.sh shell` has one, on its side of a
//! terminal, and sends whole lines.
//!
//! ```text
//!  ESC [ 0x30..0x3f* 0x20..0x2f* 0x40..0x7e      a control sequence (ECMA-48)
//!  ESC O one more                                a function key
//!  ESC one                                       Alt and a key
//! ```

use crate::console::CTRL_C;

/// Most bytes of a line.
pub const LENGTH: usize = 1024;

/// What Ctrl-D types.
const END: &[u8] = b"poweroff";

/// Takes a character off the screen.
const RUB_OUT: &[u8] = b"\x08 \x08";

const BELL: &[u8] = b"\x07";

/// Where in an escape sequence the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escape {
    /// In none.
    None,
    /// Behind ESC.
    Begun,
    /// Inside a control sequence.
    Control,
    /// Before the last byte of a function key's.
    Function,
}

/// What a byte did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The line goes on.
    More,
    /// The line is there, and was shown to end.
    Line,
    /// The line has ended, and was longer than [`LENGTH`].
    TooLong,
}

/// A line that is being typed.
#[derive(Debug)]
pub struct LineEditor {
    line: heapless::Vec<u8, LENGTH>,
    is_too_long: bool,
    escape: Escape,
    /// The last byte was a carriage return: a line feed behind it is the same key.
    after_return: bool,
}

impl LineEditor {
    /// An empty line.
    pub const fn new() -> Self {
        Self {
            line: heapless::Vec::new(),
            is_too_long: false,
            escape: Escape::None,
            after_return: false,
        }
    }

    /// Begins the next line.
    pub fn clear(&mut self) {
        self.line.clear();
        self.is_too_long = false;
    }

    /// The line so far.
    pub fn line(&self) -> &[u8] {
        &self.line
    }

    /// Takes the last character back, all of its bytes; whether there was one.
    fn take_back(&mut self) -> bool {
        /// Whether a byte of UTF-8 is one behind a character's first.
        fn continues(byte: u8) -> bool {
            byte & 0xc0 == 0x80
        }
        while let Some(byte) = self.line.pop() {
            if !continues(byte) {
                return true;
            }
        }
        false
    }

    /// Takes a byte; `echo` gets what is to be shown for it.
    pub fn take(&mut self, byte: u8, echo: &mut dyn FnMut(&[u8])) -> Typed {
        let after_return = core::mem::replace(&mut self.after_return, byte == b'\r');
        if self.is_in_escape(byte) {
            return Typed::More;
        }
        match byte {
            b'\n' if after_return => {}
            b'\r' | b'\n' => {
                echo(b"\n");
                return match self.is_too_long {
                    false => Typed::Line,
                    true => Typed::TooLong,
                };
            }
            // Backspace; which of the two it sends is up to the terminal.
            0x08 | 0x7f => {
                if self.take_back() {
                    echo(RUB_OUT);
                }
            }
            // Ctrl-U, Ctrl-C.
            0x15 | CTRL_C => {
                while self.take_back() {
                    echo(RUB_OUT);
                }
                self.is_too_long = false;
            }
            // Ctrl-D.
            0x04 if self.line.is_empty() && !self.is_too_long => {
                echo(END);
                echo(b"\n");
                // It is shorter than a line may be.
                return match self.line.extend_from_slice(END) {
                    Ok(()) => Typed::Line,
                    Err(_) => Typed::TooLong,
                };
            }
            b' '..=b'~' | 0x80.. => match self.line.push(byte) {
                Ok(()) => echo(&[byte]),
                Err(_) => {
                    self.is_too_long = true;
                    echo(BELL);
                }
            },
            _ => {}
        }
        Typed::More
    }

    /// Whether a byte belongs to an escape sequence. A control character ends one that
    /// is unfinished, and counts by itself.
    fn is_in_escape(&mut self, byte: u8) -> bool {
        const ESC: u8 = 0x1b;
        let (next, inside) = match (self.escape, byte) {
            (_, ESC) => (Escape::Begun, true),
            (Escape::None, _) | (_, 0..=0x1f) => (Escape::None, false),
            (Escape::Begun, b'[') => (Escape::Control, true),
            (Escape::Begun, b'O') => (Escape::Function, true),
            (Escape::Control, 0x20..=0x3f) => (Escape::Control, true),
            (Escape::Begun | Escape::Control | Escape::Function, _) => (Escape::None, true),
        };
        self.escape = next;
        inside
    }
}
