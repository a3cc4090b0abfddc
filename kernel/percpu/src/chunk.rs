//! A chunk: its extents, and which of its pages are populated.
//!
//! Only populated pages have extents, so whatever is found free can be used at once. A
//! page counts the granules in use on it; one that counts none is *empty*, and may be
//! taken away.

use crate::extents::{Extents, Fit};
use crate::limits::{GRANULE, PAGE_GRANULES, PAGE_SIZE};
use crate::request::Request;
use fallible::{boxed, filled};
use heap::boxed::Box;
use heap::vec::Vec;

// `Page::used` counts a page's granules.
const _: () = assert!(PAGE_GRANULES <= u16::MAX as u32);

/// A page of a chunk, with one number in every unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Mapped in every unit.
    pub populated: bool,
    /// Granules in use.
    pub used: u16,
}

impl Page {
    /// Whether it is populated and nothing is on it.
    pub fn is_empty(&self) -> bool {
        self.populated && self.used == 0
    }
}

/// A chunk, or one of the two parts of the first that areas are allocated from.
#[derive(Debug)]
pub struct Chunk {
    /// Its bytes.
    pub extents: Extents,
    /// Its pages, by number.
    pub pages: Vec<Page>,
    /// Its pages never leave.
    pub immutable: bool,
    /// Live areas, and those in magazines.
    pub live: usize,
    /// Granules in them.
    pub used: u32,
    /// Populated pages.
    pub populated: usize,
    /// Populated pages with nothing on them.
    pub empty: usize,
    /// Pages in the longest run of unpopulated ones.
    pub run: usize,
}

impl Chunk {
    /// A chunk whose unit has `bytes`, with no page populated; `None` without memory.
    pub fn new(bytes: usize) -> Option<Self> {
        let count = bytes / PAGE_SIZE;
        Some(Self {
            extents: Extents::new(bytes / GRANULE)?,
            pages: filled(count, Page::default()).ok()?,
            immutable: false,
            live: 0,
            used: 0,
            populated: 0,
            empty: 0,
            run: count,
        })
    }

    /// The part `start..end` (bytes) of the first chunk's unit; `None` without memory.
    pub fn of_first(unit_size: usize, start: usize, end: usize) -> Option<Self> {
        let mut chunk = Self::new(unit_size)?;
        chunk.immutable = true;
        chunk.populated = chunk.pages.len();
        chunk.run = 0;
        // What belongs to others counts as in use.
        let (first, last) = ((start / GRANULE) as u32, (end / GRANULE) as u32);
        for (page, number) in chunk.pages.iter_mut().zip(0..) {
            let from = first.clamp(number * PAGE_GRANULES, (number + 1) * PAGE_GRANULES);
            let to = last.clamp(from, (number + 1) * PAGE_GRANULES);
            page.populated = true;
            page.used = (PAGE_GRANULES - (to - from)) as u16;
        }
        chunk.empty = chunk.pages.iter().filter(|page| page.is_empty()).count();
        if last > first {
            chunk.extents.release(first, last - first);
        }
        Some(chunk)
    }

    /// This chunk in a box; `None` without memory.
    pub fn boxed(self) -> Option<Box<[Self]>> {
        boxed(self).ok()
    }

    /// Allocates areas side by side where one may begin: `most`, or as many as there is room
    /// for; returns how many.
    #[inline]
    pub fn allocate(&mut self, fit: Fit, request: Request, most: u32) -> u32 {
        let count = self.extents.allocate_in(fit, request, most);
        self.live += count as usize - 1;
        self.count_allocated(fit.area, request.granules * count);
        count
    }

    /// Enters a run of pages that have been mapped, and allocates an area that has room on
    /// them, from the free extent that they are in; returns its first granule.
    pub fn populate_for(&mut self, first: usize, count: usize, request: Request) -> Option<u32> {
        let (start, granules) = self.populate(first, count);
        let fit = Extents::fit(start, granules, request)?;
        self.allocate(fit, request, 1);
        Some(fit.area)
    }

    /// Frees the live areas of `granules` each that lie side by side from `start` to `end`.
    pub fn free(&mut self, start: u32, end: u32, granules: u32) {
        let freed = end - start;
        self.live -= if freed == granules {
            1
        } else {
            (freed / granules) as usize
        };
        self.used -= freed;
        self.extents.release(start, freed);
        self.count(start, freed, u16::wrapping_sub);
    }

    #[inline]
    fn count_allocated(&mut self, start: u32, granules: u32) {
        self.live += 1;
        self.used += granules;
        self.count(start, granules, u16::wrapping_add);
    }

    /// Adds to, or takes from, the counts of the pages that an area is on.
    #[inline]
    fn count(&mut self, start: u32, granules: u32, change: fn(u16, u16) -> u16) {
        let mut at = start;
        let mut left = granules;
        loop {
            let here = left.min(PAGE_GRANULES - at % PAGE_GRANULES);
            self.count_on_page(at / PAGE_GRANULES, here as u16, change);
            left -= here;
            // Most areas are on one page.
            if left == 0 {
                return;
            }
            at += here;
        }
    }

    #[inline]
    fn count_on_page(&mut self, page: u32, granules: u16, change: fn(u16, u16) -> u16) {
        let page = &mut self.pages[page as usize];
        let before = page.used;
        page.used = change(before, granules);
        if before == 0 {
            self.empty -= 1;
        } else if page.used == 0 {
            self.empty += 1;
        }
    }

    /// Enters a run of pages that have been mapped; returns the first granule of the free
    /// extent that they are in, and its size.
    pub fn populate(&mut self, first: usize, count: usize) -> (u32, u32) {
        for page in &mut self.pages[first..first + count] {
            page.populated = true;
        }
        self.populated += count;
        self.empty += count;
        self.run = self.longest_run();
        let granules = count as u32 * PAGE_GRANULES;
        self.extents.release(first as u32 * PAGE_GRANULES, granules)
    }

    /// Takes out the last empty page, before it is unmapped; returns its number.
    pub fn depopulate_last(&mut self) -> Option<usize> {
        let number = self.pages.iter().rposition(Page::is_empty)?;
        let first = number as u32 * PAGE_GRANULES;
        // The page after it isn't free as a whole, so the free extent ends there.
        self.extents.withdraw(first, first + PAGE_GRANULES);
        self.pages[number].populated = false;
        self.populated -= 1;
        self.empty -= 1;
        self.run = self.longest_run();
        Some(number)
    }

    /// The first page of the first run of `count` unpopulated ones.
    pub fn unpopulated_run(&self, count: usize) -> Option<usize> {
        let mut run = 0;
        let last = self.pages.iter().position(|page| {
            run = if page.populated { 0 } else { run + 1 };
            run == count
        })?;
        Some(last + 1 - count)
    }

    /// Pages in the longest run of unpopulated ones, counted anew.
    pub fn longest_run(&self) -> usize {
        let runs = self.pages.split(|page| page.populated);
        runs.map(<[Page]>::len).max().unwrap_or(0)
    }
}
