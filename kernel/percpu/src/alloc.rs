//! Allocation: an area of the same bytes in every unit, zeroed.

use crate::chunk::Chunk;
use crate::chunks::{Chunks, RESERVED};
use crate::classes::Shape;
use crate::error::{AllocError, OutOfMemory};
use crate::extents::GRANULE;
use crate::{Allocator, Backing, Handle, MIN_UNIT_SIZE, PAGE_SIZE};

/// Where an area is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// Its chunk's number.
    pub chunk: usize,
    /// Its first granule.
    pub granule: u32,
}

impl<B: Backing> Allocator<B> {
    /// An area of `size` bytes, 1 to [`MIN_UNIT_SIZE`], aligned to `align`, a power
    /// of two up to a page; zeroed in every unit. May map pages.
    ///
    /// # Errors
    /// A bad size or alignment; no memory.
    pub fn alloc(&self, size: usize, align: usize) -> Result<Handle, AllocError> {
        let shape = self.shape(size, align)?;
        let taken = self.areas.lock().take(shape);
        let taken = match taken {
            Some(taken) => taken,
            None => self.grow_for(shape, size, align)?,
        };
        Ok(self.finish(taken, shape))
    }

    /// The same without waiting or mapping: what is populated must do.
    ///
    /// # Errors
    /// As for `alloc`, and [`AllocError::NotPopulated`].
    pub fn alloc_atomic(&self, size: usize, align: usize) -> Result<Handle, AllocError> {
        let shape = self.shape(size, align)?;
        let mut chunks = self.areas.lock();
        let taken = chunks.take(shape);
        chunks.starved |= taken.is_none();
        chunks.counts.failed += u64::from(taken.is_none());
        drop(chunks);
        let taken = taken.ok_or(AllocError::NotPopulated { size, align })?;
        Ok(self.finish(taken, shape))
    }

    /// An area for a module's statics: from the reserved part while it lasts, then
    /// as `alloc`.
    ///
    /// # Errors
    /// As for `alloc`.
    pub fn alloc_reserved(&self, size: usize, align: usize) -> Result<Handle, AllocError> {
        let shape = self.shape(size, align)?;
        let taken = self.areas.lock().took(RESERVED, |chunk| chunk.take(shape));
        match taken {
            Some(taken) => Ok(self.finish(taken, shape)),
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
        let shape = self.shape(size, align)?;
        let mut done = 0;
        loop {
            {
                let mut chunks = self.areas.lock();
                while done < out.len()
                    && let Some(taken) = chunks.take(shape)
                {
                    out[done] = self.handle_of(taken.chunk, taken.granule);
                    done += 1;
                }
            }
            if done == out.len() {
                break;
            }
            match self.grow_for(shape, size, align) {
                Ok(taken) => {
                    out[done] = self.handle_of(taken.chunk, taken.granule);
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
        out.iter().for_each(|&handle| self.zero(handle, shape));
        Ok(())
    }

    /// Checks a request, and rounds it to granules.
    fn shape(&self, size: usize, align: usize) -> Result<Shape, AllocError> {
        if size == 0 || size > MIN_UNIT_SIZE {
            return Err(AllocError::Size { size, align });
        }
        if !align.is_power_of_two() || align > PAGE_SIZE {
            return Err(AllocError::Align { size, align });
        }
        Ok(Shape {
            granules: size.div_ceil(GRANULE) as u32,
            align: align.div_ceil(GRANULE) as u32,
        })
    }

    fn grow_for(&self, shape: Shape, size: usize, align: usize) -> Result<Taken, AllocError> {
        self.grow(shape).map_err(|OutOfMemory| {
            self.areas.lock().counts.failed += 1;
            AllocError::OutOfMemory { size, align }
        })
    }

    fn finish(&self, taken: Taken, shape: Shape) -> Handle {
        let handle = self.handle_of(taken.chunk, taken.granule);
        self.zero(handle, shape);
        handle
    }

    fn zero(&self, handle: Handle, shape: Shape) {
        let unit0 = handle.0.wrapping_add(self.layout.delta);
        let bytes = shape.granules as usize * GRANULE;
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

impl Chunks {
    /// An area from what is populated: the last one freed, if it is of this size,
    /// else of the smallest class that has one, in the lowest chunk.
    pub fn take(&mut self, shape: Shape) -> Option<Taken> {
        self.take_recent(shape)
            .or_else(|| self.take_from_bins(shape))
            .or_else(|| self.merge_recent().then(|| self.take_from_bins(shape))?)
    }

    fn take_from_bins(&mut self, shape: Shape) -> Option<Taken> {
        self.index.map().search(shape, |class| {
            let chunk = self.index.lowest(class)?;
            self.took(chunk, |chunk| chunk.take_from(class, shape))
        })
    }

    /// Lets an area be taken out of a chunk, by whatever way.
    pub fn took(
        &mut self,
        chunk: usize,
        take: impl FnOnce(&mut Chunk) -> Option<u32>,
    ) -> Option<Taken> {
        let granule = self.change(chunk, take).flatten()?;
        self.counts.allocated += 1;
        Some(Taken { chunk, granule })
    }
}
