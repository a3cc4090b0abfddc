//! What modules leave to the kernel: page frames that no allocator of theirs takes, so that a
//! module that takes all it can get leaves a kernel that goes on.
//!
//! Slabs and vmalloc areas of modules keep off it, and so do per-CPU pages that are populated
//! because a module asks, stacks of threads, and all that a CPU has that is started: a machine with
//! memory for some of its CPUs runs with those. The kernel's own heap is a block of its own, which
//! they have no part in but for the book-keeping of areas and chunks, and that leaves some of it,
//! too. Images of modules and tables may use all.

use super::real;
use arch::PAGE_SIZE;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Of memory one part in so many, from [`LEAST`] to [`MOST`] bytes.
const SHARE: usize = 64;
const LEAST: usize = 512 << 10;
const MOST: usize = 16 << 20;

static FRAMES: AtomicUsize = AtomicUsize::new(0);

/// Sets it, on a machine with so many bytes. Once, at boot.
pub(super) fn init(memory: usize) {
    let bytes = (memory / SHARE).clamp(LEAST, MOST);
    FRAMES.store(bytes / PAGE_SIZE, Ordering::Relaxed);
}

/// Page frames that modules leave.
pub fn frames() -> usize {
    FRAMES.load(Ordering::Relaxed)
}

/// Page frames that are free beside the reserve.
pub fn free_for_modules() -> usize {
    real::with(|memory| memory.frames.free()).saturating_sub(frames())
}

/// Whether so many frames more would leave the reserve as it is.
pub(super) fn allows(free: usize, wanted: usize) -> bool {
    wanted
        .checked_add(frames())
        .is_some_and(|needed| needed <= free)
}

/// Whether modules have taken all page frames that there are for them.
pub(super) fn has_no_frames() -> bool {
    real::with(|memory| !allows(memory.frames.free(), 1))
}
