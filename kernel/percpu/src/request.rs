//! What is asked for, and where it is: sizes and places in granules.

use crate::error::AllocError;
use crate::limits::{GRANULE, MIN_UNIT_SIZE, PAGE_SIZE};

/// Size and alignment of an allocation, checked.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// Granules, 1 to those of [`MIN_UNIT_SIZE`].
    pub granules: u32,
    /// Granules, a power of two up to those of a page.
    pub align: u32,
}

impl Request {
    /// Checks sizes in bytes, and rounds them up to granules.
    ///
    /// # Errors
    /// A size of 0 or above [`MIN_UNIT_SIZE`]; an alignment that is no power of two, or
    /// above a page.
    #[inline]
    pub fn new(size: usize, align: usize) -> Result<Self, AllocError> {
        if size == 0 || size > MIN_UNIT_SIZE {
            return Err(AllocError::Size { size, align });
        }
        if !align.is_power_of_two() || align > PAGE_SIZE {
            return Err(AllocError::Align { size, align });
        }
        Ok(Self {
            granules: size.div_ceil(GRANULE) as u32,
            align: align.div_ceil(GRANULE) as u32,
        })
    }

    /// Bytes of an area for it.
    #[inline]
    pub fn bytes(self) -> usize {
        self.granules as usize * GRANULE
    }
}

/// Where an area is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Its chunk's number.
    pub chunk: usize,
    /// Its first granule.
    pub granule: u32,
}

impl Area {
    /// What begins at the granule that so many bytes from its unit's start are in.
    #[inline(always)]
    pub fn at(chunk: usize, offset: usize) -> Self {
        Self {
            chunk,
            granule: (offset / GRANULE) as u32,
        }
    }

    /// The `number`-th of those of `granules` that lie side by side from this one on.
    #[inline]
    pub fn nth(self, number: u32, granules: u32) -> Self {
        Self {
            granule: self.granule + number * granules,
            ..self
        }
    }
}
