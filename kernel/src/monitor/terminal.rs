//! The person at the console: a prompt, and the next line.

use super::line_editor::{LineEditor, Typed};
use crate::console::{self, INPUT};
use crate::interrupts;
use arch::control::{self, ExternalClass};
use arch::cpu;

/// The console as the monitor reads it.
pub struct Terminal {
    editor: LineEditor,
    /// What came in with the last read.
    input: [u8; INPUT],
    /// The part of it that nobody has looked at: from, to.
    left: (usize, usize),
}

/// The line is longer than a line may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl Terminal {
    /// A terminal at which nothing was typed yet.
    pub const fn new() -> Self {
        Self {
            editor: LineEditor::new(),
            input: [0; INPUT],
            left: (0, 0),
        }
    }

    /// Shows the prompt and waits for a line. What is typed beyond it is kept for the
    /// next one.
    pub fn read_line(&mut self) -> Result<&str, TooLong> {
        console::print(b"> ");
        self.editor.clear();
        loop {
            while self.left.0 < self.left.1 {
                let byte = self.input[self.left.0];
                self.left.0 += 1;
                match self.editor.take(byte, &mut console::print) {
                    Typed::More => {}
                    Typed::Line => return Ok(self.editor.line()),
                    Typed::TooLong => return Err(TooLong),
                }
            }
            self.left = (0, self.wait_for_input());
        }
    }

    /// Reads what was typed, at least one byte; returns how many there are.
    ///
    /// A service signal goes to one CPU, whichever admits it first: so none does but the
    /// reader, while it waits. Until then a signal stays pending, and is taken as soon as
    /// it is admitted. The read's own end is signalled too: it wakes nobody who waits for
    /// an event.
    fn wait_for_input(&mut self) -> usize {
        control::admit(ExternalClass::SERVICE_SIGNAL);
        let count = loop {
            // Before the look: an event that comes after it is waited for no longer.
            interrupts::take_service_event();
            match console::read(&mut self.input) {
                0 => {}
                count => break count,
            }
            while !interrupts::is_service_event() {
                cpu::wait_for_interrupt_unless(interrupts::is_service_event);
            }
        };
        control::exclude(ExternalClass::SERVICE_SIGNAL);
        count
    }
}
