//! The kinds of errors.

use super::name::{Name, Place};
use super::unrepresentable::Unrepresentable;
use super::unusable::Unusable;
use crate::s390x::Howto;
use alloc::collections::TryReserveError;

/// Whose intermediate code a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// GCC's GIMPLE, in sections of an object.
    Gcc,
    /// LLVM's bitcode, as clang and rustc write it.
    Llvm,
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
    /// The file holds a compiler's intermediate code, to be translated at link time.
    LinkTimeCode(Compiler),
    /// A header field isn't what a module for this machine has.
    Header {
        /// The field that is wrong.
        field: &'static str,
        /// The field's value in the file.
        found: u64,
        /// The only value that is taken.
        wanted: u64,
    },
    /// A table or section reaches beyond the file.
    OutsideFile {
        /// What reaches beyond it.
        what: &'static str,
        /// The index of its section.
        index: usize,
        /// Where in the file it says that it starts.
        offset: u64,
        /// How many bytes it says that it has.
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
        /// The section's index in the file.
        index: usize,
        /// Its name; empty for a section that isn't there.
        name: Name,
        /// The field that is wrong.
        field: &'static str,
        /// The field's value in the file.
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
    /// A symbol names a section that isn't there, or is of a type that isn't a symbol's.
    Symbol {
        /// The symbol's index in the file.
        index: usize,
        /// The symbol's or the section's name; empty where it isn't known.
        name: Name,
        /// The field that is wrong.
        field: &'static str,
        /// The field's value in the file.
        value: u64,
    },
    /// A common symbol: a module must be built with -fno-common.
    Common(Name),
    /// A symbol is an indirect function, which only a dynamic linker resolves.
    IndirectFunction(Name),
    /// A symbol or section is thread-local.
    ThreadLocal(Name),
    /// The relocations of a section are in a format that isn't applied.
    RelocationFormat {
        /// The section that holds them.
        section: Name,
        /// Its type, `SHT_...`
        sh_type: u32,
        /// The section that they are for; empty for all.
        target: Name,
    },
    /// A relocation section applies to what isn't there.
    RelocationSection {
        /// The section's index in the file.
        index: usize,
        /// The symbol's or the section's name; empty where it isn't known.
        name: Name,
        /// The field that is wrong.
        field: &'static str,
        /// The field's value in the file.
        value: u64,
    },
    /// A relocation's field crosses its section's end.
    RelocationOutside {
        /// Where the relocation is.
        place: Place,
        /// The howto of the relocation's type.
        howto: &'static Howto,
        /// Bytes in the section that it applies to.
        size: u64,
    },
    /// A relocation names a symbol that isn't there.
    RelocationSymbol {
        /// Where the relocation is.
        place: Place,
        /// The index that it gives; the file has fewer symbols.
        symbol: u32,
    },
    /// A relocation type that a module can't have.
    RelocationType {
        /// Where the relocation is.
        place: Place,
        /// The number of the type, `R_390_...`.
        r_type: u32,
    },
    /// A relocation's symbol is defined in a section that takes no memory.
    NotInMemory {
        /// Where the relocation is.
        place: Place,
        /// The howto of the relocation's type.
        howto: &'static Howto,
        /// The symbol's name.
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
        /// The name that is exported.
        name: Name,
        /// Why others can't use what it names.
        why: Unusable,
    },
    /// The module and its parts are too large to address.
    TooLarge {
        /// How many bytes they add up to, or more.
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

impl From<TryReserveError> for LoadError {
    fn from(_: TryReserveError) -> Self {
        LoadError::OutOfMemory
    }
}
