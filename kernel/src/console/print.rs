//! Text into lines, and lines out: the way of everything that the kernel prints.

use super::line::Line;
use super::{device, log, nesting};
use crate::sync;
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicU64, Ordering};

/// Lines that were cut.
static CUT: AtomicU64 = AtomicU64::new(0);

/// Lines that were lost beyond the deepest level.
static TOO_DEEP: AtomicU64 = AtomicU64::new(0);

/// What stands for a line beyond the deepest level.
const DEEPER: &[u8] = b"console: a line is lost, it was begun inside too many others\n";

/// Prints text as one line, or as several if it has line ends in it; `println!` calls
/// it. Any context.
///
/// # Panics
/// If this CPU holds a lock: the text could want the same.
pub fn print_line(text: fmt::Arguments<'_>) {
    put_together(text, |_| {});
}

/// Prints text as [`print_line`] does, and keeps it in the log.
///
/// # Panics
/// As [`print_line`].
pub fn log_line(text: fmt::Arguments<'_>) {
    put_together(text, log::keep);
}

/// Prints text; `also` gets each line that has gone out.
fn put_together(text: fmt::Arguments<'_>, also: fn(&[u8])) {
    assert_may_print();
    let printed = nesting::with_line(|line| {
        let mut writer = LineWriter { line, also };
        // A `Display` that says it failed has printed what it could.
        let _ = writer.write_fmt(text);
        writer.end_line();
    });
    if printed.is_none() {
        TOO_DEEP.fetch_add(1, Ordering::Relaxed);
        device::write(DEEPER);
    }
}

/// Prints text as it is and at once, for a prompt and its echo.
pub fn print(text: &[u8]) {
    device::write(text);
}

/// Puts text into a line, and writes the line where it ends.
struct LineWriter<'a> {
    line: &'a mut Line,
    also: fn(&[u8]),
}

impl LineWriter<'_> {
    fn end_line(&mut self) {
        let (line, is_cut) = self.line.end();
        device::write(line);
        (self.also)(line);
        if is_cut {
            CUT.fetch_add(1, Ordering::Relaxed);
        }
        self.line.clear();
    }
}

impl Write for LineWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut pieces = text.split('\n');
        if let Some(first) = pieces.next() {
            self.line.put(first);
        }
        for piece in pieces {
            assert_may_print();
            self.end_line();
            self.line.put(piece);
        }
        Ok(())
    }
}

/// Nothing is printed under a lock, but by a panic's report.
fn assert_may_print() {
    if !device::is_taken_over() {
        sync::assert_may_print();
    }
}

/// Takes the console from whoever holds it, for a panic's report, and shows the lines
/// that this CPU had begun.
///
/// # Safety
/// C20: only this CPU runs from here on, and nothing that it had begun goes on.
pub unsafe fn take_over() {
    // SAFETY: C20: the caller's promise.
    unsafe {
        device::take_over();
        nesting::abandon(|line| device::write(line.end_unfinished()));
    }
}

/// What people miss on the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Losses {
    /// Writes that the service processor refused.
    pub refused: u64,
    /// Lines that were cut.
    pub cut: u64,
    /// Lines beyond the deepest level.
    pub too_deep: u64,
}

/// Counts what was lost since boot.
pub fn losses() -> Losses {
    Losses {
        refused: device::refused(),
        cut: CUT.load(Ordering::Relaxed),
        too_deep: TOO_DEEP.load(Ordering::Relaxed),
    }
}
