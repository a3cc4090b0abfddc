//! What an exported symbol names, as far as its value says: the export table has no types.

use crate::percpu::{self, Handle, Part};
use core::fmt;

/// What an exported symbol names, by the memory that its value points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    /// A function in text that stays as long as its owner does (L3).
    Function,
    /// A constant.
    ReadOnly,
    /// A variable.
    Data,
    /// A per-CPU variable; the value is its handle.
    PerCpu,
    /// None of its owner's memory.
    Absolute,
}

impl SymbolKind {
    /// What a symbol of the kernel image names. Per-CPU memory must be set up.
    pub fn in_kernel(value: u64) -> Self {
        let image = arch::boot::image();
        let address = value as usize;
        let inside = |(start, end): (usize, usize)| (start..end).contains(&address);
        let location = percpu::locate(Handle(address));
        if location.is_some_and(|location| location.part == Part::Static) {
            Self::PerCpu
        } else if inside(image.text) {
            Self::Function
        } else if inside(image.rodata) {
            Self::ReadOnly
        } else if inside(image.data) {
            Self::Data
        } else {
            Self::Absolute
        }
    }

    /// The letter that `nm` and System.map have for it. Data without bytes in the file
    /// isn't distinguished from the rest.
    pub fn letter(self) -> char {
        match self {
            Self::Function => 'T',
            Self::ReadOnly => 'R',
            Self::Data | Self::PerCpu => 'D',
            Self::Absolute => 'A',
        }
    }
}

impl fmt::Display for SymbolKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Function => "a function",
            Self::ReadOnly => "a constant",
            Self::Data => "a variable",
            Self::PerCpu => "a per-CPU variable",
            Self::Absolute => "an absolute number",
        })
    }
}
