//! The limits of the allocator, from which other files derive theirs.

/// Bytes in a page.
pub const PAGE_SIZE: usize = 4096;
/// Bytes of the largest area, and of the smallest unit: Linux's
/// PCPU_MIN_UNIT_SIZE.
pub const MIN_UNIT_SIZE: usize = 32 << 10;
/// Bytes of the largest unit: what the tags of `extents.rs` can count.
pub const MAX_UNIT_SIZE: usize = 2 << 20;
/// Most units.
pub const MAX_UNITS: usize = 256;
/// Bytes of a granule, the unit of allocation.
pub const GRANULE: usize = 4;
