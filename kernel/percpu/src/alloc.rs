//! Allocation: an area of the same bytes in every unit, zeroed.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::error::{AllocError, OutOfMemory};
use crate::handle::Handle;
use crate::request::{Area, Request};

/// Areas of a batch that are allocated in one hold of the *areas* lock (P8).
const BATCH: usize = 64;
/// Bytes of the most frequent area.
const COUNTER: usize = 8;

impl<B: Backing> Allocator<B> {
    /// Allocates an area of `size` bytes, 1 to [`crate::MIN_UNIT_SIZE`], in every unit,
    /// aligned to `align`, a power of two up to a page, and zeroes it.
    ///
    /// May wait for whoever populates, and map pages: not for interrupt handlers, nor with
    /// a lock held that the backing takes.
    ///
    /// # Errors
    /// A bad size or alignment; no memory for pages or another chunk. Nothing has changed
    /// then.
    #[inline(always)]
    pub fn alloc(&self, size: usize, align: usize) -> Result<Handle, AllocError> {
        match self.pop(size, align) {
            Some((handle, bytes)) => Ok(self.zeroed(handle, bytes)),
            None => self.alloc_from_chunks(size, align),
        }
    }

    #[inline(never)]
    fn alloc_from_chunks(&self, size: usize, align: usize) -> Result<Handle, AllocError> {
        if let Some((handle, bytes)) = self.pop_large(size, align) {
            return Ok(self.zeroed(handle, bytes));
        }
        let request = Request::new(size, align)?;
        let area = match self.allocate_populated(request) {
            Some(area) => area,
            None => self.grow_for(request, size, align)?,
        };
        Ok(self.zeroed_area(area, request))
    }

    /// Allocates an area from populated pages.
    pub(crate) fn allocate_populated(&self, request: Request) -> Option<Area> {
        let mut chunks = self.areas.lock();
        let area = chunks.allocate(request)?;
        self.magazines.hand_out(area, request.granules);
        Some(area)
    }

    /// Allocates as [`Allocator::alloc`] does, but from populated pages only: never waits
    /// and never maps, so interrupt handlers may call it. Where it fails, it asks for a
    /// balance.
    ///
    /// # Errors
    /// A bad size or alignment; [`AllocError::NotPopulated`] if no populated page has room.
    pub fn alloc_atomic(&self, size: usize, align: usize) -> Result<Handle, AllocError> {
        let popped = self.pop(size, align);
        if let Some((handle, bytes)) = popped.or_else(|| self.pop_large(size, align)) {
            return Ok(self.zeroed(handle, bytes));
        }
        let request = Request::new(size, align)?;
        let area = self.allocate_populated(request).or_else(|| {
            self.empty_idle_magazines();
            self.allocate_populated(request)
        });
        let Some(area) = area else {
            let mut chunks = self.areas.lock();
            chunks.atomic_failed = true;
            chunks.counts.failed += 1;
            return Err(AllocError::NotPopulated { size, align });
        };
        Ok(self.zeroed_area(area, request))
    }

    /// Allocates an area for a module's statics: from the reserved part while it has room,
    /// then as [`Allocator::alloc`] does, and in the same contexts.
    ///
    /// # Errors
    /// Those of [`Allocator::alloc`].
    pub fn alloc_reserved(&self, size: usize, align: usize) -> Result<Handle, AllocError> {
        let request = Request::new(size, align)?;
        let mut chunks = self.areas.lock();
        let Some(area) = chunks.allocate_reserved(request) else {
            drop(chunks);
            return self.alloc(size, align);
        };
        self.magazines.hand_out(area, request.granules);
        drop(chunks);
        Ok(self.zeroed_area(area, request))
    }

    /// Fills `out` with areas of one size, in the contexts of [`Allocator::alloc`]: many of
    /// them in one hold of the lock; all of them or none.
    ///
    /// # Errors
    /// Those of [`Allocator::alloc`]; `out` then holds nothing of use.
    pub fn alloc_batch(
        &self,
        size: usize,
        align: usize,
        out: &mut [Handle],
    ) -> Result<(), AllocError> {
        let request = Request::new(size, align)?;
        let mut done = 0;
        while done < out.len() {
            let end = out.len().min(done + BATCH);
            done += self.allocate_several(request, &mut out[done..end]);
            if done == end {
                continue;
            }
            match self.grow_for(request, size, align) {
                Ok(area) => {
                    out[done] = self.zeroed_area(area, request);
                    done += 1;
                }
                Err(error) => {
                    for &handle in &out[..done] {
                        let freed = self.free(handle);
                        debug_assert_eq!(freed, Ok(()), "the batch's own area");
                    }
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Fills the beginning of `out` from populated pages; returns how far.
    fn allocate_several(&self, request: Request, out: &mut [Handle]) -> usize {
        let mut done = 0;
        let mut chunks = self.areas.lock();
        while let wanted @ 1.. = (out.len() - done) as u32
            && let Some((first, count)) = chunks.allocate_run(request, wanted)
        {
            for number in 0..count {
                let area = first.nth(number, request.granules);
                self.magazines.hand_out(area, request.granules);
                out[done] = self.layout.handle_of(area.chunk, area.granule);
                done += 1;
            }
        }
        drop(chunks);
        for &handle in &out[..done] {
            self.zeroed(handle, request.bytes());
        }
        done
    }

    fn grow_for(&self, request: Request, size: usize, align: usize) -> Result<Area, AllocError> {
        self.grow(request).map_err(|OutOfMemory| {
            self.areas.lock().counts.failed += 1;
            AllocError::OutOfMemory { size, align }
        })
    }

    /// The handle of an area that was just allocated, once it is zero.
    fn zeroed_area(&self, area: Area, request: Request) -> Handle {
        let handle = self.layout.handle_of(area.chunk, area.granule);
        self.zeroed(handle, request.bytes())
    }

    /// The handle of an area that was just allocated, zeroed in every unit.
    #[inline(always)]
    fn zeroed(&self, handle: Handle, bytes: usize) -> Handle {
        // A size that is known lets the backing choose its stores once, not for each unit.
        match bytes {
            COUNTER => self.zero_bytes(handle, COUNTER),
            bytes => self.zero_any(handle, bytes),
        }
        handle
    }

    #[inline(never)]
    fn zero_any(&self, handle: Handle, bytes: usize) {
        self.zero_bytes(handle, bytes);
    }

    #[inline(always)]
    fn zero_bytes(&self, handle: Handle, bytes: usize) {
        for offset in &self.layout.offsets {
            let copy = handle.0.wrapping_add(*offset);
            #[expect(unsafe_code, reason = "a call of the backing")]
            // SAFETY: P7, P8, P13: the area was taken from free extents, which are on
            // populated pages, and its handle isn't returned yet.
            unsafe {
                self.backing.zero(copy, bytes);
            }
        }
    }
}
