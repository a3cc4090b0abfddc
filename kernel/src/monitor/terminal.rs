//! Who types at the console, and the next line: a person, who is shown a prompt and what
//! they type; or a program, which shows that itself, and learns when to.

use super::line_editor::{LineEditor, Typed};
use crate::command_line::Monitor;
use crate::console::{self, INPUT};
use crate::interrupts;
use arch::control::{self, ExternalClass};
use arch::cpu;

/// Signals to a program that the next line is waited for, and that all output of the last one
/// has come. The console's text has no control characters but those that are printed here:
/// so nothing else can say that.
const ENQUIRY: &[u8] = b"\x05";

/// The console as the monitor reads it.
pub struct Terminal {
    by: Monitor,
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
    pub const fn new(by: Monitor) -> Self {
        Self {
            by,
            editor: LineEditor::new(),
            input: [0; INPUT],
            left: (0, 0),
        }
    }

    /// Asks for a line and waits for it. What is typed beyond it is kept for the next one.
    pub fn read_line(&mut self) -> Result<&[u8], TooLong> {
        let echo: &mut dyn FnMut(&[u8]) = match self.by {
            Monitor::Keys => &mut console::print,
            Monitor::Lines => &mut |_| {},
        };
        console::print(match self.by {
            Monitor::Keys => b"> ",
            Monitor::Lines => ENQUIRY,
        });
        self.editor.clear();
        loop {
            while self.left.0 < self.left.1 {
                let byte = self.input[self.left.0];
                self.left.0 += 1;
                match self.editor.take(byte, echo) {
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
