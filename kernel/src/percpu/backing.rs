//! Page frames and mappings under the per-CPU chunks.

use crate::memory::{self, PageFrame, Region};
use crate::sync::{RawLock, rank};
use ::percpu::{Backing, OutOfMemory};
use arch::PAGE_SIZE;
use arch::dat::Protection;

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

impl Backing for Pages {
    type PagesLock = RawLock<{ rank::PER_CPU_PAGES }>;
    type AreasLock = RawLock<{ rank::PER_CPU_AREAS }>;

    fn reserve(&self, address: usize, size: usize) -> Result<(), OutOfMemory> {
        self.region
            .prepare(address..address + size)
            .map_err(|_| OutOfMemory)
    }

    fn release(&self, _address: usize, _size: usize) {
        // Page tables are kept: the next chunk there finds them.
    }

    fn map(&self, address: usize, pages: usize) -> Result<(), OutOfMemory> {
        for page in 0..pages {
            if self.map_one(address + page * PAGE_SIZE).is_err() {
                self.unmap(address, page);
                return Err(OutOfMemory);
            }
        }
        Ok(())
    }

    fn unmap(&self, address: usize, pages: usize) {
        for page in 0..pages {
            // The frame, if there is one, is given back.
            drop(self.region.unmap(address + page * PAGE_SIZE));
        }
    }

    fn zero(&self, address: usize, size: usize) {
        let start = core::ptr::with_exposed_provenance_mut::<u8>(address);
        // SAFETY: P7: the area is mapped on this CPU's unit, and nobody has its
        // handle yet.
        unsafe { start.write_bytes(0, size) };
    }
}
