//! Page frames and mappings under the per-CPU chunks.

use crate::memory::{self, give_frames, map_page, take_frames, unmap_page};
use crate::sync::{RawLock, rank};
use ::percpu::{Backing, OutOfMemory};
use arch::PAGE_SIZE;
use arch::dat::Protection;

/// The kernel's address space, as the allocator sees it.
#[derive(Debug)]
pub struct Pages;

impl Backing for Pages {
    type PagesLock = RawLock<{ rank::PER_CPU_PAGES }>;
    type AreasLock = RawLock<{ rank::PER_CPU_AREAS }>;

    fn reserve(&self, address: usize, size: usize) -> Result<(), OutOfMemory> {
        memory::prepare(address, size).map_err(|_| OutOfMemory)
    }

    fn release(&self, _address: usize, _size: usize) {
        // Page tables are kept: the next chunk there finds them.
    }

    fn map(&self, address: usize, pages: usize) -> Result<(), OutOfMemory> {
        for page in 0..pages {
            if map_one(address + page * PAGE_SIZE).is_err() {
                self.unmap(address, page);
                return Err(OutOfMemory);
            }
        }
        Ok(())
    }

    fn unmap(&self, address: usize, pages: usize) {
        for page in 0..pages {
            if let Some(frame) = unmap_page(address + page * PAGE_SIZE) {
                give_frames(frame, 0);
            }
        }
    }

    fn zero(&self, address: usize, size: usize) {
        let start = core::ptr::with_exposed_provenance_mut::<u8>(address);
        // SAFETY: P7: the area is mapped on this CPU's unit, and nobody has its
        // handle yet.
        unsafe { start.write_bytes(0, size) };
    }
}

fn map_one(address: usize) -> Result<(), memory::OutOfMemory> {
    let frame = take_frames(0)?;
    map_page(address, frame, Protection::WRITE).inspect_err(|_| give_frames(frame, 0))
}
