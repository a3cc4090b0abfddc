//! The limits of the allocator; other files derive theirs from these, and assert at
//! compile time that they can hold what these allow.

/// Bytes in a page.
pub const PAGE_SIZE: usize = 4096;
/// Bytes of a granule, the unit of allocation.
pub const GRANULE: usize = 4;
/// Bytes of the largest area, and of the smallest unit: Linux's PCPU_MIN_UNIT_SIZE.
pub const MIN_UNIT_SIZE: usize = 32 << 10;
/// Bytes of the largest unit.
pub const MAX_UNIT_SIZE: usize = 2 << 20;
/// Most units, and so possible CPUs.
pub const MAX_UNITS: usize = 256;
/// Most chunks, the first counted twice: for its reserved and its dynamic part.
pub const MAX_CHUNKS: usize = 4096;

/// Bytes of the reserved part without `percpu_reserved=`: Linux's PERCPU_MODULE_RESERVE.
pub const DEFAULT_RESERVED: usize = 8 << 10;
/// Bytes of the largest reserved part that `percpu_reserved=` may ask for.
pub const MAX_RESERVED: usize = 1 << 20;
/// Bytes of the dynamic part wished for at least: Linux's PERCPU_DYNAMIC_RESERVE.
pub const DYNAMIC_RESERVE: usize = 20 << 10;
/// The static part ends on a multiple of this, so the parts after it start aligned.
pub const STATIC_ALIGN: usize = 256;
/// Bytes of static variables beside which every reserved part has room in a unit.
pub const MAX_STATIC: usize = MAX_UNIT_SIZE - MAX_RESERVED - DYNAMIC_RESERVE;

/// Most granules of an area.
pub(crate) const AREA_GRANULES: u32 = (MIN_UNIT_SIZE / GRANULE) as u32;
/// Most pages that must be populated for one area: its alignment is at most a page.
pub(crate) const AREA_PAGES: usize = MIN_UNIT_SIZE / PAGE_SIZE;
/// Granules of a page.
pub(crate) const PAGE_GRANULES: u32 = (PAGE_SIZE / GRANULE) as u32;

const _: () = {
    assert!(MIN_UNIT_SIZE.is_multiple_of(PAGE_SIZE) && MAX_UNIT_SIZE.is_multiple_of(PAGE_SIZE));
    assert!(DEFAULT_RESERVED <= MAX_RESERVED);
    assert!(MAX_STATIC.is_multiple_of(STATIC_ALIGN));
    // linker/kernel.ld asserts that the image has no more.
    assert!(MAX_STATIC == 1004 << 10);
};
