//! The regions of a module: which sections share pages, and what those allow.
//!
//! ```text
//!  base ►┌──────────────────────────┐
//!        │ text sections │ PLT      │ r-x
//!        ├──────────────────────────┤ page
//!        │ rodata │ GOT             │ r--
//!        ├──────────────────────────┤ page
//!        │ .data..ro_after_init     │ rw- while init runs, then r--
//!        ├──────────────────────────┤ page
//!        │ data │ bss               │ rw-
//!        ├──────────────────────────┤ page
//!        │ .init.text               │ r-x ┐
//!        ├──────────────────────────┤ page│
//!        │ .init.rodata .init_array │ r-- │ freed when init has returned
//!        ├──────────────────────────┤ page│
//!        │ .init.data               │ rw- ┘
//!        └──────────────────────────┘
//! ```
//!
//! A region without sections takes no page.

use crate::error::LoadError;
use crate::section::Section;
use core::fmt;
use object::elf::SHF_WRITE;

/// What a region of a module allows once it is linked; in the order of their addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegionKind {
    /// Executable, not writable: `r-x`.
    Text,
    /// Neither executable nor writable: `r--`.
    ReadOnly,
    /// `rw-` until init has returned, then `r--`.
    ReadOnlyAfterInit,
    /// Writable, not executable: `rw-`.
    Data,
    /// `r-x` until init has returned, then unmapped.
    InitText,
    /// `r--` until init has returned, then unmapped.
    InitReadOnly,
    /// `rw-` until init has returned, then unmapped.
    InitData,
}

impl RegionKind {
    /// All kinds, in the order of their addresses in a module.
    pub const ALL: [RegionKind; 7] = [
        RegionKind::Text,
        RegionKind::ReadOnly,
        RegionKind::ReadOnlyAfterInit,
        RegionKind::Data,
        RegionKind::InitText,
        RegionKind::InitReadOnly,
        RegionKind::InitData,
    ];

    /// Whether its memory is given back when init has returned.
    pub fn is_init(self) -> bool {
        matches!(self, Self::InitText | Self::InitReadOnly | Self::InitData)
    }

    /// Whether it holds code.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::InitText)
    }

    /// Whether init may write to it.
    pub fn is_writable(self) -> bool {
        matches!(self, Self::ReadOnlyAfterInit | Self::Data | Self::InitData)
    }
}

impl fmt::Display for RegionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RegionKind::Text => "text",
            RegionKind::ReadOnly => "rodata",
            RegionKind::ReadOnlyAfterInit => "read-only after init",
            RegionKind::Data => "data",
            RegionKind::InitText => "init text",
            RegionKind::InitReadOnly => "init rodata",
            RegionKind::InitData => "init data",
        })
    }
}

/// A page-aligned part of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// What it allows.
    pub kind: RegionKind,
    /// Bytes from the module's base.
    pub offset: u64,
    /// Bytes, a multiple of the page size; may be 0.
    pub size: u64,
}

impl Region {
    /// Whether bytes from the module's base lie in it.
    pub fn contains(&self, offset: u64) -> bool {
        offset
            .checked_sub(self.offset)
            .is_some_and(|inside| inside < self.size)
    }
}

/// Sections that only relocation writes to, which comes before a region is sealed.
const RELOCATED_ONLY: [&str; 7] = [
    ".data.rel.ro",
    "__ksymtab",
    "__param",
    ".init_array",
    ".fini_array",
    ".ctors",
    ".dtors",
];

/// Sections that are of no use once init has returned.
const INIT: [&str; 2] = [".init", ".ctors"];

/// Data that only init may write.
const AFTER_INIT: &str = ".data..ro_after_init";

/// The region that a section goes to, `None` for per-CPU data and for what takes
/// no memory.
pub(crate) fn region_of(section: &Section<'_>) -> Result<Option<RegionKind>, LoadError> {
    if !section.is_allocated() || section.is_per_cpu() {
        return Ok(None);
    }
    let among = |names: &[&str]| names.iter().any(|name| section.name.starts_with(name));
    let writable = section.flags & SHF_WRITE.0 != 0 && !among(&RELOCATED_ONLY);
    let kind = match (section.is_executable(), writable, among(&INIT)) {
        (true, true, _) => {
            return Err(LoadError::Section {
                index: section.index,
                field: "writable and executable, flags",
                value: section.flags,
            });
        }
        (true, false, false) => RegionKind::Text,
        (true, false, true) => RegionKind::InitText,
        (false, true, false) if among(&[AFTER_INIT]) => RegionKind::ReadOnlyAfterInit,
        (false, true, false) => RegionKind::Data,
        (false, true, true) => RegionKind::InitData,
        (false, false, false) => RegionKind::ReadOnly,
        (false, false, true) => RegionKind::InitReadOnly,
    };
    Ok(Some(kind))
}
