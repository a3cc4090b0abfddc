//! Everything that can be wrong with an object, with its facts.

use crate::relocation::{kind_name, method_of};
use alloc::string::String;
use core::fmt;

/// A place in a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The section's name.
    pub section: String,
    /// Bytes from its start.
    pub offset: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:#x}", self.section, self.offset)
    }
}

/// Why an object can't be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The file ends inside its header.
    TooShort {
        /// Bytes in the file.
        bytes: usize,
    },
    /// The file doesn't start with the ELF magic.
    NotElf,
    /// A header field isn't what a module for this machine has.
    Header {
        /// The field.
        field: &'static str,
        /// Its value.
        found: u64,
        /// The value wanted.
        wanted: u64,
    },
    /// A table or section reaches beyond the file.
    OutsideFile {
        /// Which one.
        what: &'static str,
        /// Its section index.
        index: usize,
        /// Where it starts.
        offset: u64,
        /// How long it is.
        size: u64,
    },
    /// Two sections share bytes of the file.
    Overlap {
        /// Section index of the one that starts first.
        first: usize,
        /// Section index of the other.
        second: usize,
        /// Where the other starts, in the file.
        offset: u64,
    },
    /// A section header field is impossible.
    Section {
        /// Section index.
        index: usize,
        /// The field.
        field: &'static str,
        /// Its value.
        value: u64,
    },
    /// A name lies outside its string table, isn't ended, or isn't UTF-8.
    Name {
        /// What the name is of.
        what: &'static str,
        /// Index of it.
        index: usize,
        /// Offset in the string table.
        offset: u32,
    },
    /// There is no symbol table, or more than one.
    SymbolTables(usize),
    /// A symbol names a section that isn't there, or lies outside its section.
    Symbol {
        /// Symbol index.
        index: usize,
        /// The field.
        field: &'static str,
        /// Its value.
        value: u64,
    },
    /// A common symbol: a module must be built with -fno-common.
    Common(String),
    /// A relocation section applies to what isn't there.
    RelocationSection {
        /// Section index.
        index: usize,
        /// What is wrong.
        field: &'static str,
        /// The value.
        value: u64,
    },
    /// A relocation's field crosses its section's end.
    RelocationOutside {
        /// Place.
        place: Place,
        /// Relocation type.
        kind: u32,
        /// Bytes in the section.
        size: u64,
    },
    /// A relocation names a symbol that isn't there.
    RelocationSymbol {
        /// Place.
        place: Place,
        /// Symbol index.
        symbol: u32,
    },
    /// A relocation type that a module can't have.
    RelocationType {
        /// Place.
        place: Place,
        /// Relocation type.
        kind: u32,
    },
    /// A relocation's symbol is defined in a section that takes no memory.
    NotInMemory {
        /// Place.
        place: Place,
        /// Relocation type.
        kind: u32,
        /// Symbol.
        symbol: String,
        /// The name of its section.
        section: String,
    },
    /// A name is exported twice.
    ExportedTwice(String),
    /// A name is exported that the module doesn't define.
    ExportUndefined(String),
    /// The module and its parts are too large to address.
    TooLarge {
        /// Bytes.
        bytes: u64,
    },
    /// Nobody exports the symbol.
    Unresolved(String),
    /// The value doesn't fit the field.
    Overflow {
        /// Place.
        place: Place,
        /// Relocation type.
        kind: u32,
        /// Symbol.
        symbol: String,
        /// The symbol's value.
        value: u64,
        /// Address of the place.
        address: u64,
        /// What the field would have to hold.
        result: i64,
    },
    /// The target is odd, and the field counts halfwords.
    Odd {
        /// Place.
        place: Place,
        /// Relocation type.
        kind: u32,
        /// Symbol.
        symbol: String,
        /// The symbol's value.
        value: u64,
        /// What the field would have to hold.
        result: i64,
    },
    /// No memory for the loader's tables.
    OutOfMemory,
}

/// Least and greatest value that a type's field holds.
fn reach(kind: u32) -> (i128, i128) {
    method_of(kind).map_or((0, 0), |method| method.field.reach())
}

/// A distance, in the unit that shows most.
struct Distance(i128);

impl fmt::Display for Distance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let bytes = self.0.unsigned_abs();
        for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] {
            if bytes >= 1 << shift {
                let tenths = (bytes * 10) >> shift;
                return write!(f, "{sign}{}.{} {unit}", tenths / 10, tenths % 10);
            }
        }
        write!(f, "{sign}{bytes} bytes")
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::TooShort { bytes } => {
                write!(f, "a file of {bytes} bytes is shorter than an ELF header")
            }
            LoadError::NotElf => f.write_str("not an ELF file"),
            LoadError::Header {
                field,
                found,
                wanted,
            } => write!(f, "ELF header: {field} is {found}, not {wanted}"),
            LoadError::OutsideFile {
                what,
                index,
                offset,
                size,
            } => write!(
                f,
                "{what} {index}: {size} bytes at offset {offset:#x} reach beyond the file"
            ),
            LoadError::Overlap {
                first,
                second,
                offset,
            } => write!(
                f,
                "sections {first} and {second} overlap at file offset {offset:#x}"
            ),
            LoadError::Section {
                index,
                field,
                value,
            } => write!(f, "section {index}: {field} {value:#x} is impossible"),
            LoadError::Name {
                what,
                index,
                offset,
            } => write!(
                f,
                "{what} {index}: no valid name at string offset {offset:#x}"
            ),
            LoadError::SymbolTables(count) => write!(f, "{count} symbol tables instead of one"),
            LoadError::Symbol {
                index,
                field,
                value,
            } => write!(f, "symbol {index}: {field} {value:#x} is impossible"),
            LoadError::Common(name) => {
                write!(f, "{name} is a common symbol; build with -fno-common")
            }
            LoadError::RelocationSection {
                index,
                field,
                value,
            } => write!(
                f,
                "relocation section {index}: {field} {value} is impossible"
            ),
            LoadError::RelocationOutside { place, kind, size } => write!(
                f,
                "{place}: {} reaches beyond the section's {size} bytes",
                kind_name(*kind)
            ),
            LoadError::RelocationSymbol { place, symbol } => {
                write!(f, "{place}: there is no symbol {symbol}")
            }
            LoadError::RelocationType { place, kind } => {
                write!(f, "{place}: {} has no place in a module", kind_name(*kind))
            }
            LoadError::NotInMemory {
                place,
                kind,
                symbol,
                section,
            } => write!(
                f,
                "{place}: {} against {symbol} in section {section}, which takes no memory",
                kind_name(*kind)
            ),
            LoadError::ExportedTwice(name) => write!(f, "{name} is exported twice"),
            LoadError::ExportUndefined(name) => {
                write!(f, "{name} is exported, and defined nowhere in the module")
            }
            LoadError::TooLarge { bytes } => write!(f, "{bytes} bytes are too many to lay out"),
            LoadError::Unresolved(name) => write!(f, "unknown symbol {name}: nobody exports it"),
            LoadError::Overflow {
                place,
                kind,
                symbol,
                value,
                address,
                result,
            } => write!(
                f,
                "{place}: {} against {symbol} ({value:#x}): {result} is out of reach from \
                 {address:#x}; the distance is {}, the field spans {} to {}",
                kind_name(*kind),
                Distance((*result).into()),
                Distance(reach(*kind).0),
                Distance(reach(*kind).1)
            ),
            LoadError::Odd {
                place,
                kind,
                symbol,
                value,
                result,
            } => write!(
                f,
                "{place}: {} against {symbol} ({value:#x}): {result} is odd, and the field \
                 counts halfwords",
                kind_name(*kind)
            ),
            LoadError::OutOfMemory => f.write_str("no memory for the loader's tables"),
        }
    }
}

impl core::error::Error for LoadError {}

impl From<alloc::collections::TryReserveError> for LoadError {
    fn from(_: alloc::collections::TryReserveError) -> Self {
        LoadError::OutOfMemory
    }
}

/// A name for an error to carry; nothing of it where there is no memory, since an
/// error must not end in another.
pub(crate) fn owned(name: &str) -> String {
    let mut copy = String::new();
    if copy.try_reserve_exact(name.len()).is_ok() {
        copy.push_str(name);
    }
    copy
}
