//! The book-keeping of one chunk's bytes: extents, tags and lists.
//!
//! ```text
//!   granule   0    1    2    3    4    5    6    7    8
//!           [Live 3        ][Free 4             ][Live 1]  unpopulated ...
//!   tags     L3   .    .    F4   .    .    E4    L1   .
//! ```
//!
//! A *granule* is 4 bytes. An *extent* is a run of granules that is one live area,
//! one deferred area (quick_list.rs) or one maximal free run on populated pages; unpopulated pages are in no extent.
//! A *tag* word a granule holds an extent's kind and size at its first granule, and
//! a free extent's size at its last, so that a free merges with both neighbours in
//! constant time and a handle that isn't the start of a live area is told at once.
//!
//! A *free list* is the list of the free extents of one size class (classes.rs), and a
//! map has the lists that aren't empty. Nothing here loops over extents, so no
//! pattern of sizes costs more than another.
//!
//! Invariants: the tag of a granule that neither starts an extent nor ends a free
//! one is 0; two free extents never touch; each free extent is in its class's list.

use crate::limits::{GRANULE, MAX_UNIT_SIZE};
use crate::request::Request;
use crate::tlsf::{Bitmap, LISTS, mapping_insert};
use heap::vec::Vec;

/// Entries of one list that a search looks at for a fit by chance.
const LOOKS: usize = 4;

const FIELD: u64 = (1 << 20) - 1;
/// No granule: the end of a list.
const NIL: u32 = FIELD as u32;
// A field counts the granules of the largest unit, and numbers each.
const _: () = assert!(MAX_UNIT_SIZE / GRANULE < NIL as usize);

const LIVE: u64 = 1 << 60;
/// Set besides `LIVE`: freed, and not merged yet.
const DEFERRED: u64 = 1 << 40;
const FREE: u64 = 2 << 60;
const END: u64 = 3 << 60;
const KIND: u64 = 3 << 60;

/// What a granule belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Live { start: u32, granules: u32 },
    Deferred { start: u32, granules: u32 },
    Free { start: u32, granules: u32 },
    Nothing,
}

/// Tags and lists of one chunk.
#[derive(Debug)]
pub(crate) struct Extents {
    tags: Vec<u64>,
    lists: [u32; LISTS],
    pub map: Bitmap,
}

fn size_of(tag: u64) -> u32 {
    (tag & FIELD) as u32
}
fn next_of(tag: u64) -> u32 {
    ((tag >> 20) & FIELD) as u32
}
fn prev_of(tag: u64) -> u32 {
    ((tag >> 40) & FIELD) as u32
}

/// What a `LIVE` tag says.
fn live(tag: u64, start: u32) -> At {
    let granules = size_of(tag);
    match tag & DEFERRED {
        0 => At::Live { start, granules },
        _ => At::Deferred { start, granules },
    }
}

impl Extents {
    /// Book-keeping for `granules` granules, none of them in an extent; `None`
    /// without memory for it.
    pub fn new(granules: usize) -> Option<Self> {
        let mut tags = Vec::new();
        tags.try_reserve_exact(granules).ok()?;
        tags.resize(granules, 0);
        Some(Extents {
            tags,
            lists: [NIL; LISTS],
            map: Bitmap::default(),
        })
    }

    pub fn len(&self) -> u32 {
        self.tags.len() as u32
    }

    fn tag(&self, granule: u32) -> u64 {
        self.tags.get(granule as usize).copied().unwrap_or(0)
    }

    fn set(&mut self, granule: u32, tag: u64) {
        self.tags[granule as usize] = tag;
    }

    /// Files a free extent, both of whose neighbours are not free.
    fn link(&mut self, start: u32, n: u32) {
        let class = mapping_insert(n);
        let head = self.lists[class];
        if n > 1 {
            self.set(start + n - 1, END | u64::from(n));
        }
        self.set(
            start,
            FREE | u64::from(NIL) << 40 | u64::from(head) << 20 | u64::from(n),
        );
        if head == NIL {
            self.map.set(class);
        } else {
            let tag = self.tag(head);
            self.set(head, tag & !(FIELD << 40) | u64::from(start) << 40);
        }
        self.lists[class] = start;
    }

    /// Takes a free extent out of its list and clears its tags; gives its size.
    fn unlink(&mut self, start: u32) -> u32 {
        let tag = self.tag(start);
        let (n, next, prev) = (size_of(tag), next_of(tag), prev_of(tag));
        let class = mapping_insert(n);
        if next != NIL {
            let tag = self.tag(next);
            self.set(next, tag & !(FIELD << 40) | u64::from(prev) << 40);
        }
        if prev != NIL {
            let tag = self.tag(prev);
            self.set(prev, tag & !(FIELD << 20) | u64::from(next) << 20);
        } else {
            self.lists[class] = next;
            if next == NIL {
                self.map.clear(class);
            }
        }
        self.set(start + n - 1, 0);
        self.set(start, 0);
        n
    }

    /// Gives the free extent at `start` another start and size, which overlap the
    /// old ones. Within a class it keeps its place in the list.
    fn reshape(&mut self, start: u32, new_start: u32, new_n: u32) {
        let tag = self.tag(start);
        let (n, next, prev) = (size_of(tag), next_of(tag), prev_of(tag));
        let class = mapping_insert(n);
        if mapping_insert(new_n) != class {
            self.unlink(start);
            self.link(new_start, new_n);
            return;
        }
        // Classes below 8 are exact, so both sizes are above 1.
        let (last, new_last) = (start + n - 1, new_start + new_n - 1);
        if last != new_last {
            self.set(last, 0);
        }
        self.set(new_last, END | u64::from(new_n));
        if start != new_start {
            self.set(start, 0);
            if next != NIL {
                let tag = self.tag(next);
                self.set(next, tag & !(FIELD << 40) | u64::from(new_start) << 40);
            }
            if prev != NIL {
                let tag = self.tag(prev);
                self.set(prev, tag & !(FIELD << 20) | u64::from(new_start) << 20);
            } else {
                self.lists[class] = new_start;
            }
        }
        self.set(new_start, tag & !FIELD | u64::from(new_n));
    }

    /// Turns granules in no extent into free ones, merged with their neighbours.
    pub fn add(&mut self, start: u32, n: u32) {
        let left = match start.checked_sub(1).map(|before| self.tag(before)) {
            Some(tag) if tag & KIND == END => size_of(tag),
            Some(tag) if tag & KIND == FREE => 1,
            _ => 0,
        };
        let after = start + n;
        let right = match self.tag(after) {
            tag if tag & KIND == FREE => size_of(tag),
            _ => 0,
        };
        match (left, right) {
            (0, 0) => self.link(start, n),
            (0, _) => self.reshape(after, start, n + right),
            (_, 0) => self.reshape(start - left, start - left, left + n),
            _ => {
                self.unlink(after);
                self.reshape(start - left, start - left, left + n + right);
            }
        }
    }

    /// Takes the granules `from..to`, all inside the free extent at `start`, out
    /// of it; what is left on either side stays free.
    fn carve(&mut self, start: u32, from: u32, to: u32) {
        let end = start + size_of(self.tag(start));
        match (from > start, end > to) {
            (false, false) => {
                self.unlink(start);
            }
            (false, true) => self.reshape(start, to, end - to),
            (true, false) => self.reshape(start, start, from - start),
            (true, true) => {
                self.reshape(start, start, from - start);
                self.link(to, end - to);
            }
        }
    }

    /// Where in the free extent at `start` the request lies, if it fits.
    fn fit(&self, start: u32, request: Request) -> Option<u32> {
        let at = start.checked_next_multiple_of(request.align)?;
        (at + request.granules <= start + size_of(self.tag(start))).then_some(at)
    }

    /// An area of this request, now live; `None` if no free extent is found. Sizes
    /// that fit by alignment's chance are looked for in a few entries a list only.
    pub fn take(&mut self, request: Request) -> Option<u32> {
        self.map
            .search(request, |class| self.take_from(class, request))
    }

    /// The same, in one list.
    pub fn take_from(&mut self, class: usize, request: Request) -> Option<u32> {
        let mut start = self.lists[class];
        for _ in 0..LOOKS {
            if start == NIL {
                return None;
            }
            if let Some(at) = self.fit(start, request) {
                self.carve(start, at, at + request.granules);
                self.set(at, LIVE | u64::from(request.granules));
                return Some(at);
            }
            start = next_of(self.tag(start));
        }
        None
    }

    /// An area of this request in the free extent that `granule` is in, now live.
    pub fn take_around(&mut self, granule: u32, request: Request) -> Option<u32> {
        let At::Free { start, .. } = self.at(granule) else {
            return None;
        };
        let at = self.fit(start, request)?;
        self.carve(start, at, at + request.granules);
        self.set(at, LIVE | u64::from(request.granules));
        Some(at)
    }

    /// The size of the live area that starts at `granule`.
    pub fn live_at(&self, granule: u32) -> Option<u32> {
        let tag = self.tag(granule);
        (tag & (KIND | DEFERRED) == LIVE).then(|| size_of(tag))
    }

    /// Frees the live or deferred area of `n` granules at `start`.
    pub fn give(&mut self, start: u32, n: u32) {
        self.set(start, 0);
        self.add(start, n);
    }

    /// Makes a live area deferred: free, but whole.
    pub fn defer(&mut self, start: u32, n: u32) {
        self.set(start, LIVE | DEFERRED | u64::from(n));
    }

    /// Makes an deferred area live.
    pub fn reuse(&mut self, start: u32, n: u32) {
        self.set(start, LIVE | u64::from(n));
    }

    /// Frees the deferred area at `start`.
    pub fn merge(&mut self, start: u32) {
        let n = size_of(self.tag(start));
        self.give(start, n);
    }

    /// Takes wholly free granules out of their extent; the extent starts at most
    /// a page before them.
    pub fn remove(&mut self, from: u32, to: u32) {
        if let At::Free { start, .. } = self.at(from) {
            self.carve(start, from, to);
        }
    }

    /// What the granule belongs to. Looks back to the extent's start: not for the
    /// fast path.
    pub fn at(&self, granule: u32) -> At {
        for start in (0..=granule.min(self.len())).rev() {
            let tag = self.tag(start);
            let granules = size_of(tag);
            match tag & KIND {
                LIVE if granule < start + granules => return live(tag, start),
                FREE if granule < start + granules => return At::Free { start, granules },
                END if granule == start => {
                    return At::Free {
                        start: start + 1 - granules,
                        granules,
                    };
                }
                0 => {}
                _ => return At::Nothing,
            }
        }
        At::Nothing
    }

    /// The extents in order of address.
    pub fn iter(&self) -> impl Iterator<Item = At> + '_ {
        let mut granule = 0;
        core::iter::from_fn(move || {
            while granule < self.len() {
                let (start, tag) = (granule, self.tag(granule));
                let granules = size_of(tag);
                granule += granules.max(1);
                match tag & KIND {
                    LIVE => return Some(live(tag, start)),
                    FREE => return Some(At::Free { start, granules }),
                    _ => {}
                }
            }
            None
        })
    }

    /// The free extents in one list, with a bound against a list in a circle.
    pub fn list(&self, class: usize) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut start = self.lists[class];
        core::iter::from_fn(move || {
            (start != NIL).then(|| {
                let tag = self.tag(start);
                let item = (start, size_of(tag));
                start = next_of(tag);
                item
            })
        })
        .take(self.tags.len())
    }

    /// The first granule whose tag isn't what the extents make it.
    pub fn wrong_tag(&self) -> Option<u32> {
        let mut granule = 0;
        while granule < self.len() {
            let tag = self.tag(granule);
            let n = size_of(tag);
            match tag & KIND {
                0 if tag == 0 => {
                    granule += 1;
                    continue;
                }
                LIVE | FREE if n > 0 && n <= self.len() - granule => {}
                _ => return Some(granule),
            }
            let free = tag & KIND == FREE;
            for inner in granule + 1..granule + n {
                let last = inner == granule + n - 1;
                let expected = if free && last { END | u64::from(n) } else { 0 };
                if self.tag(inner) != expected {
                    return Some(inner);
                }
            }
            granule += n;
        }
        None
    }
}
