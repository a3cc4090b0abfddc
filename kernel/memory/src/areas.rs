//! Areas: pieces of a region of virtual addresses.
//!
//! ```text
//!  region start                                              region end
//!  │ area │guard│   area    │guard│      gap       │ area │guard│
//!  └───────── leaf ─────────┘     └──────────── leaf ─────────────┘
//! ```
//!
//! Each area is followed by a guard page that nothing maps, so that running off its end is a
//! fault. Areas are kept sorted by address, in leaves of at most `LEAF`; a leaf knows the
//! widest gap before one of its areas, and the first gap that fits is taken. So taking an
//! area takes a step a leaf and some for each area of two leaves, and to find one by its
//! address, a step for each doubling of their number.

use crate::PAGE_SIZE;
use alloc::vec::Vec;

/// Areas in a leaf at most. Neighbours that have no more than half of it together are one.
const LEAF: usize = 64;

/// Why an area could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaError {
    /// Zero bytes, or an alignment that is no power of two.
    BadRequest,
    /// No gap of this many bytes is left.
    NoGap {
        /// Bytes asked for.
        bytes: usize,
    },
    /// No memory for the book-keeping.
    NoMemory,
}

/// An area, the guard page not included.
#[derive(Clone, Copy, Debug)]
struct Taken<T> {
    start: usize,
    bytes: usize,
    mark: T,
}

impl<T> Taken<T> {
    /// First address behind its guard page.
    fn end(&self) -> usize {
        self.start + self.bytes + PAGE_SIZE
    }
}

/// Areas that follow one another.
#[derive(Debug)]
struct Leaf<T> {
    /// Some; there is room for [`LEAF`].
    areas: Vec<Taken<T>>,
    /// Bytes of the widest gap before one of them.
    gap: usize,
}

impl<T: Copy> Leaf<T> {
    fn new() -> Result<Self, AreaError> {
        let areas = fallible::with_room(LEAF).map_err(|_| AreaError::NoMemory)?;
        Ok(Self { areas, gap: 0 })
    }

    fn first(&self) -> usize {
        self.areas.first().map_or(usize::MAX, |area| area.start)
    }

    /// First address behind it.
    fn end(&self) -> usize {
        self.areas.last().map_or(0, Taken::end)
    }

    /// Finds the widest gap; the first begins at `from`.
    fn measure(&mut self, mut from: usize) {
        self.gap = 0;
        for area in &self.areas {
            self.gap = self.gap.max(area.start - from);
            from = area.end();
        }
    }
}

/// A region and the areas in it, each with a mark of its taker's.
#[derive(Debug)]
pub struct Areas<T> {
    start: usize,
    end: usize,
    /// Sorted, disjoint, none empty.
    leaves: Vec<Leaf<T>>,
    count: usize,
    /// Bytes of all of them.
    bytes: usize,
}

impl<T> Areas<T> {
    /// The region `start..end`, with nothing in it.
    pub const fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end,
            leaves: Vec::new(),
            count: 0,
            bytes: 0,
        }
    }

    /// First and last address of the region, the latter excluded.
    pub fn region(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// Areas in the region.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Bytes of the list of leaves, which grows and stays.
    pub fn list_bytes(&self) -> usize {
        self.leaves.capacity() * size_of::<Leaf<T>>()
    }

    /// Bytes in all areas, guard pages not counted.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// What is asked for, and the first place where it could be.
#[derive(Clone, Copy)]
struct Search {
    /// Whole pages, and the guard page.
    needed: usize,
    align: usize,
}

impl Search {
    /// The first address that is aligned and has room before `next`.
    fn fits(&self, from: usize, next: usize) -> Option<usize> {
        let address = from.checked_next_multiple_of(self.align)?;
        let end = address.checked_add(self.needed)?;
        (end <= next).then_some(address)
    }
}

impl<T: Copy> Areas<T> {
    /// Takes an area of `bytes`, rounded up to pages, aligned to `align` and at least to
    /// a page; returns its address. Allocates room for more entries.
    pub fn take(&mut self, bytes: usize, align: usize, mark: T) -> Result<usize, AreaError> {
        if bytes == 0 || !align.is_power_of_two() {
            return Err(AreaError::BadRequest);
        }
        let no_gap = AreaError::NoGap { bytes };
        let rounded = bytes.checked_next_multiple_of(PAGE_SIZE).ok_or(no_gap)?;
        let search = Search {
            needed: rounded.checked_add(PAGE_SIZE).ok_or(no_gap)?,
            align: align.max(PAGE_SIZE),
        };
        let (leaf, index, start) = self.find_gap(search).ok_or(no_gap)?;
        let area = Taken {
            start,
            bytes: rounded,
            mark,
        };
        self.insert(leaf, index, area)?;
        self.count += 1;
        self.bytes += rounded;
        Ok(start)
    }

    /// Where the first gap is that fits: a leaf, an index in it, and the address.
    fn find_gap(&self, search: Search) -> Option<(usize, usize, usize)> {
        let mut from = self.start;
        for (at, leaf) in self.leaves.iter().enumerate() {
            if leaf.gap >= search.needed {
                let mut from = from;
                for (index, area) in leaf.areas.iter().enumerate() {
                    if let Some(address) = search.fits(from, area.start) {
                        return Some((at, index, address));
                    }
                    from = area.end();
                }
            }
            from = leaf.end();
        }
        let address = search.fits(from, self.end)?;
        let at = self.leaves.len().saturating_sub(1);
        let index = self.leaves.last().map_or(0, |leaf| leaf.areas.len());
        Some((at, index, address))
    }

    fn insert(&mut self, mut at: usize, mut index: usize, area: Taken<T>) -> Result<(), AreaError> {
        if self.leaves.is_empty() {
            self.add_leaf(0, Leaf::new()?)?;
        }
        if self.leaves[at].areas.len() == LEAF {
            // A region that grows at its end leaves full ones behind.
            let keep = match index == LEAF && at + 1 == self.leaves.len() {
                true => LEAF,
                false => LEAF / 2,
            };
            let mut second = Leaf::new()?;
            let areas = &mut self.leaves[at].areas;
            second.areas.extend_from_slice(&areas[keep..]);
            self.add_leaf(at + 1, second)?;
            self.leaves[at].areas.truncate(keep);
            if index > keep || keep == LEAF {
                (at, index) = (at + 1, index - keep);
            }
        }
        // There is room for one more.
        self.leaves[at].areas.insert(index, area);
        self.measure(at.saturating_sub(1)..at + 2);
        Ok(())
    }

    fn add_leaf(&mut self, at: usize, leaf: Leaf<T>) -> Result<(), AreaError> {
        let room = self.leaves.try_reserve(1);
        room.map_err(|_| AreaError::NoMemory)?;
        self.leaves.insert(at, leaf);
        Ok(())
    }

    /// Measures the gaps of leaves.
    fn measure(&mut self, leaves: core::ops::Range<usize>) {
        let before = leaves.start.checked_sub(1);
        let before = before.and_then(|before| self.leaves.get(before));
        let mut from = before.map_or(self.start, Leaf::end);
        let count = leaves.len();
        for leaf in self.leaves.iter_mut().skip(leaves.start).take(count) {
            leaf.measure(from);
            from = leaf.end();
        }
    }

    /// Leaf and index of the area at an address.
    fn position(&self, address: usize) -> Option<(usize, usize)> {
        let behind = self.leaves.partition_point(|leaf| leaf.first() <= address);
        let at = behind.checked_sub(1)?;
        let areas = &self.leaves[at].areas;
        let index = areas.binary_search_by_key(&address, |area| area.start);
        Some((at, index.ok()?))
    }

    /// The mark of the area at `address`, and its bytes; `None` if no area starts there.
    pub fn at(&mut self, address: usize) -> Option<(&mut T, usize)> {
        let (at, index) = self.position(address)?;
        let area = &mut self.leaves[at].areas[index];
        Some((&mut area.mark, area.bytes))
    }

    /// The first area that begins at `address` or behind it: start and bytes.
    pub fn first_from(&self, address: usize) -> Option<(usize, usize)> {
        let at = self.leaves.partition_point(|leaf| leaf.end() <= address);
        let mut behind = self.leaves.get(at..)?.iter().flat_map(|leaf| &leaf.areas);
        let area = behind.find(|area| area.start >= address)?;
        Some((area.start, area.bytes))
    }

    /// Gives back the area at `address`; returns its bytes, or `None` if no area
    /// starts there.
    pub fn give(&mut self, address: usize) -> Option<usize> {
        let (mut at, index) = self.position(address)?;
        let area = self.leaves[at].areas.remove(index);
        if self.leaves[at].areas.is_empty() {
            self.leaves.remove(at);
        }
        if at > 0 && self.merge(at - 1) {
            at -= 1;
        }
        while self.merge(at) {}
        self.measure(at..at + 2);
        self.count -= 1;
        self.bytes -= area.bytes;
        Some(area.bytes)
    }

    /// Makes one leaf of this and the next, if they have few areas; whether it did.
    fn merge(&mut self, at: usize) -> bool {
        let Some([leaf, next]) = self.leaves.get_mut(at..at + 2) else {
            return false;
        };
        if leaf.areas.len() + next.areas.len() > LEAF / 2 {
            return false;
        }
        leaf.areas.extend_from_slice(&next.areas);
        self.leaves.remove(at + 1);
        true
    }
}

#[cfg(test)]
mod tests;
