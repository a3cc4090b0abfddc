//! All chunks, and the sets by which one is found: the book-keeping behind the lock.
//!
//! Chunks are numbered: [`RESERVED`] and [`FIRST`], the two parts of the first chunk, then
//! the region's in the order of their addresses. Whatever changes a chunk goes through
//! `change_extents` or `change_pages`, which keep the sets and the count of empty pages
//! right.
//!
//! An area comes from the lowest chunk that has a free extent of the smallest list that
//! will do, and a page leaves the highest that has an empty one: so the high chunks empty,
//! and can be released.
//!
//! Allocation and free take a number of steps that neither the areas nor the chunks add
//! to (P8). Memory for all chunk numbers is taken at once, and a chunk's by who adds it,
//! without the lock.

use crate::allowance::Allowance;
use crate::chunk::Chunk;
use crate::counts::Counts;
use crate::extents::Fit;
use crate::layout::{FIRST, Layout, REGION, RESERVED};
use crate::limits::{AREA_PAGES, MAX_CHUNKS};
use crate::request::{Area, Request};
use crate::sets::Sets;
use crate::tlsf::{Bitmap, LISTS};
use heap::boxed::Box;
use heap::vec::Vec;

/// Chunks that there are.
const PRESENT: usize = 0;
/// Numbers that no chunk has.
const VACANT: usize = 1;
/// Chunks that have an empty page which may be taken away.
const RECLAIMABLE: usize = 2;
/// Chunks without a populated page.
const UNPOPULATED: usize = 3;
/// Chunks with a run of at least one unpopulated page; the next sets: of two, ...
const RUN: usize = 4;
/// Sets by the state of a chunk's pages.
const PAGE_SETS: usize = RUN + AREA_PAGES;

/// The book-keeping.
#[derive(Debug)]
pub struct Chunks {
    /// By number, a slice of one chunk or none.
    slots: Vec<Box<[Chunk]>>,
    /// Chunks by the free lists that have an extent; without the reserved part.
    lists: Sets<LISTS>,
    /// Chunks by the state of their pages.
    pages: Sets<PAGE_SETS>,
    /// Empty populated pages that allocations may use.
    pub empty: usize,
    /// What magazines may keep of large areas.
    pub allowance: Allowance,
    /// An atomic allocation found nothing since the last balance.
    pub atomic_failed: bool,
    /// Counts of what happened.
    pub counts: Counts,
}

impl Chunks {
    /// The first chunk's two parts; `None` without memory.
    pub fn new(layout: &Layout) -> Option<Self> {
        let sizes = &layout.first.sizes;
        let dynamic = sizes.static_size + sizes.reserved_size;
        let reserved = Chunk::of_first(sizes.unit_size, sizes.static_size, dynamic)?;
        let first = Chunk::of_first(sizes.unit_size, dynamic, sizes.unit_size)?;
        let count = layout.chunks.saturating_add(REGION).min(MAX_CHUNKS);
        let mut chunks = Self {
            slots: fallible::defaults(count).ok()?,
            lists: Sets::new(count)?,
            pages: Sets::new(count)?,
            empty: 0,
            allowance: Allowance::default(),
            atomic_failed: false,
            counts: Counts::default(),
        };
        for number in 0..count {
            chunks.pages.set(VACANT, number, true);
        }
        chunks.insert(RESERVED, reserved.boxed()?);
        chunks.insert(FIRST, first.boxed()?);
        Some(chunks)
    }

    /// Chunks that there can be: all are numbered below this.
    pub fn most(&self) -> usize {
        self.slots.len()
    }

    /// Chunks in the order of their numbers, each with its number.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Chunk)> {
        let mut from = 0;
        core::iter::from_fn(move || {
            let (number, chunk) = self.at_least(from)?;
            from = number + 1;
            Some((number, chunk))
        })
    }

    /// The first chunk from a number up, with its number.
    pub fn at_least(&self, number: usize) -> Option<(usize, &Chunk)> {
        let number = self.pages.at_least(PRESENT, number)?;
        Some((number, self.get(number)?))
    }

    /// The chunk of this number.
    #[inline]
    pub fn get(&self, number: usize) -> Option<&Chunk> {
        self.slots.get(number)?.first()
    }

    /// The lowest number that no chunk has; `None` if the region is full.
    pub fn vacant(&self) -> Option<usize> {
        self.pages.lowest(VACANT)
    }

    /// The lowest chunk that has a run of `count` unpopulated pages, and the first of
    /// them. `count` is at least 1 and at most [`AREA_PAGES`].
    pub fn unpopulated_run(&self, count: usize) -> Option<(usize, usize)> {
        let number = self.pages.lowest(RUN + count - 1)?;
        Some((number, self.get(number)?.unpopulated_run(count)?))
    }

    /// Whether a page could be taken away.
    pub fn is_reclaimable(&self) -> bool {
        self.pages.nonempty().has(RECLAIMABLE)
    }

    /// Takes out the last empty page of the highest chunk that has one; returns the
    /// chunk's number and the page's.
    pub fn depopulate_last(&mut self) -> Option<(usize, usize)> {
        let number = self.pages.highest(RECLAIMABLE)?;
        let page = self.change_pages(number, Chunk::depopulate_last)?;
        Some((number, page?))
    }

    /// Adds a chunk under a vacant number.
    pub fn insert(&mut self, number: usize, chunk: Box<[Chunk]>) {
        for chunk in &chunk {
            self.pages.update(number, vacant_sets(), page_sets(chunk));
            let lists = free_lists(number, chunk);
            self.lists.update(number, Bitmap::default(), lists);
            if number != RESERVED {
                self.empty += chunk.empty;
            }
        }
        self.slots[number] = chunk;
    }

    /// Takes out the highest chunk that has no populated page, so that it can be released.
    pub fn remove_unpopulated(&mut self) -> Option<(usize, Box<[Chunk]>)> {
        let number = self.pages.highest(UNPOPULATED)?;
        let chunk = core::mem::take(self.slots.get_mut(number)?);
        for chunk in &chunk {
            self.pages.update(number, page_sets(chunk), vacant_sets());
        }
        Some((number, chunk))
    }

    /// Changes a chunk's areas and free extents.
    #[inline]
    fn change_extents<T>(
        &mut self,
        number: usize,
        work: impl FnOnce(&mut Chunk) -> T,
    ) -> Option<T> {
        let chunk = self.slots.get_mut(number)?.first_mut()?;
        let (empty, lists) = (chunk.empty, chunk.extents.nonempty);
        let used = chunk.used;
        let result = work(chunk);
        self.allowance.used = self
            .allowance
            .used
            .wrapping_add(chunk.used)
            .wrapping_sub(used);
        if chunk.extents.nonempty != lists && number != RESERVED {
            self.lists.update(number, lists, chunk.extents.nonempty);
        }
        if chunk.empty != empty {
            self.empty_changed(number, empty);
        }
        Some(result)
    }

    /// A chunk had `before` empty pages, and has another number of them.
    fn empty_changed(&mut self, number: usize, before: usize) {
        let Some(chunk) = self.slots.get(number).and_then(|slot| slot.first()) else {
            return;
        };
        if number != RESERVED {
            self.empty = self.empty - before + chunk.empty;
        }
        if !chunk.immutable {
            self.pages.set(RECLAIMABLE, number, chunk.empty > 0);
        }
    }

    /// Changes which pages of a chunk are populated, and all that goes with it.
    pub fn change_pages<T>(
        &mut self,
        number: usize,
        work: impl FnOnce(&mut Chunk) -> T,
    ) -> Option<T> {
        let before = page_sets(self.get(number)?);
        let (result, after) = self.change_extents(number, |chunk| {
            let result = work(chunk);
            (result, page_sets(chunk))
        })?;
        self.pages.update(number, before, after);
        Some(result)
    }

    /// Allocates an area from populated pages.
    #[inline]
    pub fn allocate(&mut self, request: Request) -> Option<Area> {
        Some(self.allocate_run(request, 1)?.0)
    }

    /// Allocates areas from populated pages, side by side: `most`, or as many as the tightest
    /// fit for one of them has room for; one, if the next would not be aligned. Returns the
    /// first, and how many.
    pub fn allocate_run(&mut self, request: Request, most: u32) -> Option<(Area, u32)> {
        let aligned = request.granules & (request.align - 1) == 0;
        let most = if aligned { most } else { 1 };
        let (chunk, fit) = self.lists.nonempty().search(request, |list| {
            let chunk = self.lists.lowest(list)?;
            let fit = self.get(chunk)?.extents.fit_in(list, request)?;
            Some((chunk, fit))
        })?;
        self.allocate_in(chunk, fit, request, most)
    }

    fn allocate_in(
        &mut self,
        number: usize,
        fit: Fit,
        request: Request,
        most: u32,
    ) -> Option<(Area, u32)> {
        let allocate = |chunk: &mut Chunk| chunk.allocate(fit, request, most);
        let count = self.change_extents(number, allocate)?;
        let first = Area {
            chunk: number,
            granule: fit.area,
        };
        Some((first, count))
    }

    /// Allocates an area from the reserved part.
    pub fn allocate_reserved(&mut self, request: Request) -> Option<Area> {
        let fit = self.get(RESERVED)?.extents.fit_anywhere(request)?;
        Some(self.allocate_in(RESERVED, fit, request, 1)?.0)
    }

    /// Enters pages that have been mapped, and allocates an area on them.
    pub fn populate_for(
        &mut self,
        (chunk, page): (usize, usize),
        count: usize,
        request: Request,
    ) -> Option<Area> {
        let populate = |chunk: &mut Chunk| chunk.populate_for(page, count, request);
        let granule = self.change_pages(chunk, populate)??;
        Some(Area { chunk, granule })
    }

    /// Granules of the live area that begins here.
    #[inline]
    pub fn live_at(&self, area: Area) -> Option<u32> {
        self.get(area.chunk)?.extents.live_at(area.granule)
    }

    /// Frees the live area of `granules` that begins here.
    #[inline]
    pub fn free(&mut self, area: Area, granules: u32) {
        self.free_run(Run::of(area, granules), granules);
    }

    /// Frees live areas of `granules` each: those that lie side by side and come one after
    /// the other as one.
    pub fn free_all(&mut self, granules: u32, areas: impl Iterator<Item = Area>) {
        let mut runs = areas.map(|area| Run::of(area, granules));
        let Some(mut run) = runs.next() else {
            return;
        };
        for next in runs {
            if !run.join(next) {
                self.free_run(core::mem::replace(&mut run, next), granules);
            }
        }
        self.free_run(run, granules);
    }

    fn free_run(&mut self, run: Run, granules: u32) {
        self.change_extents(run.chunk, |chunk| {
            chunk.free(run.start, run.end, granules);
        });
    }

    /// For `verify`: whether the sets that a chunk is in are those that it belongs to.
    pub fn verify_sets(&self, number: usize, chunk: &Chunk) -> bool {
        self.lists.of(number) == free_lists(number, chunk)
            && self.pages.of(number) == page_sets(chunk)
    }

    /// For `verify`: members of all sets, kept and recomputed.
    pub fn verify_members(&self) -> (usize, usize) {
        let kept = self.lists.members() + self.pages.members();
        let (mut vacant, mut recomputed) = (self.slots.len(), 0);
        for (number, chunk) in self.iter() {
            vacant -= 1;
            recomputed += free_lists(number, chunk).len() + page_sets(chunk).len();
        }
        (kept, vacant + recomputed)
    }

    /// For `verify`: a set whose summary isn't what its members make it.
    pub fn wrong_summary(&self) -> Option<usize> {
        let wrong = self.lists.wrong_summary();
        wrong.or_else(|| self.pages.wrong_summary())
    }
}

/// Areas of one size that lie side by side.
#[derive(Clone, Copy)]
struct Run {
    chunk: usize,
    start: u32,
    end: u32,
}

impl Run {
    #[inline(always)]
    fn of(area: Area, granules: u32) -> Self {
        Self {
            chunk: area.chunk,
            start: area.granule,
            end: area.granule + granules,
        }
    }

    /// Adds those of another run if they lie beside these.
    #[inline(always)]
    fn join(&mut self, other: Run) -> bool {
        let same = self.chunk == other.chunk;
        if same && other.start == self.end {
            self.end = other.end;
        } else if same && other.end == self.start {
            self.start = other.start;
        } else {
            return false;
        }
        true
    }
}

/// The free lists by which a chunk is found. The reserved part never is: it isn't for all.
fn free_lists(number: usize, chunk: &Chunk) -> Bitmap {
    match number {
        RESERVED => Bitmap::default(),
        _ => chunk.extents.nonempty,
    }
}

/// The page sets that a chunk belongs to.
fn page_sets(chunk: &Chunk) -> Bitmap {
    let mut sets = Bitmap::default();
    sets.insert(PRESENT);
    if chunk.empty > 0 && !chunk.immutable {
        sets.insert(RECLAIMABLE);
    }
    if chunk.populated == 0 {
        sets.insert(UNPOPULATED);
    }
    for run in 1..=chunk.run.min(AREA_PAGES) {
        sets.insert(RUN + run - 1);
    }
    sets
}

/// The page sets that a number without a chunk belongs to.
fn vacant_sets() -> Bitmap {
    let mut sets = Bitmap::default();
    sets.insert(VACANT);
    sets
}
