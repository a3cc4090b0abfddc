//! Areas: pieces of a region of virtual addresses.
//!
//! ```text
//!  region start                                              region end
//!  │ area │guard│   area    │guard│      gap       │ area │guard│
//! ```
//!
//! Each area is followed by a guard page that nothing maps, so that running off
//! its end is a fault. Areas are kept sorted by address, and the first gap that fits
//! is taken: taking an area or giving one back takes as many steps as there are areas.

use crate::PAGE_SIZE;
use alloc::vec::Vec;

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

/// A region and the areas in it.
#[derive(Debug)]
pub struct Areas {
    start: usize,
    end: usize,
    /// Sorted, disjoint; start and bytes, the guard page not included.
    taken: Vec<(usize, usize)>,
    /// Bytes of all of them.
    bytes: usize,
}

impl Areas {
    /// The region `start..end`, with nothing in it.
    pub const fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end,
            taken: Vec::new(),
            bytes: 0,
        }
    }

    /// First and last address of the region, the latter excluded.
    pub fn region(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// Areas in the region.
    pub fn count(&self) -> usize {
        self.taken.len()
    }

    /// Bytes in all areas, guard pages not counted.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes an area of `bytes`, rounded up to pages, aligned to `align` and at least to
    /// a page; returns its address. Allocates room for one more entry.
    pub fn take(&mut self, bytes: usize, align: usize) -> Result<usize, AreaError> {
        if bytes == 0 || !align.is_power_of_two() {
            return Err(AreaError::BadRequest);
        }
        let align = align.max(PAGE_SIZE);
        let no_gap = AreaError::NoGap { bytes };
        let rounded = bytes.checked_next_multiple_of(PAGE_SIZE).ok_or(no_gap)?;
        let mut address = self.start.checked_next_multiple_of(align).ok_or(no_gap)?;
        let mut index = 0;
        for &(start, length) in &self.taken {
            let needed = rounded.checked_add(PAGE_SIZE).ok_or(no_gap)?;
            if start >= address && start - address >= needed {
                break;
            }
            address = (start + length + PAGE_SIZE)
                .checked_next_multiple_of(align)
                .ok_or(no_gap)?;
            index += 1;
        }
        let end = address
            .checked_add(rounded)
            .and_then(|end| end.checked_add(PAGE_SIZE));
        if end.is_none_or(|end| end > self.end) {
            return Err(no_gap);
        }
        self.taken.try_reserve(1).map_err(|_| AreaError::NoMemory)?;
        self.taken.insert(index, (address, rounded));
        self.bytes += rounded;
        Ok(address)
    }

    /// The first area that begins at `address` or behind it: start and bytes.
    pub fn first_from(&self, address: usize) -> Option<(usize, usize)> {
        let index = self.taken.partition_point(|area| area.0 < address);
        self.taken.get(index).copied()
    }

    /// Gives back the area at `address`; returns its bytes, or `None` if no area
    /// starts there.
    pub fn give(&mut self, address: usize) -> Option<usize> {
        let index = self.taken.binary_search_by_key(&address, |area| area.0);
        let (_, bytes) = self.taken.remove(index.ok()?);
        self.bytes -= bytes;
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: usize = 0x10000;

    #[test]
    fn a_guard_page_follows_each_area() {
        let mut areas = Areas::new(BASE, BASE + 16 * PAGE_SIZE);
        assert_eq!(areas.take(1, 1), Ok(BASE));
        assert_eq!(areas.take(2 * PAGE_SIZE, 1), Ok(BASE + 2 * PAGE_SIZE));
        assert_eq!(areas.take(1, 1), Ok(BASE + 5 * PAGE_SIZE));
        assert_eq!(areas.count(), 3);
        assert_eq!(areas.first_from(0), Some((BASE, PAGE_SIZE)));
        let second = Some((BASE + 2 * PAGE_SIZE, 2 * PAGE_SIZE));
        assert_eq!(areas.first_from(BASE + 1), second);
        assert_eq!(areas.first_from(BASE + 6 * PAGE_SIZE), None);
    }

    #[test]
    fn a_gap_is_used_again() {
        let mut areas = Areas::new(BASE, BASE + 8 * PAGE_SIZE);
        let first = areas.take(PAGE_SIZE, 1).unwrap();
        let second = areas.take(PAGE_SIZE, 1).unwrap();
        areas.take(PAGE_SIZE, 1).unwrap();
        assert_eq!(areas.give(second), Some(PAGE_SIZE));
        assert_eq!(areas.give(second), None);
        assert_eq!(
            areas.take(2 * PAGE_SIZE, 1),
            Err(AreaError::NoGap {
                bytes: 2 * PAGE_SIZE
            })
        );
        assert_eq!(areas.take(PAGE_SIZE, 1), Ok(second));
        assert_eq!(areas.bytes(), 3 * PAGE_SIZE);
        assert_eq!(areas.give(first), Some(PAGE_SIZE));
        assert_eq!(areas.bytes(), 2 * PAGE_SIZE);
    }

    #[test]
    fn alignment_is_kept() {
        let mut areas = Areas::new(BASE + PAGE_SIZE, BASE + 64 * PAGE_SIZE);
        assert_eq!(areas.take(1, 0x10000), Ok(BASE + 0x10000));
        assert_eq!(areas.take(1, 1), Ok(BASE + PAGE_SIZE));
    }

    #[test]
    fn what_cannot_be() {
        let mut areas = Areas::new(BASE, BASE + 2 * PAGE_SIZE);
        assert_eq!(areas.take(0, 1), Err(AreaError::BadRequest));
        assert_eq!(areas.take(1, 3), Err(AreaError::BadRequest));
        for bytes in [2 * PAGE_SIZE, usize::MAX, usize::MAX - 5000] {
            assert_eq!(areas.take(bytes, 1), Err(AreaError::NoGap { bytes }));
        }
        assert_eq!(areas.bytes(), 0);
    }
}
