//! The bytes of one chunk: extents, their tags, and the segregated free lists.
//!
//! ```text
//!   granule   0    1    2    3    4    5    6    7    8
//!           [live, 3       ][free, 4            ][live]   unpopulated ...
//!   tags     L3   .    .    F4   .    .    E4    L1   .
//! ```
//!
//! A *granule* is 4 bytes. An *extent* is a run of granules: one live area, or all free
//! granules that lie together on populated pages. Unpopulated pages are in no extent. A *boundary tag* (`tag.rs`) at the first granule of
//! an extent, and at the last of a free one, holds its size. So a free area finds both its
//! neighbours in constant time, and a handle that isn't the start of a live area is known
//! by its tag.
//!
//! A *free list* links the free extents whose sizes `tlsf.rs` puts together. Nothing that
//! allocates or frees loops over extents, so no pattern of sizes costs more than another.
//!
//! Invariants: the tag of a granule at which no extent begins and no free one ends is the
//! default; two free extents never touch; each free extent is in the list of its size.

use crate::limits::AREA_GRANULES;
use crate::request::Request;
use crate::tag::{NIL, State, Tag};
use crate::tlsf::{Bitmap, LISTS, mapping_insert};
use core::ops::Range;
use heap::vec::Vec;

/// Entries of a free list that a search looks at: in a list whose extents need not have
/// room for the request, one of the first may.
const PROBES: usize = 4;

/// A run of granules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// What it is.
    pub state: State,
    /// Its first granule.
    pub start: u32,
    /// Its size.
    pub granules: u32,
}

/// Where an area may begin: in the free extent at `start`, at `area`.
#[derive(Debug, Clone, Copy)]
pub struct Fit {
    start: u32,
    /// The area's first granule.
    pub area: u32,
}

/// Tags and free lists of one chunk.
#[derive(Debug)]
pub struct Extents {
    tags: Vec<Tag>,
    heads: [u32; LISTS],
    /// The free lists that aren't empty.
    pub nonempty: Bitmap,
}

impl Extents {
    /// Tags for `granules` granules, none of them in an extent; `None` without memory.
    pub fn new(granules: usize) -> Option<Self> {
        Some(Extents {
            tags: fallible::filled(granules, Tag::default()).ok()?,
            heads: [NIL; LISTS],
            nonempty: Bitmap::default(),
        })
    }

    fn len(&self) -> u32 {
        self.tags.len() as u32
    }

    #[inline]
    fn tag(&self, granule: u32) -> Tag {
        let tag = self.tags.get(granule as usize);
        tag.copied().unwrap_or_default()
    }

    #[inline]
    fn set(&mut self, granule: u32, tag: Tag) {
        self.tags[granule as usize] = tag;
    }

    /// Puts a free extent, beside which nothing is free, first in its list.
    fn insert(&mut self, start: u32, granules: u32) {
        let list = mapping_insert(granules);
        let head = self.heads[list];
        if granules > 1 {
            self.set(start + granules - 1, Tag::free_end(granules));
        }
        self.set(start, Tag::free(granules, head));
        if head == NIL {
            self.nonempty.insert(list);
        } else {
            self.set(head, self.tag(head).with_previous(start));
        }
        self.heads[list] = start;
    }

    /// Lets the neighbours in a list, of an extent whose tag was `tag`, link `next` after
    /// the one and `previous` before the other.
    #[inline]
    fn relink(&mut self, list: usize, tag: Tag, next: u32, previous: u32) {
        if tag.next() != NIL {
            let after = self.tag(tag.next());
            self.set(tag.next(), after.with_previous(previous));
        }
        if tag.previous() != NIL {
            let before = self.tag(tag.previous());
            self.set(tag.previous(), before.with_next(next));
        } else {
            self.heads[list] = next;
        }
    }

    /// Takes a free extent out of its list and clears its tags.
    fn remove(&mut self, start: u32) {
        let tag = self.tag(start);
        let list = mapping_insert(tag.granules());
        self.relink(list, tag, tag.next(), tag.previous());
        if self.heads[list] == NIL {
            self.nonempty.remove(list);
        }
        self.set(start + tag.granules() - 1, Tag::default());
        self.set(start, Tag::default());
    }

    /// Gives the free extent at `start` another start and size, which overlap the old
    /// ones. If it stays in its list, it keeps its place there.
    fn resize(&mut self, start: u32, new_start: u32, granules: u32) {
        let tag = self.tag(start);
        let list = mapping_insert(tag.granules());
        if mapping_insert(granules) != list {
            self.remove(start);
            self.insert(new_start, granules);
            return;
        }
        // Lists below 8 have one size, so both sizes are above 1.
        let (last, new_last) = (start + tag.granules() - 1, new_start + granules - 1);
        if last != new_last {
            self.set(last, Tag::default());
        }
        self.set(new_last, Tag::free_end(granules));
        if start != new_start {
            self.set(start, Tag::default());
            self.relink(list, tag, new_start, new_start);
        }
        self.set(new_start, tag.with_granules(granules));
    }

    /// Makes granules that are in no extent free, coalesced with what is free beside
    /// them; returns where their extent begins.
    pub fn release(&mut self, start: u32, granules: u32) -> u32 {
        let before = match start.checked_sub(1).map(|last| self.tag(last)) {
            Some(tag) if tag.ends_free() => tag.granules(),
            Some(tag) if tag.begins() == Some(State::Free) => 1,
            _ => 0,
        };
        let end = start + granules;
        let after = match self.tag(end) {
            tag if tag.begins() == Some(State::Free) => tag.granules(),
            _ => 0,
        };
        let first = start - before;
        let granules = before + granules + after;
        match (before, after) {
            (0, 0) => self.insert(first, granules),
            (0, _) => self.resize(end, first, granules),
            (_, 0) => self.resize(first, first, granules),
            _ => {
                self.remove(end);
                self.resize(first, first, granules);
            }
        }
        first
    }

    /// Takes the granules `from..to` out of the free extent at `start`, which has them;
    /// what is left on either side stays free.
    fn carve(&mut self, start: u32, from: u32, to: u32) {
        let end = start + self.tag(start).granules();
        match (from > start, end > to) {
            (false, false) => self.remove(start),
            (false, true) => self.resize(start, to, end - to),
            (true, false) => self.resize(start, start, from - start),
            (true, true) => {
                self.resize(start, start, from - start);
                self.insert(to, end - to);
            }
        }
    }

    /// Where in the free extent at `start` an area for the request may begin; `None` if
    /// the extent has no room for it.
    #[inline]
    fn fit(&self, start: u32, request: Request) -> Option<u32> {
        let area = (start + request.align - 1) & !(request.align - 1);
        let end = start + self.tag(start).granules();
        (area + request.granules <= end).then_some(area)
    }

    /// Makes a live area in the free extent at `start`, if it has room; returns the
    /// area's first granule.
    pub fn allocate_at(&mut self, start: u32, request: Request) -> Option<u32> {
        let area = self.fit(start, request)?;
        self.allocate_in(Fit { start, area }, request, 1);
        Some(area)
    }

    /// Where an area may begin in one of the first extents of a free list, if one has room.
    #[inline]
    pub fn fit_in(&self, list: usize, request: Request) -> Option<Fit> {
        let mut start = self.heads[list];
        for _ in 0..PROBES {
            if start == NIL {
                return None;
            }
            if let Some(area) = self.fit(start, request) {
                return Some(Fit { start, area });
            }
            start = self.tag(start).next();
        }
        None
    }

    /// Where an area may begin, in as small an extent as a few probes a list find.
    pub fn fit_anywhere(&self, request: Request) -> Option<Fit> {
        let lists = self.nonempty;
        lists.search(request, |list| self.fit_in(list, request))
    }

    /// Makes live areas side by side where one may begin: `most`, or as many as the free
    /// extent has room for; returns how many.
    pub fn allocate_in(&mut self, fit: Fit, request: Request, most: u32) -> u32 {
        let Fit { start, area } = fit;
        let live = Tag::live(request.granules);
        if most == 1 {
            self.carve(start, area, area + request.granules);
            self.set(area, live);
            return 1;
        }
        let room = start + self.tag(start).granules() - area;
        let count = most.min(room / request.granules);
        let end = area + count * request.granules;
        self.carve(start, area, end);
        self.set_each(area, end, request.granules, live);
        count
    }

    /// Frees the live areas of `granules` each that lie side by side from `start` to `end`.
    pub fn free(&mut self, start: u32, end: u32, granules: u32) {
        self.set_each(start, end, granules, Tag::default());
        self.release(start, end - start);
    }

    /// Sets the tags of areas of `granules` that lie side by side from `start` to `end`.
    #[inline]
    fn set_each(&mut self, start: u32, end: u32, granules: u32, tag: Tag) {
        let tags = &mut self.tags[start as usize..end as usize];
        for first in tags.iter_mut().step_by(granules as usize) {
            *first = tag;
        }
    }

    /// Takes free granules out of their extent, before their page is unmapped. Looks for
    /// the extent's end from `to` on.
    pub fn withdraw(&mut self, from: u32, to: u32) {
        let ends = |&granule: &u32| self.tag(granule).ends_free();
        if let Some(last) = (to - 1..self.len()).find(ends) {
            let start = last + 1 - self.tag(last).granules();
            self.carve(start, from, to);
        }
    }

    /// The size of the live area that begins at `granule`.
    #[inline]
    pub fn live_at(&self, granule: u32) -> Option<u32> {
        let tag = self.tag(granule);
        (tag.begins() == Some(State::Live)).then(|| tag.granules())
    }

    /// The live area that `granule` is in, at its start or inside: its first granule and
    /// its size. Looks back as far as the largest area reaches.
    pub fn live_around(&self, granule: u32) -> Option<(u32, u32)> {
        let nearest = self.tagged_before(granule + 1)?;
        let granules = self.live_at(nearest)?;
        (granule < nearest + granules).then_some((nearest, granules))
    }

    /// The last granule before `end`, within the reach of the largest area, whose tag isn't
    /// the default. Looks at four tags a step.
    fn tagged_before(&self, end: u32) -> Option<u32> {
        let first = end.saturating_sub(AREA_GRANULES);
        let tags = self.tags.get(first as usize..end as usize)?;
        let (_, fours) = tags.as_rchunks::<4>();
        let untagged = |&four: &&[Tag; 4]| four.iter().all(|&tag| tag == Tag::default());
        let skipped = 4 * fours.iter().rev().take_while(untagged).count();
        let rest = tags.get(..tags.len() - skipped)?;
        let last = rest.iter().rposition(|&tag| tag != Tag::default())?;
        Some(first + last as u32)
    }

    /// The extents in order of address. Takes a step a granule at the most.
    pub fn iter(&self) -> impl Iterator<Item = Extent> + '_ {
        self.beginning_in(0..self.len())
    }

    /// The extents that begin at one of these granules, in order of address. Takes a step a
    /// granule at the most.
    pub fn beginning_in(&self, granules: Range<u32>) -> impl Iterator<Item = Extent> + '_ {
        let mut next = granules.start;
        core::iter::from_fn(move || {
            while next < granules.end {
                let (start, tag) = (next, self.tag(next));
                if let Some(state) = tag.begins() {
                    next += tag.granules().max(1);
                    return Some(Extent {
                        state,
                        start,
                        granules: tag.granules(),
                    });
                }
                next += 1;
            }
            None
        })
    }

    /// The free extents in one list; as many as there are granules, if it is a circle.
    pub fn list(&self, list: usize) -> impl Iterator<Item = Extent> + '_ {
        let mut next = self.heads[list];
        core::iter::from_fn(move || {
            (next != NIL).then(|| {
                let (start, tag) = (next, self.tag(next));
                next = tag.next();
                Extent {
                    state: State::Free,
                    start,
                    granules: tag.granules(),
                }
            })
        })
        .take(self.tags.len())
    }

    /// The first granule whose tag isn't what the extents make it.
    pub fn wrong_tag(&self) -> Option<u32> {
        let mut granule = 0;
        while granule < self.len() {
            let tag = self.tag(granule);
            let granules = tag.granules();
            if tag == Tag::default() {
                granule += 1;
                continue;
            }
            let free = match tag.begins() {
                Some(state) if (1..=self.len() - granule).contains(&granules) => {
                    state == State::Free
                }
                _ => return Some(granule),
            };
            let end = granule + granules;
            let expected = |inner| match free && inner == end - 1 {
                true => Tag::free_end(granules),
                false => Tag::default(),
            };
            let wrong = (granule + 1..end).find(|&inner| self.tag(inner) != expected(inner));
            if wrong.is_some() {
                return wrong;
            }
            granule = end;
        }
        None
    }
}
