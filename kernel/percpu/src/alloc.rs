//! Allocation: an area of the same bytes in every unit, zeroed.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunks::RESERVED;
use crate::error::{AllocError, OutOfMemory};
use crate::handle::Handle;
use crate::limits::{GRANULE, MIN_UNIT_SIZE, PAGE_SIZE};
use crate::request::{Area, Request};

impl<B: Backing> Allocator<B> {
    /// An area of `size` bytes, 1 to [`MIN_UNIT_SIZE`], aligned to `align`, a power
    /// of two up to a page; zeroed in every unit. May map pages.
    ///
    /// # Errors
    /// A bad size or alignment; no memory.
    pub fn alloc(&self, size: usize, align: usize) -> Result<Handle, AllocError> {
        let request = self.request(size, align)?;
        let area = self.areas.lock().take(request);
        let area = match area {
            Some(area) => area,
            None => self.grow_for(request, size, align)?,
        };
        Ok(self.finish(area, request))
    }

    /// The same without waiting or mapping: what is populated must do.
    ///
    /// # Errors
    /// As for `alloc`, and [`AllocError::NotPopulated`].
    pub fn alloc_atomic(&self, size: usize, align: usize) -> Result<Handle, AllocError> {
        let request = self.request(size, align)?;
        let mut chunks = self.areas.lock();
        let area = chunks.take(request);
        chunks.starved |= area.is_none();
        chunks.counts.failed += u64::from(area.is_none());
        drop(chunks);
        let area = area.ok_or(AllocError::NotPopulated { size, align })?;
        Ok(self.finish(area, request))
    }

    /// An area for a module's statics: from the reserved part while it lasts, then
    /// as `alloc`.
    ///
    /// # Errors
    /// As for `alloc`.
    pub fn alloc_reserved(&self, size: usize, align: usize) -> Result<Handle, AllocError> {
        let request = self.request(size, align)?;
        let area = self
            .areas
            .lock()
            .allocate_in(RESERVED, |chunk| chunk.take(request));
        match area {
            Some(area) => Ok(self.finish(area, request)),
            None => self.alloc(size, align),
        }
    }

    /// Fills `out` with areas of one size, as many as can be under one lock hold;
    /// all of them or none.
    ///
    /// # Errors
    /// As for `alloc`.
    pub fn alloc_batch(
        &self,
        size: usize,
        align: usize,
        out: &mut [Handle],
    ) -> Result<(), AllocError> {
        let request = self.request(size, align)?;
        let mut done = 0;
        loop {
            {
                let mut chunks = self.areas.lock();
                while done < out.len()
                    && let Some(area) = chunks.take(request)
                {
                    out[done] = self.handle_of(area.chunk, area.granule);
                    done += 1;
                }
            }
            if done == out.len() {
                break;
            }
            match self.grow_for(request, size, align) {
                Ok(area) => {
                    out[done] = self.handle_of(area.chunk, area.granule);
                    done += 1;
                }
                Err(error) => {
                    for handle in &out[..done] {
                        let freed = self.free(*handle);
                        debug_assert_eq!(freed, Ok(()), "the batch's own area");
                    }
                    return Err(error);
                }
            }
        }
        out.iter().for_each(|&handle| self.zero(handle, request));
        Ok(())
    }

    /// Checks a request, and rounds it to granules.
    fn request(&self, size: usize, align: usize) -> Result<Request, AllocError> {
        if size == 0 || size > MIN_UNIT_SIZE {
            return Err(AllocError::Size { size, align });
        }
        if !align.is_power_of_two() || align > PAGE_SIZE {
            return Err(AllocError::Align { size, align });
        }
        Ok(Request {
            granules: size.div_ceil(GRANULE) as u32,
            align: align.div_ceil(GRANULE) as u32,
        })
    }

    fn grow_for(&self, request: Request, size: usize, align: usize) -> Result<Area, AllocError> {
        self.grow(request).map_err(|OutOfMemory| {
            self.areas.lock().counts.failed += 1;
            AllocError::OutOfMemory { size, align }
        })
    }

    fn finish(&self, area: Area, request: Request) -> Handle {
        let handle = self.handle_of(area.chunk, area.granule);
        self.zero(handle, request);
        handle
    }

    fn zero(&self, handle: Handle, request: Request) {
        let unit0 = handle.0.wrapping_add(self.layout.delta);
        let bytes = request.granules as usize * GRANULE;
        for offset in &self.layout.first.unit_offsets {
            self.backing.zero(unit0.wrapping_add(*offset), bytes);
        }
    }

    /// The handle of a granule of a chunk.
    pub(crate) fn handle_of(&self, chunk: usize, granule: u32) -> Handle {
        let bytes = granule as usize * GRANULE;
        let unit0 = self.layout.unit0(chunk).wrapping_add(bytes);
        Handle(unit0.wrapping_sub(self.layout.delta))
    }
}
