//! What can go wrong, with the facts; worded in one place.

use core::fmt;

use crate::handle::Handle;

/// The backing has no frame, no page-table memory or no address space left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfMemory;

/// A first chunk that can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupError {
    /// No possible CPU, or more than [`crate::MAX_UNITS`].
    Units {
        /// How many were given.
        units: usize,
    },
    /// The unit is no multiple of a page, is empty or is above [`crate::MAX_UNIT_SIZE`].
    UnitSize {
        /// Size given, in bytes.
        unit_size: usize,
    },
    /// Static, reserved and dynamic parts don't fill the unit, or one isn't a
    /// multiple of the granule.
    Parts {
        /// Size of the static part in bytes.
        static_size: usize,
        /// Size of the reserved part in bytes.
        reserved_size: usize,
        /// Size of the dynamic part in bytes.
        dynamic_size: usize,
        /// Size of the unit in bytes.
        unit_size: usize,
    },
    /// An address or offset is not page-aligned, or unit 0's offset isn't 0.
    Alignment {
        /// The address or offset.
        address: usize,
    },
    /// The region has no room for one chunk, or its end wraps.
    Region {
        /// Start of the region.
        start: usize,
        /// Size of the region in bytes.
        size: usize,
    },
    /// A handle of the first chunk would be 0.
    NullHandle,
    /// A size computed on the way doesn't fit in an address.
    Overflow,
    /// No memory for the book-keeping.
    OutOfMemory,
}

/// Why an allocation was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllocError {
    /// Size 0 or above [`crate::MIN_UNIT_SIZE`].
    Size {
        /// Bytes asked for.
        size: usize,
        /// Alignment asked for.
        align: usize,
    },
    /// Alignment no power of two, or above a page.
    Align {
        /// Bytes asked for.
        size: usize,
        /// Alignment asked for.
        align: usize,
    },
    /// Atomic, and no populated page has room.
    NotPopulated {
        /// Bytes asked for.
        size: usize,
        /// Alignment asked for.
        align: usize,
    },
    /// The backing had no memory for more pages or another chunk.
    OutOfMemory {
        /// Bytes asked for.
        size: usize,
        /// Alignment asked for.
        align: usize,
    },
}

/// Why a free was refused. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreeError {
    /// Nothing is allocated there: a double free, or a handle made up.
    NotAllocated {
        /// The handle freed.
        handle: Handle,
    },
    /// Inside a live area, not at its start.
    Interior {
        /// The handle freed.
        handle: Handle,
        /// Where the area starts.
        start: Handle,
        /// The area's size in bytes.
        size: usize,
    },
    /// The handle of a kernel static.
    Static {
        /// The handle freed.
        handle: Handle,
    },
    /// In no chunk.
    Foreign {
        /// The handle freed.
        handle: Handle,
    },
}

/// A book-keeping entry that differs from the one recomputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch {
    /// The chunk (0 reserved, 1 first dynamic), or none for a total.
    pub chunk: Option<usize>,
    /// Which entry.
    pub entry: Entry,
    /// The value kept.
    pub kept: usize,
    /// The value recomputed.
    pub recomputed: usize,
}

/// The entries that [`crate::Allocator::verify`] recomputes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Entry {
    /// Size at an end of a linked free extent; `kept` is its first granule.
    Size,
    /// Free extents that aren't linked, by size; `kept` is the page.
    Holes,
    /// Whether two free extents lie side by side: 0 is right.
    Uncoalesced,
    /// Free extents in the free lists, against those that there are.
    Listed,
    /// Whether a free list has an extent.
    ListMap,
    /// The free list that an extent is in, against that of its size.
    WrongList,
    /// Whether an area in a magazine is somebody's: 0 is right.
    Cached,
    /// Granules of an area in a magazine, against those that its chunk has allocated.
    CachedSize,
    /// Live areas.
    Live,
    /// Granules of live areas.
    Used,
    /// Granules in use on a page.
    PageUsed,
    /// Whether the page of an extent is populated.
    PageState,
    /// Empty populated pages.
    EmptyPages,
    /// Populated pages.
    PopulatedPages,
    /// Longest run of unpopulated pages.
    Run,
    /// Whether a chunk is in the sets that it belongs to, and no other: 1 is right.
    Sets,
    /// Members of all sets of chunks.
    Members,
    /// Whether a set's summary isn't what its members make it: 0 is right.
    Summary,
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            SetupError::Units { units } => write!(f, "{units} possible CPUs"),
            SetupError::UnitSize { unit_size } => write!(f, "unit of {unit_size} bytes"),
            SetupError::Parts {
                static_size,
                reserved_size,
                dynamic_size,
                unit_size,
            } => write!(
                f,
                "static {static_size}, reserved {reserved_size} and dynamic {dynamic_size} bytes in a unit of {unit_size}"
            ),
            SetupError::Alignment { address } => write!(f, "{address:#x} is misaligned"),
            SetupError::Region { start, size } => {
                write!(f, "region of {size:#x} bytes at {start:#x} is unusable")
            }
            SetupError::NullHandle => f.write_str("a handle of the first chunk would be null"),
            SetupError::Overflow => f.write_str("sizes overflow an address"),
            SetupError::OutOfMemory => f.write_str("no memory for the book-keeping"),
        }
    }
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            AllocError::Size { size, .. } => write!(f, "per-CPU size {size} is out of range"),
            AllocError::Align { align, .. } => write!(
                f,
                "per-CPU alignment {align} is no power of two up to a page"
            ),
            AllocError::NotPopulated { size, align } => {
                write!(
                    f,
                    "no populated per-CPU memory for {size} bytes aligned to {align}"
                )
            }
            AllocError::OutOfMemory { size, align } => {
                write!(
                    f,
                    "out of memory for {size} per-CPU bytes aligned to {align}"
                )
            }
        }
    }
}

impl fmt::Display for FreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            FreeError::NotAllocated { handle } => {
                write!(f, "per-CPU handle {handle} is not allocated")
            }
            FreeError::Interior {
                handle,
                start,
                size,
            } => {
                write!(
                    f,
                    "per-CPU handle {handle} is inside the area of {size} bytes at {start}"
                )
            }
            FreeError::Static { handle } => {
                write!(f, "per-CPU handle {handle} is a kernel static's")
            }
            FreeError::Foreign { handle } => write!(f, "{handle} is no per-CPU handle"),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(chunk) = self.chunk {
            write!(f, "chunk {chunk}: ")?;
        }
        write!(
            f,
            "{:?} is {}, recomputed {}",
            self.entry, self.kept, self.recomputed
        )
    }
}

impl core::error::Error for SetupError {}
impl core::error::Error for AllocError {}
impl core::error::Error for FreeError {}
impl core::error::Error for Mismatch {}
