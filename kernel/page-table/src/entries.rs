//! Table entries of dynamic address translation.
//!
//! ```text
//!  virtual address, 53 bits of it used
//!  ┌──────────────┬─────────────┬─────────┬──────┬────────┐
//!  │ region-second│ region-third│ segment │ page │  byte  │
//!  │      11      │     11      │   11    │  8   │   12   │
//!  └──────────────┴─────────────┴─────────┴──────┴────────┘
//! ```
//!
//! Principles of Operation, chapter 3, "Dynamic Address Translation".

use crate::protection::Mapping;
use bitfield_struct::bitfield;

/// Bytes in a page and in a page frame.
pub const PAGE_SIZE: usize = 4096;
/// Entries in a region or segment table.
pub const TABLE_ENTRIES: usize = 2048;
/// Bytes in a region or segment table, and its alignment.
pub const TABLE_SIZE: usize = TABLE_ENTRIES * 8;
/// Entries in a page table.
pub const PAGE_TABLE_ENTRIES: usize = 256;
/// Bytes in a page table, and its alignment.
pub const PAGE_TABLE_SIZE: usize = PAGE_TABLE_ENTRIES * 8;
/// Bytes that one page table maps.
pub const SEGMENT_SIZE: usize = PAGE_TABLE_ENTRIES * PAGE_SIZE;

/// Level of a region or segment table; its number is the entries' type field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Level {
    /// Segment table: entries name page tables.
    Segment = 0,
    /// Region-third table.
    RegionThird = 1,
    /// Region-second table: the top one here.
    RegionSecond = 2,
}

impl Level {
    /// Index into a table of this level.
    pub fn index(self, address: usize) -> usize {
        address >> (20 + 11 * self as usize) & (TABLE_ENTRIES - 1)
    }

    /// The level of this number; `None` for region-first tables, which this kernel
    /// doesn't use.
    pub fn from_bits(level: u8) -> Option<Level> {
        match level {
            0 => Some(Level::Segment),
            1 => Some(Level::RegionThird),
            2 => Some(Level::RegionSecond),
            _ => None,
        }
    }

    /// First address beyond what a full table of this level reaches.
    pub fn reach(self) -> usize {
        1 << (31 + 11 * self as usize)
    }

    /// The level below, `None` under segment tables: page tables differ.
    pub fn below(self) -> Option<Level> {
        match self {
            Level::RegionSecond => Some(Level::RegionThird),
            Level::RegionThird => Some(Level::Segment),
            Level::Segment => None,
        }
    }
}

/// Index into a page table.
pub fn page_index(address: usize) -> usize {
    address >> 12 & (PAGE_TABLE_ENTRIES - 1)
}

/// Entry of a region or segment table.
///
/// ```text
///  0                                     52 53 54  57 58 59 60 61 62 63
///  ┌───────────────────────────────────────┬─────┬────┬──┬──┬─────┬─────┐
///  │ origin of the next table              │     │    │I │  │ type│ len │
///  └───────────────────────────────────────┴─────┴────┴──┴──┴─────┴─────┘
/// ```
#[bitfield(u64, order = Msb)]
#[derive(PartialEq, Eq)]
pub struct TableEntry {
    /// Origin of the next table, in units of 2 KiB.
    #[bits(53)]
    pub origin: u64,
    #[bits(5)]
    __: u8,
    /// There is no table below.
    #[bits(1)]
    pub invalid: bool,
    #[bits(1)]
    __: bool,
    /// Level of the table that this entry is in; in an address-space-control
    /// element, of the table it names.
    #[bits(2)]
    pub level: u8,
    /// Length of the next table less one, in units of 4 KiB; 0 for a page table.
    #[bits(2)]
    pub length: u8,
}

impl TableEntry {
    /// An entry of a table of `level` that leads nowhere.
    pub fn nowhere(level: Level) -> Self {
        Self::new().with_invalid(true).with_level(level as u8)
    }

    /// An entry of a table of `level` that leads to the table at `table`.
    pub fn to_table(level: Level, table: usize) -> Self {
        Self::new()
            .with_origin(table as u64 >> 11)
            .with_level(level as u8)
            .with_length(if level == Level::Segment { 0 } else { 3 })
    }

    /// The address-space-control element of a region-second table.
    pub fn element(table: usize) -> Self {
        Self::new()
            .with_origin(table as u64 >> 11)
            .with_level(Level::RegionSecond as u8)
            .with_length(3)
    }

    /// Address of the next table.
    pub fn table(self) -> Option<usize> {
        (!self.invalid()).then_some((self.origin() << 11) as usize)
    }
}

/// Entry of a page table.
#[bitfield(u64, order = Msb)]
#[derive(PartialEq, Eq)]
pub struct PageEntry {
    /// Number of the page frame.
    #[bits(52)]
    pub frame: u64,
    #[bits(1)]
    __: bool,
    /// Accesses end in a page-translation exception.
    #[bits(1)]
    pub invalid: bool,
    /// Stores end in a protection exception.
    #[bits(1)]
    pub protected: bool,
    /// Instruction fetches end in a protection exception.
    #[bits(1)]
    pub no_execute: bool,
    #[bits(8)]
    __: u8,
}

impl PageEntry {
    /// The entry of an unmapped page.
    pub const fn unmapped() -> Self {
        Self::new().with_invalid(true)
    }

    /// What it maps its page to, unless it is invalid.
    #[inline]
    pub fn mapping(self) -> Option<Mapping> {
        (!self.invalid()).then(|| Mapping {
            frame: self.frame() as usize * PAGE_SIZE,
            writable: !self.protected(),
            executable: !self.no_execute(),
        })
    }
}
