//! The sizes of a unit and of its parts in the first chunk.
//!
//! ```text
//!   unit of the first chunk  | static (image) | reserved (module statics) | dynamic |
//! ```

use crate::error::SetupError;
use crate::limits::{
    DYNAMIC_RESERVE, GRANULE, MAX_RESERVED, MAX_STATIC, MAX_UNIT_SIZE, MAX_UNITS, MIN_UNIT_SIZE,
    PAGE_SIZE, STATIC_ALIGN,
};
use core::fmt;

/// The sizes of the first chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Static part in bytes, rounded up to [`STATIC_ALIGN`].
    pub static_size: usize,
    /// Reserved part in bytes, whole granules.
    pub reserved_size: usize,
    /// Dynamic part in bytes: the rest of the unit.
    pub dynamic_size: usize,
    /// A unit in bytes, a multiple of the page.
    pub unit_size: usize,
    /// Possible CPUs.
    pub units: usize,
}

impl Sizes {
    /// Works out the sizes from the bytes of the image's static data, of
    /// `percpu_reserved=` and of the dynamic part wished for, and from the possible CPUs.
    /// The static part isn't moved: its first byte is the unit's.
    ///
    /// # Errors
    /// No CPU or too many; a unit above [`MAX_UNIT_SIZE`]; sizes that overflow.
    pub const fn new(
        static_size: usize,
        reserved: usize,
        dynamic: usize,
        units: usize,
    ) -> Result<Self, SetupError> {
        if units == 0 || units > MAX_UNITS {
            return Err(SetupError::Units { units });
        }
        // No sum of three sizes up to this overflows.
        const LARGEST: usize = usize::MAX / 4;
        if static_size > LARGEST || reserved > LARGEST || dynamic > LARGEST {
            return Err(SetupError::Overflow);
        }
        let static_size = static_size.next_multiple_of(STATIC_ALIGN);
        let reserved_size = reserved.next_multiple_of(GRANULE);
        let fixed = static_size + reserved_size;
        let wanted = match fixed + dynamic {
            small if small < MIN_UNIT_SIZE => MIN_UNIT_SIZE,
            wanted => wanted,
        };
        let unit_size = wanted.next_multiple_of(PAGE_SIZE);
        if unit_size > MAX_UNIT_SIZE {
            return Err(SetupError::UnitSize { unit_size });
        }
        Ok(Sizes {
            static_size,
            reserved_size,
            dynamic_size: unit_size - fixed,
            unit_size,
            units,
        })
    }

    /// Pages of one unit.
    pub fn pages(&self) -> usize {
        self.unit_size / PAGE_SIZE
    }

    /// Bytes of the whole first chunk, its units one after the other.
    pub fn total(&self) -> usize {
        self.unit_size * self.units
    }
}

// What the command line may ask for fits, with as many statics as the image may have, and
// a byte more of them doesn't.
const _: () = {
    assert!(Sizes::new(MAX_STATIC, MAX_RESERVED, DYNAMIC_RESERVE, MAX_UNITS).is_ok());
    assert!(Sizes::new(MAX_STATIC + 1, MAX_RESERVED, DYNAMIC_RESERVE, MAX_UNITS).is_err());
};

/// The boot summary: `percpu: Embedded 12 pages/cpu s1024 r8192 d39936 u49152`.
#[derive(Debug, Clone, Copy)]
pub struct Summary {
    /// The sizes to show.
    pub sizes: Sizes,
    /// `percpu_alloc=embed`; else mapped page by page.
    pub embedded: bool,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = &self.sizes;
        let how = if self.embedded { "Embedded" } else { "Mapped" };
        let pages = s.pages();
        let (stat, res, dynamic, unit) =
            (s.static_size, s.reserved_size, s.dynamic_size, s.unit_size);
        write!(
            f,
            "percpu: {how} {pages} pages/cpu s{stat} r{res} d{dynamic} u{unit}"
        )
    }
}
