//! Populating: pages, and chunks to put them in. Waits and maps.
//!
//! A page is mapped before it enters the book-keeping, and leaves that before it is
//! unmapped, both by the holder of the *pages* lock (P13). Memory for a chunk is taken,
//! and pages are mapped, before the *areas* lock is taken (P8).

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunk::Chunk;
use crate::error::OutOfMemory;
use crate::limits::{GRANULE, PAGE_SIZE};
use crate::request::{Area, Request};

impl<B: Backing> Allocator<B> {
    /// Populates as many pages as an area for the request takes, and allocates it: before
    /// the lock is dropped, so nobody else can have it.
    pub(crate) fn grow(&self, request: Request) -> Result<Area, OutOfMemory> {
        let _pages = self.pages.lock();
        // Another CPU may have been here.
        if let Some(area) = self.allocate_populated(request) {
            return Ok(area);
        }
        // A page's start keeps every alignment.
        let count = (request.granules as usize * GRANULE).div_ceil(PAGE_SIZE);
        let Ok(run) = self.map_run(count) else {
            self.empty_magazines();
            return self.allocate_populated(request).ok_or(OutOfMemory);
        };
        let mut chunks = self.areas.lock();
        let area = chunks.populate_for(run, count, request);
        let area = area.ok_or(OutOfMemory)?;
        self.magazines.hand_out(area, request.granules);
        Ok(area)
    }

    /// Populates one page more. The caller holds the *pages* lock.
    pub(crate) fn populate_one(&self) -> Result<(), OutOfMemory> {
        let (number, first) = self.map_run(1)?;
        let mut chunks = self.areas.lock();
        chunks.change_pages(number, |chunk| chunk.populate(first, 1));
        Ok(())
    }

    /// Maps a run of `count` pages in the lowest chunk that has one, or in a new chunk;
    /// returns the chunk's number and the first page's. Nothing but the *pages* lock, which
    /// the caller holds, keeps others from taking the run too, until it is entered.
    fn map_run(&self, count: usize) -> Result<(usize, usize), OutOfMemory> {
        let found = self.areas.lock().unpopulated_run(count);
        let (number, first) = match found {
            Some(run) => run,
            None => (self.create()?, 0),
        };
        let start = self.layout.unit0(number) + first * PAGE_SIZE;
        // A chunk that was made for this is of no use.
        self.map(start, count)
            .inspect_err(|_| self.release_chunks())?;
        Ok((number, first))
    }

    /// Maps unpopulated pages in every unit, or in none.
    fn map(&self, start: usize, count: usize) -> Result<(), OutOfMemory> {
        let offsets = &self.layout.first.unit_offsets;
        for (unit, offset) in offsets.iter().enumerate() {
            let address = start.wrapping_add(*offset);
            #[expect(unsafe_code, reason = "a call of the backing")]
            // SAFETY: P13: the pages of a unit of a chunk, which are unpopulated; the
            // holder of the *pages* lock maps them once.
            let mapped = unsafe { self.backing.map(address, count) };
            mapped.inspect_err(|_| self.unmap(start, count, unit))?;
        }
        Ok(())
    }

    /// Unmaps pages, which are in no book-keeping, in the first `units` units.
    pub(crate) fn unmap(&self, start: usize, count: usize, units: usize) {
        let offsets = self.layout.first.unit_offsets[..units].iter();
        let starts = offsets.map(|offset| start.wrapping_add(*offset));
        #[expect(unsafe_code, reason = "a call of the backing")]
        // SAFETY: P13: `map` mapped them in these units, and no free extent or area is on
        // pages that aren't entered.
        unsafe {
            self.backing.unmap(starts, count);
        }
    }

    /// Makes a chunk with no page populated; returns its number.
    fn create(&self) -> Result<usize, OutOfMemory> {
        let number = self.areas.lock().vacant().ok_or(OutOfMemory)?;
        let area = self.layout.area_of(number).ok_or(OutOfMemory)?;
        let chunk = Chunk::new(self.layout.first.sizes.unit_size);
        let chunk = chunk.and_then(Chunk::boxed).ok_or(OutOfMemory)?;
        let marks = self
            .magazines
            .prepare(number, self.layout.first.sizes.unit_size);
        marks.ok_or(OutOfMemory)?;
        self.backing.reserve(area, self.layout.stride())?;
        let mut chunks = self.areas.lock();
        chunks.insert(number, chunk);
        chunks.counts.created += 1;
        Ok(number)
    }

    /// Releases the chunks that have no populated page. The caller holds the *pages* lock.
    pub(crate) fn release_chunks(&self) {
        loop {
            let mut chunks = self.areas.lock();
            let Some((number, chunk)) = chunks.remove_unpopulated() else {
                return;
            };
            chunks.counts.released += 1;
            drop(chunks);
            drop(chunk);
            if let Some(area) = self.layout.area_of(number) {
                #[expect(unsafe_code, reason = "a call of the backing")]
                // SAFETY: P13: `create` reserved it; the chunk had no populated page.
                unsafe {
                    self.backing.release(area, self.layout.stride());
                }
            }
        }
    }
}
