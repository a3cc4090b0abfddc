//! Everything that can be wrong with an object, with its facts.

use crate::demangle::Demangled;
use crate::fallible::copied;
use crate::s390x::{Field, Howto, RelativeTo, type_name};
use crate::size::{Exact, Outside};
use alloc::string::String;
use core::fmt;

/// A name for an error to carry: a copy, or nothing of it where there is no memory, since
/// an error must not end in another. Printed as its author wrote it.
#[derive(Debug, PartialEq, Eq)]
pub struct Name(Option<String>);

impl Name {
    /// Copies a name.
    pub(crate) fn new(name: &str) -> Self {
        Self(copied(name).ok())
    }

    /// The name as the file has it, not demangled; empty if there was no memory for it.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or("")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => Demangled(name).fmt(f),
            None => f.write_str("(no memory for the name)"),
        }
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.0.as_deref() == Some(other)
    }
}

/// A place in a section.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// The section's name.
    pub section: Name,
    /// Bytes from its start.
    pub offset: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:#x}", self.section, self.offset)
    }
}

/// A relocation whose value its field can't hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Unrepresentable {
    /// Where it is.
    pub place: Place,
    /// Its type.
    pub howto: &'static Howto,
    /// What a person would say that it refers to: the symbol, or for a section's symbol
    /// the one that lies there.
    pub symbol: Name,
    /// Bytes from that symbol to what is meant.
    pub offset: i64,
    /// The symbol's value.
    pub value: u64,
    /// What the value counts from: address of the place or of the GOT, or 0.
    pub from: u64,
    /// What the field would have to hold, in bytes; one that wraps at 64 bits never
    /// comes here.
    pub result: i64,
}

/// Why something that a module's file names can't be called, or given to others.
#[derive(Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It isn't in the module: another object's, or nobody's.
    Undefined,
    /// It is a value, not a place in the module.
    Absolute,
    /// It lies in this section, which takes no memory.
    NotLoaded(Name),
    /// It lies in this section, which is gone once init has returned.
    Init(Name),
    /// It lies in this section, which holds no code.
    NoCode(Name),
    /// It lies behind the last byte of this section.
    Outside(Name),
    /// No instruction begins at an odd address.
    Odd,
    /// Its symbol's type says that it is something else than a function.
    NoFunction,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::Undefined => f.write_str("isn't in the module"),
            Unusable::Absolute => f.write_str("is an absolute symbol"),
            Unusable::NotLoaded(section) => {
                write!(f, "is in section {section}, which takes no memory")
            }
            Unusable::Init(section) => write!(
                f,
                "is in section {section}, which is gone once init has returned"
            ),
            Unusable::NoCode(section) => {
                write!(f, "is in section {section}, which holds no code")
            }
            Unusable::Outside(section) => write!(f, "is behind the end of section {section}"),
            Unusable::Odd => f.write_str("is at an odd address"),
            Unusable::NoFunction => f.write_str("is of another type"),
        }
    }
}

/// Why an object can't be loaded.
#[derive(Debug, PartialEq, Eq)]
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
    Common(Name),
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
        /// Its type.
        howto: &'static Howto,
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
        /// Number of the type.
        r_type: u32,
    },
    /// A relocation's symbol is defined in a section that takes no memory.
    NotInMemory {
        /// Place.
        place: Place,
        /// Its type.
        howto: &'static Howto,
        /// Symbol.
        symbol: Name,
        /// The name of its section.
        section: Name,
    },
    /// A name is exported twice.
    ExportedTwice(Name),
    /// A name is exported that the module doesn't define.
    ExportUndefined(Name),
    /// What is exported can't be used by others.
    Export {
        /// The name.
        name: Name,
        /// What is wrong with it.
        why: Unusable,
    },
    /// The module and its parts are too large to address.
    TooLarge {
        /// Bytes.
        bytes: u64,
    },
    /// Nobody exports the symbol.
    Unresolved(Name),
    /// The value is out of the field's range.
    Overflow(Unrepresentable),
    /// The value is odd, and the field counts halfwords.
    Odd(Unrepresentable),
    /// No memory for the loader's tables.
    OutOfMemory,
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
            LoadError::RelocationOutside { place, howto, size } => write!(
                f,
                "{place}: {} reaches beyond the section's {size} bytes",
                howto.name
            ),
            LoadError::RelocationSymbol { place, symbol } => {
                write!(f, "{place}: there is no symbol {symbol}")
            }
            LoadError::RelocationType { place, r_type } => {
                let name = type_name(*r_type);
                write!(f, "{place}: {name} has no place in a module")
            }
            LoadError::NotInMemory {
                place,
                howto,
                symbol,
                section,
            } => write!(
                f,
                "{place}: {} against {symbol} in section {section}, which takes no memory",
                howto.name
            ),
            LoadError::ExportedTwice(name) => write!(f, "{name} is exported twice"),
            LoadError::ExportUndefined(name) => {
                write!(f, "{name} is exported, and defined nowhere in the module")
            }
            LoadError::Export { name, why } => write!(f, "{name} is exported, and {why}"),
            LoadError::TooLarge { bytes } => write!(f, "{bytes} bytes are too many to lay out"),
            LoadError::Unresolved(name) => write!(f, "unknown symbol {name}: nobody exports it"),
            LoadError::Overflow(relocation) => {
                relocation.subject(f)?;
                relocation.overflow(f)
            }
            LoadError::Odd(relocation) => {
                relocation.subject(f)?;
                let result = relocation.result;
                write!(f, "{result} is odd, and the field counts halfwords")
            }
            LoadError::OutOfMemory => f.write_str("no memory for the loader's tables"),
        }
    }
}

impl Unrepresentable {
    /// `.text+0x8: R_390_PC32DBL against hits (0x1a5200): `
    fn subject(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            howto,
            symbol,
            value,
            ..
        } = self;
        write!(f, "{place}: {} against {symbol}", howto.name)?;
        match self.offset {
            0 => {}
            offset @ ..0 => write!(f, "-{:#x}", offset.unsigned_abs())?,
            offset => write!(f, "+{offset:#x}")?,
        }
        write!(f, " ({value:#x}): ")
    }

    fn overflow(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, result, .. } = *self;
        let (least, greatest) = Field::range(self.howto.field);
        let from_what = match self.howto.relative_to {
            // No place is meant, so nothing is far.
            RelativeTo::Nothing => {
                return write!(
                    f,
                    "{result} doesn't fit, the field holds {least} to {greatest}"
                );
            }
            RelativeTo::Place => "",
            RelativeTo::Got => "the GOT at ",
        };
        write!(
            f,
            "{result} is out of reach from {from_what}{from:#x}; the distance is {}, the field \
             spans {} to {}",
            Outside {
                bytes: result,
                least,
                greatest
            },
            Exact(least),
            Exact(greatest)
        )
    }
}

impl core::error::Error for LoadError {}

impl From<alloc::collections::TryReserveError> for LoadError {
    fn from(_: alloc::collections::TryReserveError) -> Self {
        LoadError::OutOfMemory
    }
}
