//! The bytes of one chunk: areas, and free extents with the segregated lists they are in.
//!
//! ```text
//!   granule   0    1    2    3    4  ...     11   12   13   14  ...
//!           [live, 3      ][free, 9            ][live][free, 2 ][live
//!   map      f    r    r    .    .  ...      .    f    .    .    f     two bits a granule
//!   links    ─                ▲9, next                              a link a block of 8
//!   ends     ─                ▲          9▲                         a size a block of 8
//!   holes                                             one of 2      counted by page
//! ```
//!
//! A *granule* is 4 bytes. An *extent* is a run of granules: one live area, or all free
//! granules that lie together on populated pages. Unpopulated pages are in no extent. What a
//! granule is, `granule_map.rs` keeps in two bits.
//!
//! A *free list* links the free extents whose sizes `tlsf.rs` puts together. The memory
//! itself can't hold the links: it isn't the kernel's to write, and may be unpopulated. So
//! there is a table with an entry for each *block* of 8 granules, which has the link of the
//! free extent that begins in it. Only an extent of 8 granules, 32 bytes, is linked: of those
//! at most one begins in a block, and at most one ends there. A second table has the size of
//! that one, so a free area finds the extent before it in constant time. Smaller free extents
//! are *holes* (`holes.rs`), found by their page. All of it takes 7/16 of one unit: 1/4 for
//! links, 1/8 for ends, 1/16 for the map, and a little for each page.
//!
//! Nothing that allocates or frees loops over extents, so no pattern of sizes costs more than
//! another.
//!
//! Invariants: two free extents never touch; each of [`LINKED`] granules or more is in the
//! list of its size, and has its size at both ends; each smaller one is counted. What is in
//! the tables of other blocks means nothing.

mod verify;

use crate::granule_map::{GranuleMap, State};
use crate::holes::{Holes, LINKED};
use crate::limits::{GRANULE, PAGE_GRANULES};
use crate::link::{Link, NIL};
use crate::request::Request;
use crate::tlsf::{Bitmap, LISTS, mapping_insert};
use core::ops::Range;
use heap::vec::Vec;

/// Entries of a free list that a search looks at: in a list whose extents need not have
/// room for the request, one of the first may.
const PROBES: usize = 4;

// All of it is less than half a unit: two bits of the map a granule, a link and an end a block.
const _: () = {
    let block = LINKED as usize / 4 + size_of::<Link>() + size_of::<u32>();
    assert!(block * 2 < LINKED as usize * GRANULE);
};

// The lists below that of the smallest linked extent have one size each.
const _: () = assert!(mapping_insert(LINKED - 1) == LINKED as usize - 1);

/// What an extent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An area that somebody has, or a magazine.
    Live,
    /// Free granules, all that lie together.
    Free,
}

/// A run of granules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// What it is.
    pub kind: Kind,
    /// Its first granule.
    pub start: u32,
    /// Its size.
    pub granules: u32,
}

/// Where an area may begin: at `area`, in the free extent of `granules` at `start`.
#[derive(Debug, Clone, Copy)]
pub struct Fit {
    start: u32,
    granules: u32,
    /// The area's first granule.
    pub area: u32,
}

/// Map, free lists and holes of one chunk.
#[derive(Debug)]
pub struct Extents {
    map: GranuleMap,
    /// By block: of the linked free extent that begins there.
    links: Vec<Link>,
    /// By block: granules of the linked free extent that ends there.
    ends: Vec<u32>,
    holes: Holes,
    heads: [u32; LISTS],
    /// The free lists that aren't empty; of a list below [`LINKED`], if it has a hole.
    pub nonempty: Bitmap,
}

impl Extents {
    /// Of `granules` granules, whole pages, none of them in an extent; `None` without memory.
    pub fn new(granules: usize) -> Option<Self> {
        let blocks = granules / LINKED as usize;
        Some(Extents {
            map: GranuleMap::new(granules)?,
            links: fallible::filled(blocks, Link::default()).ok()?,
            ends: fallible::filled(blocks, 0).ok()?,
            holes: Holes::new(granules / PAGE_GRANULES as usize)?,
            heads: [NIL; LISTS],
            nonempty: Bitmap::default(),
        })
    }

    /// The link of the linked free extent that begins here.
    #[inline]
    fn link(&self, start: u32) -> Link {
        self.links[(start / LINKED) as usize]
    }

    #[inline]
    fn set_link(&mut self, start: u32, link: Link) {
        self.links[(start / LINKED) as usize] = link;
    }

    #[inline]
    fn set_end(&mut self, start: u32, granules: u32) {
        self.ends[((start + granules - 1) / LINKED) as usize] = granules;
    }

    /// Granules of the free extent that begins here; 0 if none does.
    #[inline]
    fn free_from(&self, start: u32) -> u32 {
        match self.map.free_from(start, LINKED) {
            LINKED => self.link(start).granules(),
            hole => hole,
        }
    }

    /// Granules of the free extent that ends just before this granule; 0 if none does.
    #[inline]
    fn free_before(&self, granule: u32) -> u32 {
        match self.map.free_before(granule, LINKED) {
            LINKED => self.ends[((granule - 1) / LINKED) as usize],
            hole => hole,
        }
    }

    /// Puts a free extent, beside which nothing is free, first in its list.
    fn insert(&mut self, start: u32, granules: u32) {
        let list = mapping_insert(granules);
        self.nonempty.insert(list);
        if granules < LINKED {
            self.holes.insert(start, granules);
            return;
        }
        let head = self.heads[list];
        self.set_link(start, Link::first(granules, head));
        self.set_end(start, granules);
        if head != NIL {
            self.set_link(head, self.link(head).with_previous(start));
        }
        self.heads[list] = start;
    }

    /// Lets the neighbours in a list, of an extent whose link was `link`, have `next` after
    /// the one and `previous` before the other.
    #[inline]
    fn relink(&mut self, list: usize, link: Link, next: u32, previous: u32) {
        if link.next() != NIL {
            let after = self.link(link.next());
            self.set_link(link.next(), after.with_previous(previous));
        }
        if link.previous() != NIL {
            let before = self.link(link.previous());
            self.set_link(link.previous(), before.with_next(next));
        } else {
            self.heads[list] = next;
        }
    }

    /// Takes a free extent out of its list.
    fn remove(&mut self, start: u32, granules: u32) {
        let list = mapping_insert(granules);
        let left = if granules < LINKED {
            self.holes.remove(start, granules);
            self.holes.any(list)
        } else {
            let link = self.link(start);
            self.relink(list, link, link.next(), link.previous());
            self.heads[list] != NIL
        };
        if !left {
            self.nonempty.remove(list);
        }
    }

    /// Gives the free extent of `granules` at `start` another start and size, which overlap
    /// the old ones. If it stays in its list, it keeps its place there.
    fn resize(&mut self, start: u32, granules: u32, new_start: u32, new: u32) {
        let list = mapping_insert(granules);
        if granules < LINKED || mapping_insert(new) != list {
            self.remove(start, granules);
            self.insert(new_start, new);
            return;
        }
        let link = self.link(start);
        if start != new_start {
            self.relink(list, link, new_start, new_start);
        }
        self.set_link(new_start, link.with_granules(new));
        self.set_end(new_start, new);
    }

    /// Makes granules that are in no free extent free, coalesced with what is free beside
    /// them; returns their extent's first granule, and its size.
    pub fn release(&mut self, start: u32, granules: u32) -> (u32, u32) {
        let end = start + granules;
        self.map.set(start..end, State::Free);
        let (before, after) = (self.free_before(start), self.free_from(end));
        let first = start - before;
        let granules = before + granules + after;
        match (before, after) {
            (0, 0) => self.insert(first, granules),
            (0, _) => self.resize(end, after, first, granules),
            (_, 0) => self.resize(first, before, first, granules),
            _ => {
                self.remove(end, after);
                self.resize(first, before, first, granules);
            }
        }
        (first, granules)
    }

    /// Takes the granules `from..to` out of the free extent of `granules` at `start`, which
    /// has them; what is left on either side stays free.
    fn carve(&mut self, start: u32, granules: u32, from: u32, to: u32) {
        let end = start + granules;
        match (from > start, end > to) {
            (false, false) => self.remove(start, granules),
            (false, true) => self.resize(start, granules, to, end - to),
            (true, false) => self.resize(start, granules, start, from - start),
            (true, true) => {
                self.resize(start, granules, start, from - start);
                self.insert(to, end - to);
            }
        }
    }

    /// Where an area may begin in the free extent of `granules` at `start`; `None` if it has
    /// no room for the request.
    #[inline]
    pub fn fit(start: u32, granules: u32, request: Request) -> Option<Fit> {
        let area = (start + request.align - 1) & !(request.align - 1);
        let fits = area + request.granules <= start + granules;
        fits.then_some(Fit {
            start,
            granules,
            area,
        })
    }

    /// Where an area may begin in one of the first extents of a free list, if one has room.
    #[inline]
    pub fn fit_in(&self, list: usize, request: Request) -> Option<Fit> {
        if list < LINKED as usize {
            return self.fit_in_hole(list, request);
        }
        let mut start = self.heads[list];
        for _ in 0..PROBES {
            if start == NIL {
                return None;
            }
            let link = self.link(start);
            let fit = Self::fit(start, link.granules(), request);
            if fit.is_some() {
                return fit;
            }
            start = link.next();
        }
        None
    }

    /// The same in the holes of one size.
    #[inline(never)]
    fn fit_in_hole(&self, granules: usize, request: Request) -> Option<Fit> {
        let page = self.holes.page(granules)?;
        let granules = granules as u32;
        let holes = self.map.runs_on(page, granules).take(PROBES);
        let mut fits = holes.filter_map(|start| Self::fit(start, granules, request));
        fits.next()
    }

    /// Where an area may begin, in as small an extent as a few probes a list find.
    pub fn fit_anywhere(&self, request: Request) -> Option<Fit> {
        let lists = self.nonempty;
        lists.search(request, |list| self.fit_in(list, request))
    }

    /// Makes live areas side by side where one may begin: `most`, or as many as the free
    /// extent has room for; returns how many.
    pub fn allocate_in(&mut self, fit: Fit, request: Request, most: u32) -> u32 {
        let Fit {
            start,
            granules,
            area,
        } = fit;
        if most == 1 {
            let end = area + request.granules;
            self.carve(start, granules, area, end);
            self.map.set_area(area..end);
            return 1;
        }
        let count = most.min((start + granules - area) / request.granules);
        let end = area + count * request.granules;
        self.carve(start, granules, area, end);
        self.map.set_areas(area..end, request.granules);
        count
    }

    /// Takes free granules out of their extent, before their page is unmapped. Looks for
    /// the extent's end from `to` on.
    pub fn withdraw(&mut self, from: u32, to: u32) {
        let end = self.map.end_of_free(to);
        let granules = self.free_before(end);
        self.carve(end - granules, granules, from, to);
        self.map.set(from..to, State::Absent);
    }

    /// The size of the live area that begins at `granule`.
    #[inline]
    pub fn live_at(&self, granule: u32) -> Option<u32> {
        let begins = self.map.state(granule) == State::First;
        begins.then(|| self.map.end_of_area(granule) - granule)
    }

    /// The live area that `granule` is in, at its start or inside: its first granule and
    /// its size. Looks back as far as the largest area reaches.
    pub fn live_around(&self, granule: u32) -> Option<(u32, u32)> {
        let first = self.map.first_of_area(granule)?;
        Some((first, self.live_at(first)?))
    }

    /// The extents in order of address. Takes a step an extent, and one for 64 granules.
    pub fn iter(&self) -> impl Iterator<Item = Extent> + '_ {
        self.beginning_in(0..self.map.len())
    }

    /// The extents that begin at one of these granules, in order of address. Takes a step an
    /// extent, and one for 64 granules.
    pub fn beginning_in(&self, granules: Range<u32>) -> impl Iterator<Item = Extent> + '_ {
        self.map.runs(granules).filter_map(|(state, run)| {
            let kind = match state {
                State::First => Kind::Live,
                State::Free => Kind::Free,
                State::Absent | State::Rest => return None,
            };
            Some(Extent {
                kind,
                start: run.start,
                granules: run.end - run.start,
            })
        })
    }

    /// The linked free extents in one list; as many as there are blocks, if it is a circle.
    pub fn list(&self, list: usize) -> impl Iterator<Item = Extent> + '_ {
        let mut next = self.heads[list];
        core::iter::from_fn(move || {
            (next != NIL).then(|| {
                let (start, link) = (next, self.link(next));
                next = link.next();
                Extent {
                    kind: Kind::Free,
                    start,
                    granules: link.granules(),
                }
            })
        })
        .take(self.links.len())
    }

    /// How many free extents are in a list.
    pub fn count(&self, list: usize) -> usize {
        if list < LINKED as usize {
            self.holes.count(list)
        } else {
            self.list(list).count()
        }
    }
}
