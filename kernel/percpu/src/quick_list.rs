//! Quick lists: deferred coalescing of small areas.
//!
//! Per-CPU areas are small and come and go in a few sizes. Merging one with its
//! neighbours only to cut it off again is most of what an allocation costs, so the
//! last area freed of each small size stays as it is, *deferred*. In all counts it is
//! free; it is only in no free list yet. Whoever needs the lists complete, because
//! nothing was found in them or a page is to leave, coalesces the deferred areas first
//! (Wilson, Johnstone, Neely and Boles, "Dynamic Storage Allocation: A Survey and
//! Critical Review", 1995, calls it so; here a quick list has one entry).

use crate::request::{Area, Request};

/// Sizes of deferred areas: below this many granules, and of each size one.
const SIZES: usize = 33;

/// At most one deferred area of each small size.
#[derive(Debug)]
pub struct QuickLists([Option<Area>; SIZES]);

impl QuickLists {
    /// Without an area.
    pub fn new() -> Self {
        Self([None; SIZES])
    }

    /// The deferred areas.
    pub fn iter(&self) -> impl Iterator<Item = Area> + '_ {
        self.0.iter().flatten().copied()
    }

    /// Takes out the deferred area of the request's size, if it is aligned enough.
    #[inline]
    pub fn take(&mut self, request: Request) -> Option<Area> {
        let entry = self.0.get_mut(request.granules as usize)?;
        entry.take_if(|area| area.granule & (request.align - 1) == 0)
    }

    /// The place of the deferred area of this many granules; `None` for a size that
    /// isn't small.
    #[inline]
    pub fn entry(&mut self, granules: u32) -> Option<&mut Option<Area>> {
        self.0.get_mut(granules as usize)
    }

    /// Takes out any of them.
    pub fn pop(&mut self) -> Option<Area> {
        self.0.iter_mut().find_map(Option::take)
    }
}
