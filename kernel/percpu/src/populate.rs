//! Populating: pages, and chunks to put them in. Waits and maps.
//!
//! Everything is prepared before the *areas* lock is area, under the *pages*
//! lock alone; what was seen before a lock was dropped is looked at again.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunk::Chunk;
use crate::error::OutOfMemory;
use crate::limits::{GRANULE, PAGE_SIZE};
use crate::request::Area;
use crate::request::Request;

impl<B: Backing> Allocator<B> {
    /// Populates as many pages as an area of the request takes, and takes it: before
    /// the lock is dropped, so nobody else can have it.
    pub(crate) fn grow(&self, request: Request) -> Result<Area, OutOfMemory> {
        let _pages = self.pages.lock();
        // Another CPU may have been here.
        if let Some(area) = self.areas.lock().take(request) {
            return Ok(area);
        }
        // A page's start keeps every alignment.
        let count = (request.granules as usize * GRANULE).div_ceil(PAGE_SIZE);
        let (number, first) = self.mapped(count)?;
        let mut chunks = self.areas.lock();
        let area = chunks.allocate_in(number, |chunk| {
            chunk.populate(first, count);
            chunk.take_around(first, request)
        });
        // The run holds the area wherever its free extent begins before it.
        area.ok_or(OutOfMemory)
    }

    /// Populates one page more. The caller holds the *pages* lock.
    pub(crate) fn populate_one(&self) -> Result<(), OutOfMemory> {
        let (number, first) = self.mapped(1)?;
        let mut chunks = self.areas.lock();
        chunks.change(number, |chunk| chunk.populate(first, 1));
        Ok(())
    }

    /// Maps a run of `count` pages in the first chunk that has one, or in a new
    /// chunk; returns the chunk's number and the first page's. They are nobody's
    /// until they are entered, and the *pages* lock, which the caller holds, keeps
    /// it so.
    fn mapped(&self, count: usize) -> Result<(usize, usize), OutOfMemory> {
        let found = {
            let chunks = self.areas.lock();
            let fits = |(number, chunk): (usize, &Chunk)| {
                let first = (chunk.run >= count).then(|| chunk.unpopulated(count))?;
                Some((number, first?))
            };
            chunks.all().find_map(fits)
        };
        let (number, first) = match found {
            Some(found) => found,
            None => (self.create()?, 0),
        };
        let start = self.layout.unit0(number) + first * PAGE_SIZE;
        let mapped = self.map(start, count);
        // A chunk that was made for this is of no use.
        mapped.inspect_err(|_| self.release_chunks())?;
        Ok((number, first))
    }

    /// Maps pages in every unit, or in none.
    fn map(&self, start: usize, count: usize) -> Result<(), OutOfMemory> {
        let offsets = &self.layout.first.unit_offsets;
        for (unit, offset) in offsets.iter().enumerate() {
            if let Err(error) = self.backing.map(start.wrapping_add(*offset), count) {
                self.unmap(start, count, unit);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Unmaps pages in the first `units` units.
    pub(crate) fn unmap(&self, start: usize, count: usize, units: usize) {
        for offset in &self.layout.first.unit_offsets[..units] {
            self.backing.unmap(start.wrapping_add(*offset), count);
        }
    }

    /// Makes a chunk with no page populated; returns its number.
    fn create(&self) -> Result<usize, OutOfMemory> {
        let number = self.areas.lock().vacant().ok_or(OutOfMemory)?;
        let area = self.layout.area_of(number).ok_or(OutOfMemory)?;
        let chunk = Chunk::new(self.layout.first.sizes.unit_size).ok_or(OutOfMemory)?;
        self.backing.reserve(area, self.layout.stride())?;
        let mut chunks = self.areas.lock();
        chunks.insert(number, chunk);
        chunks.counts.created += 1;
        Ok(number)
    }
}
