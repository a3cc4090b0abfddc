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
    #[inline]
    pub fn free(&self, handle: Handle) -> Result<(), FreeError> {
        match self.layout.place(handle) {
            Some(Place::Chunk { number, offset }) if offset.is_multiple_of(GRANULE) => {
                let area = area_at(number, offset);
                if self.push(handle, area) {
                    return Ok(());
                }
                self.free_into_chunk(handle, area)
            }
            place => self.refused(handle, place),
        }
    }

    #[inline(never)]
    fn free_into_chunk(&self, handle: Handle, area: Area) -> Result<(), FreeError> {
        let mut chunks = self.areas.lock();
        let granules = chunks.live_at(area);
        match granules.filter(|&granules| self.magazines.take_back(area, granules)) {
            Some(granules) => {
                chunks.free(area, granules);
                chunks.counts.freed += 1;
                Ok(())
            }
            None => Err(self.no_areas(&chunks, handle, area)),
        }
    }

    /// The null handle's freeing, and the refusal of one that begins no granule.
    #[cold]
    fn refused(&self, handle: Handle, place: Option<Place>) -> Result<(), FreeError> {
        match place {
            _ if handle.0 == 0 => Ok(()),
            None => Err(FreeError::Foreign { handle }),
            Some(Place::Static) => Err(FreeError::Static { handle }),
            Some(Place::Chunk { number, offset }) => {
                let area = area_at(number, offset);
                Err(self.no_areas(&self.areas.lock(), handle, area))
            }
        }
    }

    /// Why a handle that is in this granule, but no area's, can't be freed.
    #[cold]
    fn no_areas(&self, chunks: &Chunks, handle: Handle, at: Area) -> FreeError {
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

/// The granule that so many bytes from its unit's start are in.
fn area_at(chunk: usize, offset: usize) -> Area {
    Area {
        chunk,
        granule: (offset / GRANULE) as u32,
    }
}
