//! Page frames and mappings under the per-CPU chunks. Keeps P13, by M1 and M3.

use crate::memory::{self, give_frames, map_page, take_frames, unmap_page};
use crate::sync::{RawLock, rank};
use ::percpu::{Backing, OutOfMemory};
use arch::PAGE_SIZE;
use arch::dat::Protection;

/// The kernel's address space, as the allocator sees it.
#[derive(Debug)]
pub struct Pages;

// SAFETY: M1, M3, P13: a page of the per-CPU region, where nobody else maps, gets a frame
// that is taken for it, and no CPU's TLB holds it when the frame is given back. P7: zeros
// are stored as they are asked for.
unsafe impl Backing for Pages {
    type PagesLock = RawLock<{ rank::PER_CPU_PAGES }>;
    type AreasLock = RawLock<{ rank::PER_CPU_AREAS }>;

    fn reserve(&self, address: usize, size: usize) -> Result<(), OutOfMemory> {
        memory::prepare(address, size).map_err(|_| OutOfMemory)
    }

    unsafe fn release(&self, _address: usize, _size: usize) {
        // Page tables are kept: the next chunk there finds them.
    }

    unsafe fn map(&self, address: usize, pages: usize) -> Result<(), OutOfMemory> {
        for page in 0..pages {
            if map_one(address + page * PAGE_SIZE).is_err() {
                // SAFETY: P13: these were mapped just now.
                unsafe { self.unmap(address, page) };
                return Err(OutOfMemory);
            }
        }
        Ok(())
    }

    unsafe fn unmap(&self, address: usize, pages: usize) {
        for page in 0..pages {
            if let Some(frame) = unmap_page(address + page * PAGE_SIZE) {
                give_frames(frame, 0);
            }
        }
    }

    unsafe fn zero(&self, address: usize, size: usize) {
        let start = core::ptr::with_exposed_provenance_mut::<u8>(address);
        // SAFETY: P7, P13: the caller's promise: a copy of an area that nobody has yet, on
        // mapped pages.
        unsafe { start.write_bytes(0, size) };
    }
}

fn map_one(address: usize) -> Result<(), memory::OutOfMemory> {
    let frame = take_frames(0)?;
    map_page(address, frame, Protection::WRITE).inspect_err(|_| give_frames(frame, 0))
}
