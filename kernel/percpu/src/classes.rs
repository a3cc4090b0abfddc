//! Size classes of free extents, and which chunks have extents of each.
//!
//! A class is exact below 8 granules, and an eighth of a power of two above. A
//! bit map of the classes that have a member turns "the smallest extent that
//! fits" into a bit search; behind each class a set of chunks, 64 to a word, turns
//! "in the lowest chunk" into two more:
//!
//! ```text
//!  request ──► class ──► words with a chunk ──► chunk ──► its bin (extents.rs)
//!              map        summary[class]         rows[word][class]
//! ```
//!
//! Low chunks first, so that the high ones empty and can be released.

use heap::vec::Vec;

/// Size classes.
pub const CLASSES: usize = 128;
/// Chunks that a set holds: a bit each in 64 words.
pub const MAX_CHUNKS: usize = 64 * 64;

/// Size and alignment of a request, in granules.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// At least 1.
    pub granules: u32,
    /// Power of two.
    pub align: u32,
}

/// The class an extent of `n` granules is filed under.
pub fn class_of(n: u32) -> usize {
    if n < 8 {
        return n as usize;
    }
    let log = n.ilog2();
    (((log - 2) << 3) + ((n >> (log - 3)) & 7)) as usize
}

/// A set of classes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClassMap(u128);

impl ClassMap {
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
    /// shape may fit. From a class that surely fits, it is found.
    pub fn search<T>(self, shape: Shape, mut look: impl FnMut(usize) -> Option<T>) -> Option<T> {
        let mut from = class_of(shape.granules);
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
pub struct ClassIndex {
    map: ClassMap,
    summary: [u64; CLASSES],
    rows: Vec<[u64; CLASSES]>,
}

impl ClassIndex {
    /// Empty.
    pub fn new() -> Self {
        Self {
            map: ClassMap::default(),
            summary: [0; CLASSES],
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
        self.rows.resize(self.rows.len() + more, [0; CLASSES]);
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
    pub fn update(&mut self, chunk: usize, before: ClassMap, after: ClassMap) {
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
    pub fn map(&self) -> ClassMap {
        self.map
    }

    /// The lowest chunk with an extent of the class.
    pub fn lowest(&self, class: usize) -> Option<usize> {
        let word = self.summary[class].trailing_zeros() as usize;
        let row = self.rows.get(word)?;
        Some(word * 64 + row[class].trailing_zeros() as usize)
    }

    /// The classes of one chunk, for `verify`.
    pub fn classes(&self, chunk: usize) -> ClassMap {
        let mut map = ClassMap::default();
        for class in 0..CLASSES {
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
