//! Holes: free extents that are too small to be linked.
//!
//! They are counted, by size and by the page on which they begin, and each size has a set of
//! the pages that have one. Which of a page's granules it is, the granule map says: a look at
//! 16 words of it.

use crate::limits::PAGE_GRANULES;
use crate::sets::Sets;
use heap::vec::Vec;

/// Granules of the smallest free extent that isn't a hole.
pub const LINKED: u32 = 8;

/// The holes of one chunk.
#[derive(Debug)]
pub struct Holes {
    /// By page, then by granules.
    counts: Vec<[u16; LINKED as usize]>,
    /// Pages by the sizes of the holes that begin there.
    pages: Sets<{ LINKED as usize }>,
}

impl Holes {
    /// None on so many pages; `None` without memory.
    pub fn new(pages: usize) -> Option<Self> {
        Some(Self {
            counts: fallible::filled(pages, [0; LINKED as usize]).ok()?,
            pages: Sets::new(pages)?,
        })
    }

    /// A hole comes into being.
    pub fn insert(&mut self, start: u32, granules: u32) {
        let page = (start / PAGE_GRANULES) as usize;
        let count = &mut self.counts[page][granules as usize];
        *count += 1;
        if *count == 1 {
            self.pages.set(granules as usize, page, true);
        }
    }

    /// A hole is gone.
    pub fn remove(&mut self, start: u32, granules: u32) {
        let page = (start / PAGE_GRANULES) as usize;
        let count = &mut self.counts[page][granules as usize];
        *count -= 1;
        if *count == 0 {
            self.pages.set(granules as usize, page, false);
        }
    }

    /// Whether there is a hole of this size.
    #[inline]
    pub fn any(&self, granules: usize) -> bool {
        self.pages.nonempty().has(granules)
    }

    /// The first page on which one of this size begins.
    pub fn page(&self, granules: usize) -> Option<u32> {
        Some(self.pages.lowest(granules)? as u32)
    }

    /// Holes of a size.
    pub fn count(&self, granules: usize) -> usize {
        let counts = self.counts.iter();
        counts.map(|counts| usize::from(counts[granules])).sum()
    }

    /// For `verify`: whether so many of each size begin on a page, and the sets say so.
    pub fn are(&self, page: usize, counts: [u16; LINKED as usize]) -> bool {
        let sets = self.pages.of(page);
        self.counts[page] == counts
            && (0..)
                .zip(counts)
                .all(|(size, count)| sets.has(size) == (count > 0))
    }

    /// For `verify`: a page, if a set's summary isn't what its members make it.
    pub fn wrong_summary(&self) -> Option<u32> {
        let size = self.pages.wrong_summary()?;
        self.page(size).or(Some(0))
    }
}

// A page has fewer holes than granules.
const _: () = assert!(PAGE_GRANULES <= u16::MAX as u32);
