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
    pub fn free(&self, handle: Handle) -> Result<(), FreeError> {
        if handle.0 == 0 {
            return Ok(());
        }
        let (chunk, offset) = match self.layout.place(handle) {
            None => return Err(FreeError::Foreign { handle }),
            Some(Place::Static) => return Err(FreeError::Static { handle }),
            Some(Place::Chunk { number, offset }) => (number, offset),
        };
        let granule = (offset / GRANULE) as u32;
        let mut chunks = self.areas.lock();
        let area = Area { chunk, granule };
        if offset.is_multiple_of(GRANULE) && chunks.free(area) {
            return Ok(());
        }
        Err(self.refusal(&chunks, handle, area))
    }

    /// Why a handle that is in this granule, but no area's, can't be freed.
    #[cold]
    fn refusal(&self, chunks: &Chunks, handle: Handle, at: Area) -> FreeError {
        let Some(chunk) = chunks.get(at.chunk) else {
            return FreeError::Foreign { handle };
        };
        match chunk.extents.live_around(at.granule) {
            Some((start, granules)) => FreeError::Interior {
                handle,
                start: self.layout.handle_of(at.chunk, start),
                size: granules as usize * GRANULE,
            },
            None => FreeError::NotAllocated { handle },
        }
    }
}
