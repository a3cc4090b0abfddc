//! TLSF's segregated free lists, and which chunks have free extents in each.
//!
//! Two-level segregated fit (Masmano, Ripoll, Crespo and Real, "TLSF: a New Dynamic
//! Memory Allocator for Real-Time Systems", ECRTS 2004): the *first level* divides
//! sizes by powers of two, the *second level* each power into eight. Both levels
//! together number a size's *class*, and each class has a free list. Below 8 granules
//! classes are exact. A bit map of the classes whose list isn't empty turns "the
//! smallest extent that fits" into a bit search. TLSF serves one pool; here each chunk
//! has its lists, and behind each class a set of chunks, 64 to a word, turns "in the
//! lowest chunk" into two bit searches more:
//!
//! ```text
//!  request ──► class ──► words with a chunk ──► chunk ──► its list (extents.rs)
//!             bit map    summary[class]         rows[word][class]
//! ```
//!
//! Low chunks first, so that the high ones empty and can be released.

use crate::limits::{GRANULE, MAX_UNIT_SIZE, MIN_UNIT_SIZE};
use crate::request::Request;
use heap::vec::Vec;

/// Classes, and so free lists of a chunk: the bits of a [`Bitmap`].
pub const LISTS: usize = 128;
/// Chunks that a set holds: a bit each in 64 words.
pub const MAX_CHUNKS: usize = 64 * 64;

/// log2 of the second level's classes in a power of two.
const SECOND_LEVEL: u32 = 3;

/// The class an extent of `n` granules, at least 1, is listed in: the paper's function
/// of this name, its two results in one number. The last class has no upper end.
pub const fn mapping_insert(n: u32) -> usize {
    if n < 1 << SECOND_LEVEL {
        return n as usize;
    }
    let first = n.ilog2() - SECOND_LEVEL;
    let second = n >> first & ((1 << SECOND_LEVEL) - 1);
    let class = (((first + 1) << SECOND_LEVEL) + second) as usize;
    if class < LISTS { class } else { LISTS - 1 }
}

// Every request fits in every extent of the last class, which any larger extent is
// listed in too; and each unit has extents that the tags can count.
const _: () = {
    assert!(mapping_insert((MIN_UNIT_SIZE / GRANULE) as u32) < LISTS - 1);
    assert!(mapping_insert((MAX_UNIT_SIZE / GRANULE) as u32) == LISTS - 1);
};

/// A set of classes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bitmap(u128);

impl Bitmap {
    /// Adds a class.
    pub fn set(&mut self, class: usize) {
        self.0 |= 1 << class;
    }

    /// Takes a class out.
    pub fn clear(&mut self, class: usize) {
        self.0 &= !(1 << class);
    }

    /// Whether the class is in.
    pub fn has(self, class: usize) -> bool {
        self.0 & (1 << class) != 0
    }

    /// The lowest member from `class` up.
    pub fn at_least(self, class: usize) -> Option<usize> {
        let from = self.0.checked_shr(class as u32)?;
        (from != 0).then(|| class + from.trailing_zeros() as usize)
    }

    /// The classes that are in one of two and not in the other.
    fn changes(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }

    /// The first thing that `look` finds, in classes from the lowest in which the
    /// request may fit; the paper's mapping_search, which never looks into a class that
    /// may be too small, but that the request's own class is tried first.
    pub fn search<T>(
        self,
        request: Request,
        mut look: impl FnMut(usize) -> Option<T>,
    ) -> Option<T> {
        let mut from = mapping_insert(request.granules);
        loop {
            let class = self.at_least(from)?;
            if let Some(found) = look(class) {
                return Some(found);
            }
            from = class + 1;
        }
    }
}

/// Chunks by the classes of their free extents.
#[derive(Debug)]
pub struct ChunkIndex {
    map: Bitmap,
    summary: [u64; LISTS],
    rows: Vec<[u64; LISTS]>,
}

impl ChunkIndex {
    /// Empty.
    pub fn new() -> Self {
        Self {
            map: Bitmap::default(),
            summary: [0; LISTS],
            rows: Vec::new(),
        }
    }

    /// Makes room for chunks below `count`; false without memory, or above
    /// [`MAX_CHUNKS`].
    pub fn reserve(&mut self, count: usize) -> bool {
        let rows = count.div_ceil(64);
        let more = rows.saturating_sub(self.rows.len());
        if count > MAX_CHUNKS || self.rows.try_reserve_exact(more).is_err() {
            return false;
        }
        self.rows.resize(self.rows.len() + more, [0; LISTS]);
        true
    }

    /// Gives back the room of chunks from `count` up, which are in no class. Without
    /// memory for the shorter list the longer one stays.
    pub fn shorten(&mut self, count: usize) {
        let rows = count.div_ceil(64);
        let mut short = Vec::new();
        if rows < self.rows.len() && short.try_reserve_exact(rows).is_ok() {
            short.extend(self.rows.drain(..rows));
            self.rows = short;
        }
    }

    /// A chunk's classes were `before` and are `after`.
    #[inline]
    pub fn update(&mut self, chunk: usize, before: Bitmap, after: Bitmap) {
        let mut changes = before.changes(after);
        while let Some(class) = changes.at_least(0) {
            changes.clear(class);
            self.change(chunk, class, after.has(class));
        }
    }

    fn change(&mut self, chunk: usize, class: usize, has: bool) {
        let (word, bit) = (chunk / 64, 1u64 << (chunk % 64));
        let Some(entry) = self.rows.get_mut(word).map(|row| &mut row[class]) else {
            return;
        };
        if has {
            *entry |= bit;
            self.summary[class] |= 1 << word;
            self.map.set(class);
        } else {
            *entry &= !bit;
            if *entry == 0 {
                self.summary[class] &= !(1 << word);
            }
            if self.summary[class] == 0 {
                self.map.clear(class);
            }
        }
    }

    /// The classes of which there is an extent in some chunk.
    pub fn map(&self) -> Bitmap {
        self.map
    }

    /// The lowest chunk with an extent of the class.
    pub fn lowest(&self, class: usize) -> Option<usize> {
        let word = self.summary[class].trailing_zeros() as usize;
        let row = self.rows.get(word)?;
        Some(word * 64 + row[class].trailing_zeros() as usize)
    }

    /// The classes of one chunk, for `verify`.
    pub fn classes(&self, chunk: usize) -> Bitmap {
        let mut map = Bitmap::default();
        for class in 0..LISTS {
            let row = self.rows.get(chunk / 64);
            let listed = self.summary[class] & (1 << (chunk / 64)) != 0 && self.map.has(class);
            if listed && row.is_some_and(|row| row[class] & (1 << (chunk % 64)) != 0) {
                map.set(class);
            }
        }
        map
    }

    /// Entries in all sets, for `verify`.
    pub fn len(&self) -> usize {
        let words = self.rows.iter().flatten();
        words.map(|word| word.count_ones() as usize).sum()
    }
}
