//! The terminal while a person types: the guest's text above, the line that is edited below.
//!
//! ```text
//!  guest's text ─► lines ─┬─ no line is being edited ─► stdout
//!       │                 └─ one is ─► the editor's thread: it puts the line back below
//!       └ ENQ: the guest waits for a line ─► the editor
//! ```
//!
//! The guest's text has no other control characters that its programs could print, so
//! nothing but its monitor can say that it waits.

use crate::screen::paint;
use rustyline::ExternalPrinter;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

/// What the guest prints where it waits for a line.
pub const ENQUIRY: u8 = 5;

/// A line that leaves no trace: one up, and down again.
const NOTHING: &str = "\x1b[A\n";

/// The screen, as the thread that writes to it has it.
pub struct Screen {
    has_colours: bool,
    /// The line so far.
    text: Vec<u8>,
    is_editing: Arc<AtomicBool>,
    waits: Sender<()>,
    late: Sender<String>,
}

impl Screen {
    /// A screen, and the thread that shows what comes while a line is edited; it ends some
    /// time after the screen is dropped, when all of that is shown. `waits` is notified each
    /// time that the guest waits for a line.
    pub fn new(
        printer: impl ExternalPrinter + Send + 'static,
        is_editing: Arc<AtomicBool>,
        waits: Sender<()>,
    ) -> (Self, JoinHandle<()>) {
        let (late, texts) = mpsc::channel();
        let shown = thread::spawn(move || show_late(&texts, printer));
        let screen = Self {
            has_colours: paint::is_on_for_stdout(),
            text: Vec::new(),
            is_editing,
            waits,
            late,
        };
        (screen, shown)
    }

    fn show(&mut self) -> io::Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&self.text);
        let text = match self.has_colours {
            true => {
                let line = text.trim_end_matches('\n');
                format!("{}{}", paint::line(line), &text[line.len()..])
            }
            false => text.into_owned(),
        };
        self.text.clear();
        match self.is_editing.load(Ordering::SeqCst) {
            // Nobody shows it any more where the thread has ended.
            true => drop(self.late.send(text)),
            false => io::stdout().write_all(text.as_bytes())?,
        }
        Ok(())
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for &byte in bytes {
            if byte == ENQUIRY {
                self.show()?;
                io::stdout().flush()?;
                // The editor has ended: then nothing is typed any more.
                let _ = self.waits.send(());
                continue;
            }
            self.text.push(byte);
            if byte == b'\n' {
                self.show()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A screen that is gone shows nothing.
        let _ = self.show();
    }
}

/// Shows what came while a line was edited. If the line ends just then, the editor shows it
/// above the next one.
fn show_late(texts: &Receiver<String>, mut printer: impl ExternalPrinter) {
    for text in texts {
        if printer.print(text).is_err() {
            return;
        }
    }
    // The editor has room for one text that it hasn't taken: when it has taken the second of
    // these, all others are shown.
    for _ in 0..2 {
        let _ = printer.print(NOTHING.to_owned());
    }
}
