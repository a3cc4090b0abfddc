//! Areas freed a moment ago, kept whole for the next request of their size.
//!
//! Per-CPU areas are small and come and go in a few sizes. Merging one with its
//! neighbours only to cut it off again is most of what an allocation costs, so the
//! last area freed of each small size stays as it is, *idle*. In all counts it is
//! free; it is only in no bin yet. Whoever needs the bins complete, because nothing
//! was found in them or a page is to leave, merges the idle areas first.

use crate::alloc::Taken;
use crate::chunks::{Chunks, RESERVED};
use crate::classes::Shape;

/// Sizes of idle areas: below this many granules, and of each size one.
const SIZES: usize = 33;

/// At most one idle area of each small size.
#[derive(Debug)]
pub struct Recent([Option<Taken>; SIZES]);

impl Recent {
    /// None.
    pub fn new() -> Self {
        Self([None; SIZES])
    }

    /// The idle areas.
    pub fn iter(&self) -> impl Iterator<Item = Taken> + '_ {
        self.0.iter().flatten().copied()
    }
}

impl Chunks {
    /// The idle area of this size, if it is aligned enough.
    #[inline]
    pub fn take_recent(&mut self, shape: Shape) -> Option<Taken> {
        let entry = self.recent.0.get_mut(shape.granules as usize)?;
        let Taken { chunk, granule } = (*entry)?;
        if granule & (shape.align - 1) != 0 {
            return None;
        }
        *entry = None;
        self.took(chunk, |chunk| {
            chunk.revive(granule, shape);
            Some(granule)
        })
    }

    /// Frees a live area: it becomes idle, and the one of its size before it is
    /// merged.
    #[inline]
    pub fn give(&mut self, area: Taken, granules: u32) {
        let Taken { chunk, granule } = area;
        match self.recent.0.get_mut(granules as usize) {
            Some(entry) if chunk != RESERVED => {
                if let Some(before) = entry.replace(area) {
                    self.change(before.chunk, |chunk| chunk.extents.merge(before.granule));
                }
                self.change(chunk, |chunk| chunk.retire(granule, granules));
            }
            _ => {
                self.change(chunk, |chunk| chunk.give(granule, granules));
            }
        }
    }

    /// Merges all idle areas; false if there were none.
    pub fn merge_recent(&mut self) -> bool {
        let mut any = false;
        for size in 0..SIZES {
            if let Some(Taken { chunk, granule }) = self.recent.0[size].take() {
                self.change(chunk, |chunk| chunk.extents.merge(granule));
                any = true;
            }
        }
        any
    }
}
