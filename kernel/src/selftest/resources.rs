//! What is in use of everything that can leak, to compare before and after; and what a test
//! needs to be free.

use super::NotPassed;
use crate::memory::{self, sanity, slab, vmalloc};
use crate::{cpus, percpu, smp};
use arch::PAGE_SIZE;

/// Page frames (translation tables apart: they are kept for the next mapping), vmalloc
/// areas, heap, slabs and per-CPU areas in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InUse {
    /// Page frames, but for what slabs keep about frames, and records of blocks.
    pub frames: usize,
    /// vmalloc areas, and bytes in them.
    pub vmalloc: (usize, usize),
    /// Bytes of the kernel heap, but for what chunks and the list of areas leave there.
    pub heap: usize,
    /// Objects of slabs, and blocks that are larger.
    pub slab: (usize, usize),
    /// What the per-CPU allocator counts.
    pub per_cpu: percpu::Usage,
}

/// What is in use now. After `percpu::trim()`, which gives back what is kept for the next
/// allocation, two of these can be compared; the slabs' is given back here.
pub fn in_use() -> InUse {
    slab::shrink();
    smp::works::give_up_ended();
    let (classes, large) = slab::usage();
    InUse {
        slab: (classes.map(|class| class.live).sum(), large.blocks),
        frames: memory::frame_count().used() - slab::descriptor_frames() - sanity::frames(),
        vmalloc: vmalloc::count(),
        heap: memory::heap_used().0 - percpu::marks_bytes() - vmalloc::list_bytes(),
        per_cpu: percpu::usage(),
    }
}

/// Goes on where so many KiB of page frames are free, beside those that modules leave to the
/// kernel. Anything that is kept for later is given back first.
///
/// # Errors
/// [`NotPassed::NoRoom`]: the machine is too small for what the test does.
pub fn needs(kibibytes: usize) -> Result<(), NotPassed> {
    percpu::trim();
    slab::shrink();
    let free = memory::free_for_modules() * (PAGE_SIZE >> 10);
    match kibibytes <= free {
        true => Ok(()),
        false => Err(NotPassed::NoRoom {
            needed: kibibytes,
            free,
        }),
    }
}

/// KiB of a chunk of per-CPU memory that is populated.
pub fn chunk() -> usize {
    (percpu::summary().sizes.unit_size >> 10) * cpus::possible() as usize
}
