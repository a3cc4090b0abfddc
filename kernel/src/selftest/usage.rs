//! Everything that can leak, counted, to compare before and after.

use crate::memory::{self, vmalloc};
use crate::percpu;

/// Page frames in use (translation tables apart: they are kept for the next
/// mapping), vmalloc areas and bytes, heap bytes, per-CPU areas and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Page frames in use.
    pub frames: usize,
    /// vmalloc areas, and bytes in them.
    pub vmalloc: (usize, usize),
    /// Heap bytes in use.
    pub heap: usize,
    /// What the per-CPU allocator counts.
    pub per_cpu: percpu::Usage,
}

/// Takes a reading.
pub fn read() -> Usage {
    Usage {
        frames: memory::frame_count().used(),
        vmalloc: vmalloc::count(),
        heap: memory::heap_used().0,
        per_cpu: percpu::usage(),
    }
}
