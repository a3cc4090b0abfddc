//! Free: by handle alone, from any CPU, in any context.

use crate::allocator::Allocator;
use crate::backing::Backing;
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
        let area = Area { chunk, granule };
        if !offset.is_multiple_of(GRANULE) {
            return Err(self.refusal(handle, area));
        }
        if self.push(handle, area) || self.free_into_chunk(area) {
            return Ok(());
        }
        Err(self.refusal(handle, area))
    }

    /// False if nobody has an area that begins here.
    #[inline(never)]
    fn free_into_chunk(&self, area: Area) -> bool {
        let mut chunks = self.areas.lock();
        let freed = chunks.live_at(area).is_some_and(|granules| {
            let live = self.magazines.take_back(area, granules);
            if live {
                chunks.free(area, granules);
            }
            live
        });
        chunks.counts.freed += u64::from(freed);
        freed
    }

    /// Why a handle that is in this granule, but no area's, can't be freed.
    #[cold]
    fn refusal(&self, handle: Handle, at: Area) -> FreeError {
        let chunks = self.areas.lock();
        if chunks.get(at.chunk).is_none() {
            return FreeError::Foreign { handle };
        }
        match self.live_around(&chunks, at) {
            Some((start, granules)) => FreeError::Interior {
                handle,
                start: self.layout.handle_of(at.chunk, start.granule),
                size: granules as usize * GRANULE,
            },
            None => FreeError::NotAllocated { handle },
        }
    }
}
