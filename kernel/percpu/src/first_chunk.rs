//! The first chunk: made by the kernel at boot, before there is an allocator.
//!
//! ```text
//!   unit      | static (image) | reserved (module statics) | dynamic |
//!   handles   template ...
//! ```
//!
//! Its units hold the copies of the kernel's statics, so it decides the unit size
//! and the distances between units of every later chunk.

use core::fmt;
use heap::vec::Vec;

use crate::error::SetupError;
use crate::limits::{GRANULE, MAX_UNIT_SIZE, MAX_UNITS, MIN_UNIT_SIZE, PAGE_SIZE};

/// Reserved part without `percpu_reserved=`: Linux's PERCPU_MODULE_RESERVE.
pub const DEFAULT_RESERVED: usize = 8 << 10;
/// Dynamic part wished for at least: Linux's PERCPU_DYNAMIC_RESERVE.
pub const DYNAMIC_RESERVE: usize = 20 << 10;

/// The sizes of the first chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Static part in bytes, rounded up to [`STATIC_ALIGN`].
    pub static_size: usize,
    /// Reserved part in bytes.
    pub reserved_size: usize,
    /// Dynamic part in bytes: the rest of the unit.
    pub dynamic_size: usize,
    /// A unit in bytes, a multiple of the page.
    pub unit_size: usize,
    /// Possible CPUs.
    pub units: usize,
}

/// The static part ends on a multiple of this, so the parts after it start aligned.
pub const STATIC_ALIGN: usize = 256;

impl Sizes {
    /// Works out the sizes from the image's static data, `percpu_reserved=`, the
    /// dynamic bytes wished for, and the possible CPUs. The static part isn't
    /// moved: its first byte is the unit's.
    ///
    /// # Errors
    /// No CPU or too many; a unit above [`MAX_UNIT_SIZE`].
    pub fn new(
        static_size: usize,
        reserved: usize,
        dynamic: usize,
        units: usize,
    ) -> Result<Self, SetupError> {
        if units == 0 || units > MAX_UNITS {
            return Err(SetupError::Units { units });
        }
        let round = |size: usize, to| {
            size.checked_next_multiple_of(to)
                .ok_or(SetupError::Overflow)
        };
        let static_size = round(static_size, STATIC_ALIGN)?;
        let reserved_size = round(reserved, GRANULE)?;
        let fixed = static_size
            .checked_add(reserved_size)
            .ok_or(SetupError::Overflow)?;
        let wanted = fixed.checked_add(dynamic).ok_or(SetupError::Overflow)?;
        let unit_size = round(wanted.max(MIN_UNIT_SIZE), PAGE_SIZE)?;
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

/// The boot summary: `percpu: Embedded 12 pages/cpu s1024 r8192 d39936 u49152`.
#[derive(Debug, Clone, Copy)]
pub struct Summary {
    /// The sizes to tell.
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

/// The first chunk as it lies in memory, fully populated, and where later ones go.
#[derive(Debug)]
pub struct FirstChunk {
    /// Link address of the template, the handle of the first static's first byte.
    pub template: usize,
    /// Address of CPU 0's unit.
    pub unit0: usize,
    /// Address of each possible CPU's unit less CPU 0's, wrapping; the first is 0.
    pub unit_offsets: Vec<usize>,
    /// The sizes.
    pub sizes: Sizes,
    /// Address space for later chunks: start, page-aligned.
    pub region: usize,
    /// Its size in bytes.
    pub region_size: usize,
}

/// What every chunk shares: derived from the first, never changed.
#[derive(Debug)]
pub(crate) struct Layout {
    pub first: FirstChunk,
    /// Address in unit 0 less handle, wrapping.
    pub delta: usize,
    /// From a chunk's lowest unit to its unit 0.
    pub lead: usize,
    /// Bytes from one chunk to the next: a power of two.
    pub stride_shift: u32,
    /// Chunks that fit in the region.
    pub chunks: usize,
}

impl Layout {
    pub fn new(first: FirstChunk) -> Result<Self, SetupError> {
        let sizes = first.sizes;
        let unit_size = sizes.unit_size;
        if first.unit_offsets.is_empty()
            || first.unit_offsets.len() > MAX_UNITS
            || first.unit_offsets.len() != sizes.units
        {
            return Err(SetupError::Units {
                units: first.unit_offsets.len(),
            });
        }
        if unit_size == 0 || !unit_size.is_multiple_of(PAGE_SIZE) || unit_size > MAX_UNIT_SIZE {
            return Err(SetupError::UnitSize { unit_size });
        }
        let (static_size, reserved_size, dynamic_size) =
            (sizes.static_size, sizes.reserved_size, sizes.dynamic_size);
        let sum = static_size
            .checked_add(reserved_size)
            .and_then(|s| s.checked_add(dynamic_size));
        if sum != Some(unit_size) || (static_size | reserved_size) % GRANULE != 0 {
            return Err(SetupError::Parts {
                static_size,
                reserved_size,
                dynamic_size,
                unit_size,
            });
        }
        let addresses = [
            first.unit0,
            first.region,
            first.unit_offsets[0].wrapping_mul(PAGE_SIZE + 1),
        ];
        for &address in addresses.iter().chain(&first.unit_offsets) {
            if address % PAGE_SIZE != 0 {
                return Err(SetupError::Alignment { address });
            }
        }
        if first.unit_offsets[0] != 0 {
            return Err(SetupError::Alignment {
                address: first.unit_offsets[0],
            });
        }
        let delta = first.unit0.wrapping_sub(first.template);
        if !delta.is_multiple_of(PAGE_SIZE) {
            return Err(SetupError::Alignment {
                address: first.template,
            });
        }
        if first.template == 0 || first.template.checked_add(unit_size).is_none() {
            return Err(SetupError::NullHandle);
        }
        let lowest = first
            .unit_offsets
            .iter()
            .map(|&o| o as isize)
            .min()
            .unwrap_or(0);
        let highest = first
            .unit_offsets
            .iter()
            .map(|&o| o as isize)
            .max()
            .unwrap_or(0);
        let span = highest.checked_sub(lowest).ok_or(SetupError::Overflow)? as usize;
        let stride = span
            .checked_add(unit_size + PAGE_SIZE)
            .and_then(usize::checked_next_power_of_two)
            .ok_or(SetupError::Overflow)?;
        let (start, size) = (first.region, first.region_size);
        let chunks = size / stride;
        if start.checked_add(size).is_none() {
            return Err(SetupError::Region { start, size });
        }
        Ok(Layout {
            delta,
            lead: lowest.unsigned_abs(),
            stride_shift: stride.trailing_zeros(),
            chunks,
            first,
        })
    }

    /// Start of the address space of the region's chunk `index`.
    pub fn area(&self, index: usize) -> usize {
        self.first.region + (index << self.stride_shift)
    }

    /// Bytes of address space a chunk has.
    pub fn stride(&self) -> usize {
        1 << self.stride_shift
    }
}
