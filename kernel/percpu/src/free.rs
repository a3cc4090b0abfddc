//! Free: by handle alone, from any CPU, in any context.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunks::Chunks;
use crate::error::FreeError;
use crate::handle::Handle;
use crate::layout::Place;
use crate::limits::GRANULE;
use crate::request::Area;

impl<B: Backing> Allocator<B> {
    /// Frees the area whose handle this is, on every CPU; the null handle is a no-op.
    /// Never waits: interrupt handlers may call it. Memory goes back to the machine with
    /// the next balance.
    ///
    /// # Errors
    /// What [`FreeError`] lists. Nothing has changed then.
    #[inline(always)]
    pub fn free(&self, handle: Handle) -> Result<(), FreeError> {
        if let Some(Place::Chunk { number, offset }) = self.layout.place(handle)
            && offset.is_multiple_of(GRANULE)
            && self.push(handle, Area::at(number, offset))
        {
            return Ok(());
        }
        self.free_into_chunk(handle)
    }

    /// Frees an area that no magazine has taken.
    #[inline(never)]
    fn free_into_chunk(&self, handle: Handle) -> Result<(), FreeError> {
        let (chunk, offset) = match self.layout.place(handle) {
            _ if handle.0 == 0 => return Ok(()),
            None => return Err(FreeError::Foreign { handle }),
            Some(Place::Static) => return Err(FreeError::Static { handle }),
            Some(Place::Chunk { number, offset }) => (number, offset),
        };
        let area = Area::at(chunk, offset);
        let mut chunks = self.areas.lock();
        let begins = offset.is_multiple_of(GRANULE);
        let live = if begins { chunks.live_at(area) } else { None };
        match live.filter(|&granules| self.magazines.take_back(area, granules)) {
            Some(granules) => {
                chunks.free(area, granules);
                chunks.counts.freed += 1;
                Ok(())
            }
            None => Err(self.refusal(&chunks, handle, area)),
        }
    }

    /// Why a handle that is in this granule, but no area's, can't be freed.
    #[cold]
    fn refusal(&self, chunks: &Chunks, handle: Handle, at: Area) -> FreeError {
        if chunks.get(at.chunk).is_none() {
            return FreeError::Foreign { handle };
        }
        match self.live_around(chunks, at) {
            Some((start, granules)) => FreeError::Interior {
                handle,
                start: self.layout.handle_of(at.chunk, start.granule),
                size: granules as usize * GRANULE,
            },
            None => FreeError::NotAllocated { handle },
        }
    }
}
