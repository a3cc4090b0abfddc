//! The words of an error: one line, for people, with what to do where that is known.

use super::kinds::{Compiler, LoadError};
use super::name::Name;
use crate::s390x::{PAGE_SIZE, type_name};
use core::fmt;

impl core::error::Error for LoadError {}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::TooShort { bytes } => {
                write!(f, "a file of {bytes} bytes is shorter than an ELF header")
            }
            LoadError::NotElf => f.write_str("not an ELF file"),
            LoadError::LinkTimeCode(compiler) => {
                let (what, or) = match compiler {
                    Compiler::Gcc => ("GCC's intermediate code", ", or with -ffat-lto-objects"),
                    Compiler::Llvm => ("LLVM bitcode", ""),
                };
                write!(f, "{what}, not machine code: build without -flto{or}")
            }
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
                name,
                field,
                value,
            } => {
                let name = InBrackets(name);
                write!(f, "section {index}{name}: {field} {value:#x} is impossible")?;
                match *field == "alignment" && value.is_power_of_two() {
                    true => write!(f, ", a page of {PAGE_SIZE:#x} is the most"),
                    false => Ok(()),
                }
            }
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
                name,
                field,
                value,
            } => write!(
                f,
                "symbol {index}{}: {field} {value:#x} is impossible",
                InBrackets(name)
            ),
            LoadError::Common(name) => {
                write!(f, "{name} is a common symbol; build with -fno-common")
            }
            LoadError::IndirectFunction(name) => write!(
                f,
                "{name} is an indirect function (STT_GNU_IFUNC), which only a dynamic linker \
                 resolves: build without __attribute__((ifunc)) and target_clones"
            ),
            LoadError::ThreadLocal(name) => write!(
                f,
                "{name} is thread-local, and the kernel has no threads' storage: make it a \
                 per-CPU variable"
            ),
            LoadError::RelocationFormat {
                section,
                sh_type,
                target,
            } => {
                let format = section_type_name(*sh_type);
                write!(
                    f,
                    "section {section}: relocations of type {format} ({sh_type:#x})"
                )?;
                if !target.as_str().is_empty() {
                    write!(f, " for {target}")?;
                }
                f.write_str(" aren't applied, only SHT_RELA's: build without --crel and the like")
            }
            LoadError::RelocationSection {
                index,
                name,
                field,
                value,
            } => write!(
                f,
                "relocation section {index}{}: {field} {value} is impossible",
                InBrackets(name)
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
                write!(f, "{place}: {name} has no place in a module")?;
                match name.starts_with("R_390_TLS_") {
                    true => f.write_str(", which has per-CPU variables for thread-local ones"),
                    false => Ok(()),
                }
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
            LoadError::Overflow(relocation) | LoadError::Odd(relocation) => relocation.fmt(f),
            LoadError::OutOfMemory => f.write_str("no memory for the loader's tables"),
        }
    }
}

/// ` (name)`, or nothing.
struct InBrackets<'a>(&'a Name);

impl fmt::Display for InBrackets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_str() {
            "" => Ok(()),
            _ => write!(f, " ({})", self.0),
        }
    }
}

/// The name of a section type that holds relocations.
fn section_type_name(sh_type: u32) -> &'static str {
    match sh_type {
        9 => "SHT_REL",
        19 => "SHT_RELR",
        0x4000_0014 => "SHT_CREL",
        0x6000_0001 => "SHT_ANDROID_REL",
        0x6000_0002 => "SHT_ANDROID_RELA",
        0x6fff_ff00 => "SHT_ANDROID_RELR",
        _ => "an unknown format",
    }
}
