//! printk's lines, and the one that it has begun and not ended: a continuation line.
//!
//! ```text
//!  printk(KERN_INFO "a %d", 1)   "\x016a 1"      held, no newline yet
//!  pr_cont(" b\n")               "\x01c b\n"     "a 1 b" goes out, at level 6
//! ```
//!
//! What is held is continued by who began it alone: a CPU, in its ordinary context or in an
//! interrupt handler. It goes out when that prints a text which doesn't continue it, and
//! when the module's init or exit, or the function that a CPU was called for, has returned.
//! It lies below the modules, which see to that. Of more lines than there is room for the
//! one longest held goes out.
//!
//! The lock guards what is held, not the way out: a line is copied out of it first, and
//! printed with nothing locked.

use crate::recording::Recording;
use crate::sync::{Lock, rank};
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicU32, Ordering};
use printf::Sink;

/// Bytes of a text, and of what is held; what is longer is cut, and ends in `...`.
const TEXT: usize = 1024;

/// The level of a text that names none.
const DEFAULT_LEVEL: u8 = 4;

/// The end of a text that was cut.
const CUT: &[u8] = b"...";

/// Bytes of a text: a level in front, as printk takes it, and lines: `\x016text\n`.
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
        if room < bytes.len() {
            self.bytes[TEXT - CUT.len()..].copy_from_slice(CUT);
        }
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}

/// A line and its level, 0 to 7 as Linux counts them.
struct Line {
    level: u8,
    text: Text,
}

impl Line {
    const fn empty() -> Self {
        Self {
            level: DEFAULT_LEVEL,
            text: Text::new(),
        }
    }

    /// Takes the text out; the level stays.
    fn take(&mut self) -> Self {
        Self {
            level: self.level,
            text: core::mem::replace(&mut self.text, Text::new()),
        }
    }

    /// Prints it: on the log, or for a self-test. With no lock held.
    fn print(&self) {
        let text = Utf8(self.text.as_bytes());
        let level = self.level;
        if !copy(format_args!("<{level}>{text}\n")) {
            log::log!(log_level(level), "{text}");
        }
    }
}

/// Lines that can be held at once.
const LINES: usize = 4;

/// Who prints: a CPU's number, times two, and one for an interrupt handler.
type Context = u32;

/// The running code, as it prints.
fn context() -> Context {
    arch::cpu::number() << 1 | u32::from(arch::lowcore::is_interrupt_stack(arch::stack::pointer()))
}

/// A line that has no end yet; without text it is nobody's.
struct Begun {
    context: Context,
    /// Which line it is, counted by beginnings.
    number: u64,
    line: Line,
}

impl Begun {
    const NOTHING: Self = Self {
        context: 0,
        number: 0,
        line: Line::empty(),
    };

    fn is_of(&self, context: Context) -> bool {
        self.context == context && self.line.text.used > 0
    }
}

struct Held {
    lines: [Begun; LINES],
    /// Lines begun so far.
    begun: u64,
}

impl Held {
    /// The line of who prints, or an empty one to be its own. A line that had to make room
    /// for that is put into `out`.
    fn of(&mut self, context: Context, out: &mut Option<Line>) -> &mut Line {
        let own = self.lines.iter().position(|begun| begun.is_of(context));
        let at = own.unwrap_or_else(|| {
            // What is free counts as begun before all others.
            let age = |begun: &Begun| (begun.line.text.used > 0, begun.number);
            let oldest = (0..LINES)
                .min_by_key(|&at| age(&self.lines[at]))
                .unwrap_or(0);
            let begun = &mut self.lines[oldest];
            if begun.line.text.used > 0 {
                *out = Some(begun.line.take());
            }
            self.begun += 1;
            (begun.context, begun.number) = (context, self.begun);
            begun.line.level = DEFAULT_LEVEL;
            COUNT.fetch_add(1, Ordering::Relaxed);
            oldest
        });
        &mut self.lines[at].line
    }

    /// Takes the line of who prints, if there is one.
    fn take(&mut self, context: Context) -> Option<Line> {
        let mut lines = self.lines.iter_mut();
        let own = lines.find(|begun| begun.is_of(context));
        own.map(|begun| begun.line.take())
    }
}

static HELD: Lock<Held, { rank::EXPORTS }> = Lock::new(Held {
    lines: [const { Begun::NOTHING }; LINES],
    begun: 0,
});

/// How many lines are held: most calls that end none find none.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// The levels of `log` that stand for Linux's, as `loglevel=` does it too.
fn log_level(level: u8) -> log::Level {
    match level {
        0..=3 => log::Level::Error,
        4 => log::Level::Warn,
        5 | 6 => log::Level::Info,
        _ => log::Level::Debug,
    }
}

/// Bytes that should be UTF-8; U+FFFD stands for those that aren't.
struct Utf8<'a>(&'a [u8]);

impl fmt::Display for Utf8<'_> {
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

/// Prints a text of printk's: whole lines at once; what has no newline is held. Any
/// context, with no lock held.
pub fn print(text: &Text) {
    let (level, text) = match text.as_bytes() {
        [1, b'c', rest @ ..] => (None, rest),
        [1, digit @ b'0'..=b'7', rest @ ..] => (Some(digit - b'0'), rest),
        rest => (Some(DEFAULT_LEVEL), rest),
    };
    if level.is_some() {
        flush();
    }
    for piece in text.split_inclusive(|&byte| byte == b'\n') {
        let ended = piece.strip_suffix(b"\n");
        let mut other = None;
        let line = {
            let mut held = HELD.lock();
            let line = held.of(context(), &mut other);
            line.level = level.unwrap_or(line.level);
            line.text.put(ended.unwrap_or(piece));
            // A newline alone is an empty line.
            ended.map(|_| line.take())
        };
        for line in other.into_iter().chain(line) {
            COUNT.fetch_sub(1, Ordering::Relaxed);
            line.print();
        }
    }
}

/// Ends the line that the running code has begun, if it has no newline. Any context, with
/// no lock held.
pub fn flush() {
    if COUNT.load(Ordering::Relaxed) == 0 {
        return;
    }
    let line = HELD.lock().take(context());
    if let Some(line) = line {
        COUNT.fetch_sub(1, Ordering::Relaxed);
        line.print();
    }
}

/// Prints lines at a level of Linux's, 0 to 7, as if by printk.
pub fn lines(level: u8, text: fmt::Arguments<'_>) {
    let mut whole = Text::new();
    // A Text takes all that it has room for.
    let _ = writeln!(whole, "\x01{level}{text}");
    print(&whole);
}

/// Bytes that a self-test can look at; what is more is left out.
pub const COPY: usize = 16 * 1024;

/// What goes to a self-test, and not to the log: lines, each as `<level>text`.
static COPIED: Lock<Recording<COPY>, { rank::EXPORTS }> = Lock::new(Recording::off());

/// Hands a line to the self-test that looks at them, if one does.
fn copy(line: fmt::Arguments<'_>) -> bool {
    if !COPIED.lock().is_on() {
        return false;
    }
    let mut text = Text::new();
    // A Text takes all that it has room for.
    let _ = text.write_fmt(line);
    COPIED.lock().put(text.as_bytes());
    true
}

/// Runs `work`, and copies what is printed meanwhile to the start of `into`, each line
/// as `<level>text`; returns how many bytes that is, `COPY` at most. For self-tests, one
/// at a time.
pub fn copy_of<R>(work: impl FnOnce() -> R, into: &mut [u8; COPY]) -> (R, usize) {
    flush();
    COPIED.lock().start();
    let result = work();
    flush();
    (result, COPIED.lock().stop(into))
}
