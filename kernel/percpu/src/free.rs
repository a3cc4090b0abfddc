//! Free: by handle alone, from any CPU, in any context.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::error::FreeError;
use crate::extents::At;
use crate::handle::Handle;
use crate::limits::GRANULE;
use crate::locate::Place;
use crate::request::Area;

impl<B: Backing> Allocator<B> {
    /// Frees the area of this handle; the null handle is a no-op.
    ///
    /// # Errors
    /// What [`FreeError`] lists. Nothing has changed then.
    pub fn free(&self, handle: Handle) -> Result<(), FreeError> {
        if handle.0 == 0 {
            return Ok(());
        }
        let (number, offset) = match self.layout.place(handle) {
            None => return Err(FreeError::Foreign { handle }),
            Some(Place::Static) => return Err(FreeError::Static { handle }),
            Some(Place::Chunk { number, offset }) => (number, offset),
        };
        let granule = (offset / GRANULE) as u32;
        let mut chunks = self.areas.lock();
        let chunk = chunks.get(number).ok_or(FreeError::Foreign { handle })?;
        let live = chunk.extents.live_at(granule);
        let Some(granules) = live.filter(|_| offset.is_multiple_of(GRANULE)) else {
            return Err(match chunk.extents.at(granule) {
                At::Live { start, granules } => FreeError::Interior {
                    handle,
                    start: self.handle_of(number, start),
                    size: granules as usize * GRANULE,
                },
                _ => FreeError::NotAllocated { handle },
            });
        };
        let chunk = number;
        chunks.give(Area { chunk, granule }, granules);
        chunks.counts.freed += 1;
        Ok(())
    }
}
