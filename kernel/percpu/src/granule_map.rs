//! The granule map: two bits for each granule of a unit, which say what is there.
//!
//! ```text
//!   granule   0     1     2     3     4     5     6     7     8
//!           [live, 3        ][free, 3        ][live]   unpopulated ...
//!           first  rest  rest  free  free  free first absent absent
//!   live      1     1     1     0     0     0     1     0     0
//!   begins    1     0     0     0     0     0     1     1     1
//! ```
//!
//! An area goes on where *live* is set and *begins* isn't; so its end, like the end of what
//! is free, is found by a search for a bit: a step for each 64 granules. Granule 0 is the
//! leftmost bit, as s390x counts them: it has an instruction for leading zeros.

use crate::limits::PAGE_GRANULES;
use core::ops::Range;
use heap::vec::Vec;

/// What a granule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// On a populated page, and in no area.
    Free,
    /// On a page that isn't populated, or not the chunk's.
    Absent,
    /// The first of a live area.
    First,
    /// Another one of a live area.
    Rest,
}

impl State {
    const fn live(self) -> bool {
        matches!(self, State::First | State::Rest)
    }

    const fn begins(self) -> bool {
        matches!(self, State::First | State::Absent)
    }
}

/// Granules of a word.
const WORD: u32 = u64::BITS;
/// The bit of a word's first granule.
const LEFTMOST: u64 = 1 << (WORD - 1);

/// The bits of 64 granules.
#[derive(Clone, Copy, Debug)]
struct Word {
    live: u64,
    begins: u64,
}

impl Word {
    /// Beyond the unit.
    const ABSENT: Self = Self {
        live: 0,
        begins: u64::MAX,
    };

    /// Where nothing is free.
    #[inline(always)]
    fn taken(self) -> u64 {
        self.live | self.begins
    }

    /// Where no area goes on.
    #[inline(always)]
    fn ended(self) -> u64 {
        !self.live | self.begins
    }
}

/// The words that granules are in, each with the bits of these.
#[inline(always)]
fn words(granules: Range<u32>) -> impl Iterator<Item = (u32, u64)> {
    let Range { start, end } = granules;
    let last = (end - 1) / WORD;
    let mut mask = u64::MAX >> (start % WORD);
    (start / WORD..=last).map(move |index| {
        if index == last {
            mask &= u64::MAX << (WORD - 1 - (end - 1) % WORD);
        }
        (index, core::mem::replace(&mut mask, u64::MAX))
    })
}

/// The map of one chunk.
#[derive(Debug)]
pub struct GranuleMap(Vec<Word>);

// A unit is whole pages, a page whole words.
const _: () = assert!(PAGE_GRANULES.is_multiple_of(WORD));

impl GranuleMap {
    /// A map of so many granules, whole pages, all absent; `None` without memory.
    pub fn new(granules: usize) -> Option<Self> {
        let words = fallible::filled(granules / WORD as usize, Word::ABSENT);
        Some(Self(words.ok()?))
    }

    /// Granules.
    pub fn len(&self) -> u32 {
        self.0.len() as u32 * WORD
    }

    #[inline(always)]
    fn word(&self, index: u32) -> Word {
        let word = self.0.get(index as usize);
        word.copied().unwrap_or(Word::ABSENT)
    }

    /// What a granule is.
    #[inline]
    pub fn state(&self, granule: u32) -> State {
        let word = self.word(granule / WORD);
        let bit = LEFTMOST >> (granule % WORD);
        match (word.live & bit != 0, word.begins & bit != 0) {
            (false, false) => State::Free,
            (false, true) => State::Absent,
            (true, true) => State::First,
            (true, false) => State::Rest,
        }
    }

    /// Says what granules are now.
    #[inline]
    pub fn set(&mut self, granules: Range<u32>, state: State) {
        for (index, mask) in words(granules) {
            let word = &mut self.0[index as usize];
            word.live = word.live & !mask | if state.live() { mask } else { 0 };
            word.begins = word.begins & !mask | if state.begins() { mask } else { 0 };
        }
    }

    /// Makes a live area.
    #[inline]
    pub fn set_area(&mut self, granules: Range<u32>) {
        let first = granules.start;
        self.set(granules, State::Rest);
        self.0[(first / WORD) as usize].begins |= LEFTMOST >> (first % WORD);
    }

    /// Makes live areas of `each` granules that lie side by side.
    pub fn set_areas(&mut self, granules: Range<u32>, each: u32) {
        let mut first = granules.start;
        for (index, mask) in words(granules) {
            // Each first granule, as far as the word reaches: one, two, four, ...
            let end = (index + 1) * WORD;
            let mut firsts = LEFTMOST.checked_shr(first + WORD - end).unwrap_or(0);
            let mut step = each;
            while step < WORD {
                firsts |= firsts >> step;
                step *= 2;
            }
            if first < end {
                first += (end - first).next_multiple_of(each);
            }
            let word = &mut self.0[index as usize];
            word.live |= mask;
            word.begins = word.begins & !mask | firsts & mask;
        }
    }

    /// How many granules are free from this one on, up to `most`, a few.
    #[inline]
    pub fn free_from(&self, granule: u32, most: u32) -> u32 {
        let (index, shift) = (granule / WORD, granule % WORD);
        let mut taken = self.word(index).taken() << shift;
        if shift > WORD - most {
            taken |= self.word(index + 1).taken() >> (WORD - shift);
        }
        taken.leading_zeros().min(most)
    }

    /// How many granules are free just before this one, up to `most`, a few.
    #[inline]
    pub fn free_before(&self, granule: u32, most: u32) -> u32 {
        let Some(last) = granule.checked_sub(1) else {
            return 0;
        };
        let (index, shift) = (last / WORD, WORD - 1 - last % WORD);
        let mut taken = self.word(index).taken() >> shift;
        if shift > WORD - most {
            taken |= match index.checked_sub(1) {
                Some(before) => self.word(before).taken() << (WORD - shift),
                None => 1 << (WORD - shift),
            };
        }
        taken.trailing_zeros().min(most)
    }

    /// The first granule from this one on that isn't free.
    pub fn end_of_free(&self, granule: u32) -> u32 {
        self.search(granule, Word::taken)
    }

    /// The granule after the live area that begins here.
    #[inline]
    pub fn end_of_area(&self, first: u32) -> u32 {
        self.search(first + 1, Word::ended)
    }

    /// The first granule from this one on whose bit is set.
    #[inline]
    fn search(&self, granule: u32, bits: fn(Word) -> u64) -> u32 {
        let mut index = granule / WORD;
        let mut found = bits(self.word(index)) & u64::MAX >> (granule % WORD);
        // Beyond the unit all are.
        while found == 0 {
            index += 1;
            found = bits(self.word(index));
        }
        index * WORD + found.leading_zeros()
    }

    /// Where the live area begins that this granule is in.
    pub fn first_of_area(&self, granule: u32) -> Option<u32> {
        match self.state(granule) {
            State::First => return Some(granule),
            State::Rest => {}
            State::Free | State::Absent => return None,
        }
        let mut index = granule / WORD;
        let mut found = self.word(index).begins & u64::MAX << (WORD - 1 - granule % WORD);
        while found == 0 {
            index = index.checked_sub(1)?;
            found = self.word(index).begins;
        }
        Some((index + 1) * WORD - 1 - found.trailing_zeros())
    }

    /// The runs of just `length` free granules, a few, that begin on a page.
    pub fn runs_on(&self, page: u32, length: u32) -> impl Iterator<Item = u32> + '_ {
        let words = page * (PAGE_GRANULES / WORD)..(page + 1) * (PAGE_GRANULES / WORD);
        words.flat_map(move |index| {
            let before = match index.checked_sub(1) {
                Some(before) => self.word(before).taken(),
                None => u64::MAX,
            };
            let taken = self.word(index).taken();
            let after = self.word(index + 1).taken();
            let ahead = |granules: u32| taken << granules | after >> (WORD - granules);
            let mut runs = !taken & (taken >> 1 | before << (WORD - 1)) & ahead(length);
            for granules in 1..length {
                runs &= !ahead(granules);
            }
            core::iter::from_fn(move || {
                let next = runs.leading_zeros();
                runs &= !LEFTMOST.checked_shr(next)?;
                Some(index * WORD + next)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRANULES: u32 = 2 * PAGE_GRANULES;

    /// What the map says, kept one by one.
    fn states(map: &GranuleMap) -> Vec<State> {
        (0..map.len()).map(|granule| map.state(granule)).collect()
    }

    #[test]
    fn searches_find_what_a_look_at_each_granule_does() {
        let mut map = GranuleMap::new(GRANULES as usize).unwrap();
        let mut random = fastrand::Rng::with_seed(1);
        let mut granule = 0;
        while granule < GRANULES {
            let most = [10, 200][usize::from(random.u32(..20) == 0)];
            let length = random.u32(1..most);
            let end = (granule + length).min(GRANULES);
            match random.u32(..4) {
                0 => map.set(granule..end, State::Free),
                1 => map.set_areas(granule..end, random.u32(1..100)),
                2 => map.set_area(granule..end),
                _ => map.set(granule..end, State::Absent),
            }
            granule = end;
        }
        let states = states(&map);
        let free = |granule: &u32| states.get(*granule as usize) == Some(&State::Free);
        for granule in 0..GRANULES {
            let from = (granule..GRANULES).take_while(free).count() as u32;
            let before = (0..granule).rev().take_while(free).count() as u32;
            assert_eq!(map.end_of_free(granule), granule + from);
            assert_eq!(map.free_from(granule, 8), from.min(8));
            assert_eq!(map.free_before(granule, 8), before.min(8));
            if map.state(granule) == State::First {
                let rest = states[granule as usize + 1..].iter();
                let rest = rest.take_while(|&&state| state == State::Rest).count();
                let end = granule + 1 + rest as u32;
                assert_eq!(map.end_of_area(granule), end);
                for inside in granule..end {
                    assert_eq!(map.first_of_area(inside), Some(granule));
                }
            }
        }
        for length in 1..8 {
            let begins = |&granule: &u32| {
                map.free_before(granule, 1) == 0 && map.free_from(granule, 8) == length
            };
            let runs: Vec<_> = (0..GRANULES).filter(begins).collect();
            assert!(!runs.is_empty(), "no run of {length}");
            let pages = 0..GRANULES / PAGE_GRANULES;
            assert!(pages.flat_map(|page| map.runs_on(page, length)).eq(runs));
        }
    }
}
