//! What is in use of everything that can leak, to compare before and after.

use crate::memory::{self, vmalloc};
use crate::percpu;

/// Page frames (translation tables apart: they are kept for the next mapping), vmalloc
/// areas, heap and per-CPU areas in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InUse {
    /// Page frames.
    pub frames: usize,
    /// vmalloc areas, and bytes in them.
    pub vmalloc: (usize, usize),
    /// Bytes of the kernel heap, but for what chunks leave there.
    pub heap: usize,
    /// What the per-CPU allocator counts.
    pub per_cpu: percpu::Usage,
}

/// What is in use now. After `percpu::trim()`, which gives back what is kept for the next
/// allocation, two of these can be compared.
pub fn in_use() -> InUse {
    InUse {
        frames: memory::frame_count().used(),
        vmalloc: vmalloc::count(),
        heap: memory::heap_used().0 - percpu::marks_bytes(),
        per_cpu: percpu::usage(),
    }
}
