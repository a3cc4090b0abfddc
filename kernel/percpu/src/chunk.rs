//! A chunk: its extents, and which of its pages are populated.
//!
//! Only populated pages have extents, so whatever is found free can be used at
//! once. A page counts the granules in use on it; one that counts none is
//! *empty*, and may be taken away.

use crate::extents::Extents;
use crate::limits::{GRANULE, PAGE_SIZE};
use crate::request::Request;
use heap::vec::Vec;

/// Granules of a page.
pub const PAGE_GRANULES: u32 = (PAGE_SIZE / GRANULE) as u32;
// `Page::used` counts them.
const _: () = assert!(PAGE_GRANULES <= u16::MAX as u32);

/// A page of a chunk, the same in every unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Mapped in every unit.
    pub populated: bool,
    /// Granules in use.
    pub used: u16,
}

/// A chunk, or the part of the first one that is handed out.
#[derive(Debug)]
pub struct Chunk {
    /// Its bytes.
    pub extents: Extents,
    /// Its pages, by number.
    pub pages: Vec<Page>,
    /// Its pages never leave.
    pub immutable: bool,
    /// Live areas.
    pub live: usize,
    /// Granules in live areas.
    pub used: u32,
    /// Populated pages.
    pub populated: usize,
    /// Populated pages with nothing on them.
    pub empty: usize,
    /// Pages in the longest run of unpopulated ones.
    pub run: usize,
}

impl Chunk {
    /// A chunk of `bytes` with no page populated; `None` without memory.
    pub fn new(bytes: usize) -> Option<Self> {
        let count = bytes / PAGE_SIZE;
        let mut pages = Vec::new();
        pages.try_reserve_exact(count).ok()?;
        pages.resize(count, Page::default());
        Some(Self {
            extents: Extents::new(bytes / GRANULE)?,
            pages,
            immutable: false,
            live: 0,
            used: 0,
            populated: 0,
            empty: 0,
            run: count,
        })
    }

    /// The part `start..end` (bytes) of the first chunk's unit.
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
        chunk.empty = chunk.pages.iter().filter(|page| page.used == 0).count();
        if last > first {
            chunk.extents.add(first, last - first);
        }
        Some(chunk)
    }

    /// Takes an area; its first granule.
    pub fn take(&mut self, request: Request) -> Option<u32> {
        let start = self.extents.take(request)?;
        self.taken(start, request);
        Some(start)
    }

    /// Takes an area from an extent of this class.
    pub fn take_from(&mut self, class: usize, request: Request) -> Option<u32> {
        let start = self.extents.take_from(class, request)?;
        self.taken(start, request);
        Some(start)
    }

    /// Takes an area from the free extent that a page's first granule is in.
    pub fn take_around(&mut self, page: usize, request: Request) -> Option<u32> {
        let granule = page as u32 * PAGE_GRANULES;
        let start = self.extents.take_around(granule, request)?;
        self.taken(start, request);
        Some(start)
    }

    fn taken(&mut self, start: u32, request: Request) {
        self.live += 1;
        self.used += request.granules;
        self.count(start, request.granules, u16::wrapping_add);
    }

    /// Gives back the live area of `granules` at `start`.
    pub fn give(&mut self, start: u32, granules: u32) {
        self.extents.give(start, granules);
        self.given(start, granules);
    }

    /// The same, leaving it whole.
    pub fn defer(&mut self, start: u32, granules: u32) {
        self.extents.defer(start, granules);
        self.given(start, granules);
    }

    /// Takes an area that was left whole.
    pub fn reuse(&mut self, start: u32, request: Request) {
        self.extents.reuse(start, request.granules);
        self.taken(start, request);
    }

    fn given(&mut self, start: u32, granules: u32) {
        self.live -= 1;
        self.used -= granules;
        self.count(start, granules, u16::wrapping_sub);
    }

    /// Adds to, or takes from, the counts of the pages that an area is on.
    fn count(&mut self, start: u32, granules: u32, change: fn(u16, u16) -> u16) {
        let mut at = start;
        let end = start + granules;
        while at < end {
            let page = &mut self.pages[(at / PAGE_GRANULES) as usize];
            let stop = end.min((at / PAGE_GRANULES + 1) * PAGE_GRANULES);
            let was_empty = page.used == 0;
            page.used = change(page.used, (stop - at) as u16);
            match (was_empty, page.used == 0) {
                (true, false) => self.empty -= 1,
                (false, true) => self.empty += 1,
                _ => {}
            }
            at = stop;
        }
    }

    /// The first run of `count` unpopulated pages.
    pub fn unpopulated(&self, count: usize) -> Option<usize> {
        let windows = self.pages.windows(count);
        let free = |pages: &[Page]| pages.iter().all(|page| !page.populated);
        windows
            .zip(0..)
            .find(|(pages, _)| free(pages))
            .map(|(_, first)| first)
    }

    /// Pages have been mapped: what is on them is free.
    pub fn populate(&mut self, first: usize, count: usize) {
        for page in &mut self.pages[first..first + count] {
            page.populated = true;
        }
        self.populated += count;
        self.empty += count;
        self.run = self.longest_run();
        let granules = count as u32 * PAGE_GRANULES;
        self.extents.add(first as u32 * PAGE_GRANULES, granules);
    }

    /// An empty page is about to be unmapped.
    pub fn depopulate(&mut self, number: usize) {
        let first = number as u32 * PAGE_GRANULES;
        self.extents.remove(first, first + PAGE_GRANULES);
        self.pages[number].populated = false;
        self.populated -= 1;
        self.empty -= 1;
        self.run = self.longest_run();
    }

    /// The last empty populated page.
    pub fn last_empty(&self) -> Option<usize> {
        let empty = |page: &Page| page.populated && page.used == 0;
        self.pages.iter().rposition(empty)
    }

    /// Pages in the longest run of unpopulated ones.
    pub fn longest_run(&self) -> usize {
        let runs = self.pages.split(|page| page.populated);
        runs.map(<[Page]>::len).max().unwrap_or(0)
    }
}
