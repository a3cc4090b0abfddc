//! Two-level segregated fit: which free list a size belongs to.
//!
//! Masmano, Ripoll, Crespo and Real, "TLSF: a New Dynamic Memory Allocator for Real-Time
//! Systems", ECRTS 2004. Free extents are kept in *segregated lists*, each of a range of
//! sizes. The *first level* divides sizes by powers of two, the *second level* each power
//! into eight; below eight granules a list has one size:
//!
//! ```text
//!  first level     0..8        8..16           16..32          ...  2^17..
//!  second level    0 1 2 .. 7  8  9  .. 15     16-17 18-19 ..  ...       15·2^14..
//!  list            0 1 2 .. 7  8  9  .. 15     16    17    ..  ...  120  127
//! ```
//!
//! Both levels together are a list's number, and one *bitmap* has the lists that aren't
//! empty. So the smallest list that may do is found by a bit search, however many extents
//! there are. The last list has no upper end.

use crate::limits::{AREA_GRANULES, GRANULE, MAX_UNIT_SIZE, PAGE_GRANULES};
use crate::request::Request;

/// Free lists, and bits of a [`Bitmap`].
pub const LISTS: usize = 128;

/// log2 of the second level's lists in a power of two.
const SECOND_LEVEL: u32 = 3;

/// The list of the free extents of `granules`, at least 1: the paper's function of this
/// name.
pub const fn mapping_insert(granules: u32) -> usize {
    if granules < 1 << SECOND_LEVEL {
        return granules as usize;
    }
    let shift = granules.ilog2() - SECOND_LEVEL;
    let second = granules >> shift & ((1 << SECOND_LEVEL) - 1);
    let list = (((shift + 1) << SECOND_LEVEL) + second) as usize;
    if list < LISTS { list } else { LISTS - 1 }
}

/// The first list of which every extent has room for the request, wherever the extent
/// begins: the paper's function of this name, which knows no alignment.
pub const fn mapping_search(request: Request) -> usize {
    // What aligning the extent's first granule takes, at most.
    let granules = request.granules + request.align - 1;
    if granules < 1 << SECOND_LEVEL {
        return granules as usize;
    }
    let shift = granules.ilog2() - SECOND_LEVEL;
    mapping_insert(granules + (1 << shift) - 1)
}

// Sizes share the last list, so each request must have room in the smallest of them: in
// the list's number 127, which begins below the largest unit.
const _: () = {
    let largest = Request {
        granules: AREA_GRANULES,
        align: PAGE_GRANULES,
    };
    assert!(mapping_search(largest) < LISTS - 1);
    assert!(mapping_insert((MAX_UNIT_SIZE / GRANULE) as u32) == LISTS - 1);
};

/// A set of numbers below [`LISTS`]: of lists, for one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bitmap([u64; LISTS / 64]);

impl Bitmap {
    /// Puts a number in.
    #[inline]
    pub fn insert(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    /// Takes a number out.
    #[inline]
    pub fn remove(&mut self, number: usize) {
        self.0[number / 64] &= !(1 << (number % 64));
    }

    /// Whether the number is in.
    #[inline]
    pub fn has(self, number: usize) -> bool {
        self.0[number / 64] & (1 << (number % 64)) != 0
    }

    /// The lowest member from `number` up.
    #[inline]
    pub fn at_least(self, number: usize) -> Option<usize> {
        let word = number / 64;
        let here = self.0.get(word)? & (u64::MAX << (number % 64));
        if here != 0 {
            return Some(word * 64 + here.trailing_zeros() as usize);
        }
        let next = *self.0.get(word + 1)?;
        (next != 0).then(|| (word + 1) * 64 + next.trailing_zeros() as usize)
    }

    /// The numbers that are in one of two and not in the other.
    #[inline]
    pub fn changes(self, other: Self) -> Self {
        let [low, high] = self.0;
        Self([low ^ other.0[0], high ^ other.0[1]])
    }

    /// How many are in.
    pub fn len(self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The first thing that `look` finds, in those lists of the set that may hold an extent
    /// for the request, from the smallest up. In the list of [`mapping_search`] it is
    /// found; those before it, of which some extents have room, are worth a look because
    /// a tighter fit leaves larger extents whole.
    #[inline]
    pub fn search<T>(
        self,
        request: Request,
        mut look: impl FnMut(usize) -> Option<T>,
    ) -> Option<T> {
        let mut list = mapping_insert(request.granules);
        loop {
            list = self.at_least(list)?;
            if let Some(found) = look(list) {
                return Some(found);
            }
            list += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGEST: u32 = (MAX_UNIT_SIZE / GRANULE) as u32;

    #[test]
    fn lists_follow_each_other_without_a_gap() {
        for granules in 1..LARGEST {
            let step = mapping_insert(granules + 1) - mapping_insert(granules);
            assert!(step <= 1, "after {granules} granules");
        }
        assert_eq!(mapping_insert(1), 1);
        assert_eq!(mapping_insert(LARGEST), LISTS - 1);
    }

    #[test]
    fn what_is_searched_for_has_room_in_each_extent_of_the_list() {
        // List 0 has no extents.
        let mut smallest = [0; LISTS];
        for granules in (1..=LARGEST).rev() {
            smallest[mapping_insert(granules)] = granules;
        }
        for granules in 1..=AREA_GRANULES {
            for align in (0..=PAGE_GRANULES.ilog2()).map(|log| 1 << log) {
                let list = mapping_search(Request { granules, align });
                let enough = granules + align - 1;
                assert!(smallest[list] >= enough, "{granules} aligned to {align}");
                assert!(smallest[list - 1] < enough, "{granules}: a list too far up");
            }
        }
    }
}
