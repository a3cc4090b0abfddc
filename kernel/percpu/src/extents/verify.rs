//! Whether the tables of sizes and counts are those of the extents.

use super::{Extent, Extents, Kind};
use crate::holes::LINKED;
use crate::limits::PAGE_GRANULES;

impl Extents {
    /// The start of a linked free extent that hasn't its size at both ends.
    pub fn wrong_size(&self) -> Option<u32> {
        let linked = |extent: &Extent| extent.kind == Kind::Free && extent.granules >= LINKED;
        let sizes = |Extent {
                         start, granules, ..
                     }: &Extent| {
            (self.free_from(*start), self.free_before(start + granules)) == (*granules, *granules)
        };
        let wrong = self.iter().filter(linked).find(|extent| !sizes(extent));
        wrong.map(|extent| extent.start)
    }

    /// A page whose holes aren't those that are counted.
    pub fn wrong_holes(&self) -> Option<u32> {
        let pages = 0..self.map.len() / PAGE_GRANULES;
        let wrong = pages.into_iter().find(|&page| {
            let mut counts = [0; LINKED as usize];
            for extent in self.beginning_in(page * PAGE_GRANULES..(page + 1) * PAGE_GRANULES) {
                if extent.kind == Kind::Free && extent.granules < LINKED {
                    counts[extent.granules as usize] += 1;
                }
            }
            !self.holes.are(page as usize, counts)
        });
        wrong.or_else(|| self.holes.wrong_summary())
    }
}
