//! Page frames and mappings under the per-CPU chunks. Keeps P13, by M1 and M3.

use crate::memory::{self, PageFrame, Region, vmalloc};
use crate::sync::{RawLock, TryLock, rank};
use ::percpu::{Backing, Mark, OutOfMemory};
use arch::backtrace::{Step, Walk};
use arch::dat::Protection;
use arch::test_and_set::Byte;
use arch::{PAGE_SIZE, cpu, stack};

/// The region of per-CPU chunks, as the allocator sees it.
#[derive(Debug)]
pub struct Pages {
    region: Region,
}

impl Pages {
    /// Chunks in this region.
    pub fn new(region: Region) -> Self {
        Self { region }
    }

    /// Where chunks lie.
    pub fn region(&self) -> &Region {
        &self.region
    }

    fn map_one(&self, address: usize) -> Result<(), memory::OutOfMemory> {
        self.region
            .map(address, PageFrame::new()?, Protection::ReadWrite)
    }
}

/// Calls that are looked at for one of a module's.
const CALLS: usize = 24;

/// Whether a module's code has led here. Where memory is low it is worth the walk.
#[cold]
fn is_for_module() -> bool {
    let (start, end) = vmalloc::region();
    let mut calls = Walk::from(stack::pointer()).take(CALLS);
    calls.any(|step| {
        let (Step::Return(address) | Step::Interrupted(address)) = step;
        (start..end).contains(&(address as usize))
    })
}

/// A mark of the allocator's.
#[derive(Debug)]
pub struct Shared(Byte);

impl Mark for Shared {
    #[inline(always)]
    fn new(value: u8) -> Self {
        Self(Byte::new(value))
    }

    #[inline(always)]
    fn load(&self) -> u8 {
        self.0.load()
    }

    #[inline(always)]
    fn store(&self, value: u8) {
        self.0.store(value);
    }

    #[inline(always)]
    fn test_and_set(&self) -> bool {
        self.0.test_and_set()
    }
}

// SAFETY: M1, M3, P13: a page of the region, which is this owner's, gets a frame that is
// moved into it, and no CPU reaches the frame by the page once that is unmapped. P7: zeros
// are stored as they are asked for.
unsafe impl Backing for Pages {
    // Held for as long as pages are mapped or unmapped, so with interrupts on.
    type PagesLock = TryLock<{ rank::PER_CPU_PAGES }>;
    type AreasLock = RawLock<{ rank::PER_CPU_AREAS }>;
    type MagazineLock = TryLock<{ rank::PER_CPU_MAGAZINE }>;
    type Mark = Shared;

    #[inline(always)]
    fn this_unit(&self) -> usize {
        cpu::number() as usize
    }

    fn reserve(&self, address: usize, size: usize) -> Result<(), OutOfMemory> {
        if memory::is_low() && is_for_module() {
            return Err(OutOfMemory);
        }
        self.region
            .prepare(address..address + size)
            .map_err(|_| OutOfMemory)
    }

    unsafe fn release(&self, _address: usize, _size: usize) {
        // Page tables are kept: the next chunk there finds them.
    }

    unsafe fn map(&self, address: usize, pages: usize) -> Result<(), OutOfMemory> {
        if memory::is_low() && is_for_module() {
            return Err(OutOfMemory);
        }
        for page in 0..pages {
            if self.map_one(address + page * PAGE_SIZE).is_err() {
                // SAFETY: P13: these were mapped just now.
                unsafe { self.unmap(core::iter::once(address), page) };
                return Err(OutOfMemory);
            }
        }
        Ok(())
    }

    unsafe fn unmap(&self, starts: impl Iterator<Item = usize>, pages: usize) {
        let bytes = pages * PAGE_SIZE;
        self.region.unmap(starts.map(|start| start..start + bytes));
    }

    unsafe fn zero(&self, address: usize, size: usize) {
        let start = core::ptr::with_exposed_provenance_mut::<u8>(address);
        // SAFETY: P7, P13: the caller's promise: a copy of an area that nobody has yet, on
        // mapped pages. A counter is one store, which costs less than a block of bytes.
        unsafe {
            match size {
                8 => start.cast::<u64>().write_unaligned(0),
                _ => start.write_bytes(0, size),
            }
        }
    }
}
