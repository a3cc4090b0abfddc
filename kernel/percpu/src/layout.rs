//! Where chunks and units lie, and where a handle points: arithmetic alone.
//!
//! The units of the first chunk hold the copies of the kernel's statics, so it decides the
//! unit size and the distances between units of every later chunk.
//!
//! ```text
//!  region   ┌─ chunk 2 ────────────────────┬─ chunk 3 ─────────────
//!           │ ...  │ unit 0 │ .. │ guard   │ ...  │ unit 0 │ ..
//!           └──────────────────────────────┴───────────────────────
//!           ◄───────────── stride ─────────►
//! ```
//!
//! Unit 0 need not be the lowest: what lies below it is in front.

use crate::error::SetupError;
use crate::handle::Handle;
use crate::limits::{GRANULE, MAX_UNIT_SIZE, MAX_UNITS, PAGE_SIZE};
use crate::sizes::Sizes;
use heap::vec::Vec;

/// Number of the first chunk's reserved part, as a chunk of its own.
pub const RESERVED: usize = 0;
/// Number of the first chunk's dynamic part.
pub const FIRST: usize = 1;
/// Number of the region's first chunk.
pub const REGION: usize = 2;

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
pub struct Layout {
    /// As it was handed over.
    pub first: FirstChunk,
    /// Address in unit 0 less handle, wrapping.
    pub delta: usize,
    /// What to add to a handle for the copy in each unit, wrapping.
    pub offsets: Vec<usize>,
    /// Where in its unit the first chunk's dynamic part begins.
    dynamic: usize,
    /// Address of unit 0 of the region's first chunk.
    region_unit0: usize,
    /// log2 of the bytes from one chunk to the next.
    stride_shift: u32,
    /// Those bytes, less 1.
    stride_mask: usize,
    /// Chunks for which the region has room, at least 1.
    pub chunks: usize,
}

/// Where a handle points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the template.
    Static,
    /// In a chunk that may or may not exist.
    Chunk {
        /// Its number.
        number: usize,
        /// Bytes from the unit's start.
        offset: usize,
    },
}

impl Layout {
    /// Checks a first chunk, and works out what follows from it.
    ///
    /// # Errors
    /// What [`SetupError`] lists.
    pub fn new(first: FirstChunk) -> Result<Self, SetupError> {
        check_sizes(&first)?;
        check_addresses(&first)?;
        let signed = || first.unit_offsets.iter().map(|&offset| offset as isize);
        let lowest = signed().min().unwrap_or(0);
        let highest = signed().max().unwrap_or(0);
        let span = highest.checked_sub(lowest).ok_or(SetupError::Overflow)? as usize;
        let stride = span
            .checked_add(first.sizes.unit_size + PAGE_SIZE)
            .and_then(usize::checked_next_power_of_two)
            .ok_or(SetupError::Overflow)?;
        let (start, size) = (first.region, first.region_size);
        let chunks = size / stride;
        if chunks == 0 || start.checked_add(size).is_none() {
            return Err(SetupError::Region { start, size });
        }
        let delta = first.unit0.wrapping_sub(first.template);
        let offsets = first
            .unit_offsets
            .iter()
            .map(|offset| offset.wrapping_add(delta));
        let offsets = fallible::collected(first.unit_offsets.len(), offsets);
        Ok(Layout {
            delta,
            offsets: offsets.map_err(|_| SetupError::OutOfMemory)?,
            dynamic: first.sizes.static_size + first.sizes.reserved_size,
            // Units below unit 0 lie in front of it.
            region_unit0: start.wrapping_add(lowest.unsigned_abs()),
            stride_shift: stride.trailing_zeros(),
            stride_mask: stride - 1,
            chunks,
            first,
        })
    }

    /// Bytes of address space that a chunk of the region has: its units, and a guard page
    /// or more. A power of two.
    pub fn stride(&self) -> usize {
        1 << self.stride_shift
    }

    /// Start of the address space of a chunk of the region; `None` if the region has no
    /// room for one of this number.
    pub fn area_of(&self, number: usize) -> Option<usize> {
        let index = number.checked_sub(REGION)?;
        (index < self.chunks).then(|| self.area(index))
    }

    /// Start of the address space of the region's chunk `index`.
    fn area(&self, index: usize) -> usize {
        self.first.region + (index << self.stride_shift)
    }

    /// Address of a chunk's unit 0.
    #[inline]
    pub fn unit0(&self, number: usize) -> usize {
        match number.checked_sub(REGION) {
            None => self.first.unit0,
            Some(index) => self.region_unit0.wrapping_add(index << self.stride_shift),
        }
    }

    /// The handle of a granule of a chunk.
    #[inline]
    pub fn handle_of(&self, chunk: usize, granule: u32) -> Handle {
        let bytes = granule as usize * GRANULE;
        let unit0 = self.unit0(chunk).wrapping_add(bytes);
        Handle(unit0.wrapping_sub(self.delta))
    }

    /// Where a handle points; `None` if it is in no chunk's address space.
    #[inline]
    pub fn place(&self, handle: Handle) -> Option<Place> {
        let sizes = &self.first.sizes;
        let address = handle.0.wrapping_add(self.delta);
        let offset = address.wrapping_sub(self.first.unit0);
        if offset < sizes.unit_size {
            if offset >= self.dynamic {
                return Some(Place::Chunk {
                    number: FIRST,
                    offset,
                });
            }
            if offset < sizes.static_size {
                return Some(Place::Static);
            }
            return Some(Place::Chunk {
                number: RESERVED,
                offset,
            });
        }
        // What is below a chunk's unit 0 is far behind that of the chunk before.
        let offset = address.wrapping_sub(self.region_unit0);
        let index = offset >> self.stride_shift;
        let offset = offset & self.stride_mask;
        let number = REGION + index;
        let inside = index < self.chunks && offset < sizes.unit_size;
        inside.then_some(Place::Chunk { number, offset })
    }
}

fn check_sizes(first: &FirstChunk) -> Result<(), SetupError> {
    let Sizes {
        static_size,
        reserved_size,
        dynamic_size,
        unit_size,
        units,
    } = first.sizes;
    let given = first.unit_offsets.len();
    if given == 0 || given > MAX_UNITS || given != units {
        return Err(SetupError::Units { units: given });
    }
    if unit_size == 0 || !unit_size.is_multiple_of(PAGE_SIZE) || unit_size > MAX_UNIT_SIZE {
        return Err(SetupError::UnitSize { unit_size });
    }
    let sum = static_size
        .checked_add(reserved_size)
        .and_then(|sum| sum.checked_add(dynamic_size));
    let whole = (static_size | reserved_size).is_multiple_of(GRANULE);
    if sum != Some(unit_size) || !whole {
        return Err(SetupError::Parts {
            static_size,
            reserved_size,
            dynamic_size,
            unit_size,
        });
    }
    Ok(())
}

fn check_addresses(first: &FirstChunk) -> Result<(), SetupError> {
    let addresses = [first.unit0, first.region, first.template];
    let misaligned = addresses
        .iter()
        .chain(&first.unit_offsets)
        .find(|address| !address.is_multiple_of(PAGE_SIZE));
    // Unit 0 is no distance from itself.
    let displaced = first
        .unit_offsets
        .iter()
        .take(1)
        .find(|&&offset| offset != 0);
    if let Some(&address) = misaligned.or(displaced) {
        return Err(SetupError::Alignment { address });
    }
    if first.template == 0 || first.template.checked_add(first.sizes.unit_size).is_none() {
        return Err(SetupError::NullHandle);
    }
    Ok(())
}
