//! The lines that a CPU is putting together: one a level, the innermost last.
//!
//! ```text
//!  level 0   println!("{value}")       waits for value's Display
//!  level 1     println!(..) in it      is interrupted
//!  level 2       log::info!(..)        in the handler: goes out first
//! ```
//!
//! What begins later ends earlier, on one CPU as in one function: an interrupt handler
//! returns before the code that it interrupted goes on, and no code moves to another CPU
//! (C3). So a count of the levels in use is all the book-keeping there is (C21).
//!
//! Lines are per-CPU variables. Until there are any, the boot CPU has lines of its own.

use super::line::Line;
use arch::lowcore;
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicUsize, Ordering, compiler_fence};
use this_cpu::{Variable, percpu};

/// Lines that one CPU can have begun and not ended: in its ordinary context, in a
/// `Display` there, in an interrupt handler, and in a `Display` there.
pub const LEVELS: usize = 4;

/// A CPU's lines.
struct Lines {
    /// Levels in use.
    depth: AtomicUsize,
    lines: [UnsafeCell<Line>; LEVELS],
}

impl Lines {
    const fn new() -> Self {
        Self {
            depth: AtomicUsize::new(0),
            lines: [const { UnsafeCell::new(Line::new()) }; LEVELS],
        }
    }
}

percpu! {
    static LINES: Lines = Lines::new();
}

/// Lines of a CPU without per-CPU memory: the boot CPU, until it has some.
struct BootLines(Lines);

// SAFETY: C21: one CPU uses them, at boot; or in a report of a panic, when only that
// CPU runs (C20).
unsafe impl Sync for BootLines {}

static BOOT_LINES: BootLines = BootLines(Lines::new());

/// The running CPU's lines.
fn own() -> *const Lines {
    if lowcore::is_before_setup(lowcore::per_cpu_offset()) {
        return &raw const BOOT_LINES.0;
    }
    LINES.this()
}

/// Lends an empty line of this CPU to `work`, which may be interrupted, and may come
/// here again; `None` if all levels are in use, and `work` is dropped.
pub fn with_line<R>(work: impl FnOnce(&mut Line) -> R) -> Option<R> {
    // SAFETY: P9: the copy is a `Lines`, used here only, and by reference. C3, C21: it is
    // this CPU's, and so is the code.
    let lines = unsafe { &*own() };
    let level = lines.depth.load(Ordering::Relaxed);
    // An interruption from here on finds the level free, and leaves it free.
    let line = lines.lines.get(level)?;
    lines.depth.store(level + 1, Ordering::Relaxed);
    compiler_fence(Ordering::SeqCst);
    // SAFETY: C21: whoever begins a line before this one has ended finds a greater
    // depth, and takes another.
    let line = unsafe { &mut *line.get() };
    line.clear();
    let result = work(line);
    compiler_fence(Ordering::SeqCst);
    lines.depth.store(level, Ordering::Relaxed);
    Some(result)
}

/// Ends all lines of this CPU for good; `show` gets them, the outermost first.
///
/// # Safety
/// C20: the code that began them never goes on.
pub unsafe fn abandon(mut show: impl FnMut(&mut Line)) {
    // SAFETY: P9, C3, C21: as in `with_line`.
    let lines = unsafe { &*own() };
    let depth = lines.depth.swap(0, Ordering::Relaxed);
    for line in lines.lines.iter().take(depth) {
        // SAFETY: C20: the caller's promise: whoever had the line is done with it.
        show(unsafe { &mut *line.get() });
    }
}
