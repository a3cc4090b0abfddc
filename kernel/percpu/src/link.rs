//! What links a free extent with others of its list, and how large it is.
//!
//! ```text
//!  63      59           40 39           20 19            0
//!  ┌───────┬───────────────┬───────────────┬───────────────┐
//!  │   0   │ previous free │   next free   │   granules    │
//!  └───────┴───────────────┴───────────────┴───────────────┘
//! ```

use crate::limits::{GRANULE, MAX_UNIT_SIZE};

/// No granule: the end of a free list.
pub const NIL: u32 = FIELD as u32;

const FIELD: u64 = (1 << 20) - 1;
const NEXT: u32 = 20;
const PREVIOUS: u32 = 40;

// A field counts the granules of the largest unit, and numbers each but for NIL.
const _: () = assert!(MAX_UNIT_SIZE / GRANULE < NIL as usize);

/// The link of a free extent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link(u64);

impl Link {
    /// Of the first extent of a list.
    #[inline]
    pub fn first(granules: u32, next: u32) -> Self {
        Self(u64::from(NIL) << PREVIOUS | u64::from(next) << NEXT | u64::from(granules))
    }

    /// Granules of the extent.
    #[inline]
    pub fn granules(self) -> u32 {
        (self.0 & FIELD) as u32
    }

    /// The next extent of the list, or [`NIL`].
    #[inline]
    pub fn next(self) -> u32 {
        ((self.0 >> NEXT) & FIELD) as u32
    }

    /// The previous extent of the list, or [`NIL`].
    #[inline]
    pub fn previous(self) -> u32 {
        ((self.0 >> PREVIOUS) & FIELD) as u32
    }

    /// This link with other granules.
    #[inline]
    pub fn with_granules(self, granules: u32) -> Self {
        Self(self.0 & !FIELD | u64::from(granules))
    }

    /// This link with another next extent.
    #[inline]
    pub fn with_next(self, next: u32) -> Self {
        Self(self.0 & !(FIELD << NEXT) | u64::from(next) << NEXT)
    }

    /// This link with another previous extent.
    #[inline]
    pub fn with_previous(self, previous: u32) -> Self {
        Self(self.0 & !(FIELD << PREVIOUS) | u64::from(previous) << PREVIOUS)
    }
}
