//! A granule's tag: what begins or ends there.
//!
//! ```text
//!  63    60 59           40 39           20 19            0
//!  ┌───────┬───────────────┬───────────────┬───────────────┐
//!  │ state │ previous free │   next free   │   granules    │
//!  └───────┴───────────────┴───────────────┴───────────────┘
//! ```
//!
//! The two links are used in the first tag of a free extent only.

use crate::limits::{GRANULE, MAX_UNIT_SIZE};

/// No granule: the end of a free list.
pub const NIL: u32 = FIELD as u32;

const FIELD: u64 = (1 << 20) - 1;
const NEXT: u32 = 20;
const PREVIOUS: u32 = 40;
const STATE: u64 = 7 << 60;

const LIVE: u64 = 1 << 60;
const FREE: u64 = 2 << 60;
const FREE_END: u64 = 3 << 60;

// A field counts the granules of the largest unit, and numbers each but for NIL.
const _: () = assert!(MAX_UNIT_SIZE / GRANULE < NIL as usize);

/// What an extent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// An area that somebody has, or a magazine.
    Live,
    /// Free granules, all that lie together.
    Free,
}

/// The tag; the default says that nothing begins or ends there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tag(u64);

impl Tag {
    /// Begins a live area.
    #[inline]
    pub fn live(granules: u32) -> Self {
        Self(LIVE | u64::from(granules))
    }

    /// Begins a free extent, the first of its list.
    #[inline]
    pub fn free(granules: u32, next: u32) -> Self {
        let links = u64::from(NIL) << PREVIOUS | u64::from(next) << NEXT;
        Self(FREE | links | u64::from(granules))
    }

    /// Ends a free extent of two granules or more.
    #[inline]
    pub fn free_end(granules: u32) -> Self {
        Self(FREE_END | u64::from(granules))
    }

    /// What begins here.
    #[inline]
    pub fn begins(self) -> Option<State> {
        match self.0 & STATE {
            LIVE => Some(State::Live),
            FREE => Some(State::Free),
            _ => None,
        }
    }

    /// Whether a free extent of two granules or more ends here.
    #[inline]
    pub fn ends_free(self) -> bool {
        self.0 & STATE == FREE_END
    }

    /// Granules of the extent that begins or ends here; else 0.
    #[inline]
    pub fn granules(self) -> u32 {
        (self.0 & FIELD) as u32
    }

    /// The next free extent of the list, or [`NIL`].
    #[inline]
    pub fn next(self) -> u32 {
        ((self.0 >> NEXT) & FIELD) as u32
    }

    /// The previous free extent of the list, or [`NIL`].
    #[inline]
    pub fn previous(self) -> u32 {
        ((self.0 >> PREVIOUS) & FIELD) as u32
    }

    /// This tag with other granules.
    #[inline]
    pub fn with_granules(self, granules: u32) -> Self {
        Self(self.0 & !FIELD | u64::from(granules))
    }

    /// This tag with another next extent.
    #[inline]
    pub fn with_next(self, next: u32) -> Self {
        Self(self.0 & !(FIELD << NEXT) | u64::from(next) << NEXT)
    }

    /// This tag with another previous extent.
    #[inline]
    pub fn with_previous(self, previous: u32) -> Self {
        Self(self.0 & !(FIELD << PREVIOUS) | u64::from(previous) << PREVIOUS)
    }
}
