//! Sets of chunks, or of a chunk's pages, by what is found in them.
//!
//! A set is a bit for each chunk in 64 words, and a *summary*: a bit for each of its words that
//! isn't 0. One bitmap has the sets that aren't empty. So the lowest or the highest chunk
//! of a set is two bit searches away, however many chunks there are:
//!
//! ```text
//!  set ──► summary[set] ──► word ──► rows[word][set] ──► bit      chunk = 64 word + bit
//! ```
//!
//! The memory is taken once, for all that there can be. A page here is a chunk of few.

use crate::limits::MAX_CHUNKS;
use crate::tlsf::{Bitmap, LISTS};
use heap::vec::Vec;

// A bit of the summary a word.
const _: () = assert!(MAX_CHUNKS.div_ceil(64) <= 64);

/// `SETS` sets of chunks.
#[derive(Debug)]
pub struct Sets<const SETS: usize> {
    nonempty: Bitmap,
    summary: [u64; SETS],
    rows: Vec<[u64; SETS]>,
}

impl<const SETS: usize> Sets<SETS> {
    /// Empty sets, for chunks numbered below `count`, at most [`MAX_CHUNKS`]; `None`
    /// without memory.
    pub fn new(count: usize) -> Option<Self> {
        const { assert!(SETS <= LISTS, "a bit each in a bitmap") };
        Some(Self {
            nonempty: Bitmap::default(),
            summary: [0; SETS],
            rows: fallible::filled(count.min(MAX_CHUNKS).div_ceil(64), [0; SETS]).ok()?,
        })
    }

    /// The sets that have a member.
    #[inline]
    pub fn nonempty(&self) -> Bitmap {
        self.nonempty
    }

    /// Puts a chunk into a set or takes it out.
    pub fn set(&mut self, set: usize, chunk: usize, member: bool) {
        let (word, bit) = (chunk / 64, 1u64 << (chunk % 64));
        let Some(entry) = self.rows.get_mut(word).map(|row| &mut row[set]) else {
            return;
        };
        if member {
            *entry |= bit;
            self.summary[set] |= 1 << word;
        } else {
            *entry &= !bit;
            if *entry != 0 {
                return;
            }
            self.summary[set] &= !(1 << word);
        }
        match self.summary[set] {
            0 => self.nonempty.remove(set),
            _ => self.nonempty.insert(set),
        }
    }

    /// A chunk was in the sets `before` and is in the sets `after`.
    #[inline]
    pub fn update(&mut self, chunk: usize, before: Bitmap, after: Bitmap) {
        let mut changes = before.changes(after);
        while let Some(set) = changes.at_least(0) {
            changes.remove(set);
            self.set(set, chunk, after.has(set));
        }
    }

    /// The lowest chunk of a set.
    #[inline]
    pub fn lowest(&self, set: usize) -> Option<usize> {
        let word = self.summary[set].trailing_zeros() as usize;
        let row = self.rows.get(word)?;
        Some(word * 64 + row[set].trailing_zeros() as usize)
    }

    /// The highest chunk of a set.
    pub fn highest(&self, set: usize) -> Option<usize> {
        let word = self.summary[set].checked_ilog2()? as usize;
        let bit = self.rows.get(word)?[set].checked_ilog2()?;
        Some(word * 64 + bit as usize)
    }

    /// The lowest chunk of a set from `chunk` up.
    pub fn at_least(&self, set: usize, chunk: usize) -> Option<usize> {
        let (word, bit) = (chunk / 64, chunk % 64);
        let here = self.rows.get(word)?[set] & (u64::MAX << bit);
        if here != 0 {
            return Some(word * 64 + here.trailing_zeros() as usize);
        }
        let words = self.summary[set] & (u64::MAX << word) & !(1 << word);
        let word = words.trailing_zeros() as usize;
        let row = self.rows.get(word)?;
        Some(word * 64 + row[set].trailing_zeros() as usize)
    }

    /// The sets that a chunk is in.
    pub fn of(&self, chunk: usize) -> Bitmap {
        let mut sets = Bitmap::default();
        if let Some(row) = self.rows.get(chunk / 64) {
            for (set, word) in row.iter().enumerate() {
                if word & (1 << (chunk % 64)) != 0 {
                    sets.insert(set);
                }
            }
        }
        sets
    }

    /// Members of all sets together.
    pub fn members(&self) -> usize {
        let words = self.rows.iter().flatten();
        words.map(|word| word.count_ones() as usize).sum()
    }

    /// The first set whose summary, or whose bit in the bitmap, isn't what its words make
    /// it.
    pub fn wrong_summary(&self) -> Option<usize> {
        (0..SETS).find(|&set| {
            let words = self.rows.iter().zip(0..);
            let summary = words.fold(0, |summary, (row, word)| {
                summary | u64::from(row[set] != 0) << word
            });
            summary != self.summary[set] || self.nonempty.has(set) != (summary != 0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_from_either_end_and_from_between() {
        let mut sets = Sets::<3>::new(MAX_CHUNKS).unwrap();
        assert_eq!((sets.lowest(1), sets.highest(1)), (None, None));
        let members = [0, 1, 63, 64, 2000, MAX_CHUNKS - 1];
        for chunk in members {
            sets.set(1, chunk, true);
        }
        assert_eq!(sets.lowest(1), Some(0));
        assert_eq!(sets.highest(1), Some(MAX_CHUNKS - 1));
        let next = |from| sets.at_least(1, from);
        let found: Vec<_> = std::iter::successors(next(0), |&chunk| next(chunk + 1)).collect();
        assert_eq!(found, members);
        assert_eq!(sets.at_least(1, MAX_CHUNKS), None);
        assert_eq!(sets.at_least(0, 0), None);
        for chunk in members {
            assert!(sets.of(chunk).has(1) && !sets.of(chunk).has(0));
            sets.set(1, chunk, false);
            assert_eq!(sets.wrong_summary(), None);
        }
        assert_eq!(sets.nonempty(), Bitmap::default());
    }
}
