//! What of a file's tables is checked before it is used, and how.
//!
//! ```text
//!  sections ─► overlaps ─► symbols ─► relocation sections
//! ```
//!
//! Each step uses only what those before it have checked. A relocation itself is
//! checked by the plan, which reads each of them anyway.

use crate::error::{Compiler, LoadError, Name};
use crate::s390x::PAGE_SIZE;
use crate::tables::{Rela, SectionHeader, Sym, Tables};
use fallible::collected;
use object::BigEndian as BE;
use object::elf::*;

/// A common symbol that GCC gives to an object without machine code.
const GCC_LTO: &str = "__gnu_lto_slim";

/// Checks all tables.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn check(tables: &Tables<'_>) -> Result<(), LoadError> {
    for (index, header) in tables.headers.iter().enumerate() {
        section(tables, index, header)?;
    }
    overlaps(tables)?;
    symbols(tables)?;
    for (index, header) in tables.headers.iter().enumerate().skip(1) {
        relocation_section(tables, index, header)?;
        not_thread_local(tables, header)?;
    }
    Ok(())
}

/// After the symbols, whose names say more.
fn not_thread_local(tables: &Tables<'_>, header: &SectionHeader) -> Result<(), LoadError> {
    let flags = header.sh_flags.get(BE).0;
    if flags & SHF_ALLOC.0 != 0 && flags & SHF_TLS.0 != 0 {
        let name = tables.section_name(header).unwrap_or("");
        return Err(LoadError::ThreadLocal(Name::new(name)));
    }
    Ok(())
}

fn section(tables: &Tables<'_>, index: usize, header: &SectionHeader) -> Result<(), LoadError> {
    if !tables.has_section_name(header) {
        return Err(LoadError::Name {
            what: "section",
            index,
            offset: header.sh_name.get(BE),
        });
    }
    let bad = |field, value| LoadError::Section {
        index,
        name: Name::new(tables.section_name(header).unwrap_or("")),
        field,
        value,
    };
    let kind = header.sh_type.get(BE);
    if index == 0 && kind != SHT_NULL {
        return Err(bad("type of the null section", kind.0.into()));
    }
    tables.bytes(header).ok_or_else(|| LoadError::OutsideFile {
        what: "section",
        index,
        offset: header.sh_offset.get(BE),
        size: header.sh_size.get(BE),
    })?;
    let align = header.sh_addralign.get(BE);
    if align > 1 && !align.is_power_of_two() {
        return Err(bad("alignment", align));
    }
    let flags = header.sh_flags.get(BE).0;
    if flags & SHF_ALLOC.0 == 0 {
        return Ok(());
    }
    if align > PAGE_SIZE {
        return Err(bad("alignment", align));
    }
    if flags & SHF_COMPRESSED.0 != 0 {
        return Err(bad("flag SHF_COMPRESSED in", flags));
    }
    Ok(())
}

/// No byte of the file belongs to two sections: none would be copied twice,
/// or be changed as part of one and read as part of another.
fn overlaps(tables: &Tables<'_>) -> Result<(), LoadError> {
    let start = |index: u32| tables.headers[index as usize].sh_offset.get(BE);
    let size = |index: u32| {
        let bytes = tables.bytes(&tables.headers[index as usize]);
        bytes.map_or(0, <[u8]>::len) as u64
    };
    let count = tables.headers.len();
    let mut order = collected(count, (1..count as u32).filter(|&index| size(index) != 0))?;
    order.sort_unstable_by_key(|&index| start(index));
    for pair in order.windows(2) {
        // Both lie inside the file, so the sum is one of its offsets.
        if start(pair[0]) + size(pair[0]) > start(pair[1]) {
            return Err(LoadError::Overlap {
                first: pair[0] as usize,
                second: pair[1] as usize,
                offset: start(pair[1]),
            });
        }
    }
    Ok(())
}

/// The first symbol stands for no symbol: its value is 0, and it is nowhere.
fn null_symbol(symbol: &Sym) -> Result<(), LoadError> {
    let section = symbol.st_shndx.get(BE);
    if section == SHN_UNDEF && symbol.st_type() == STT_NOTYPE {
        return Ok(());
    }
    Err(LoadError::Symbol {
        index: 0,
        name: Name::new(""),
        field: "section or type of the null symbol, section",
        value: section.0.into(),
    })
}

/// Not inlined: nearly all symbols need a few instructions of its loop.
#[inline(never)]
fn symbols(tables: &Tables<'_>) -> Result<(), LoadError> {
    let mut symbols = tables.symbols.iter().enumerate();
    symbols
        .next()
        .map_or(Ok(()), |(_, first)| null_symbol(first))?;
    for (index, entry) in symbols {
        if !is_plain(tables, entry) {
            symbol(tables, index, entry)?;
        }
    }
    Ok(())
}

/// Whether a symbol is as nearly all are: it has a name, and lies in a section or in another
/// object.
#[inline(always)]
fn is_plain(tables: &Tables<'_>, symbol: &Sym) -> bool {
    let section = usize::from(symbol.st_shndx.get(BE).0);
    let sections = tables.headers.len().min(SHN_LORESERVE.into());
    section < sections
        && matches!(symbol.st_type(), STT_NOTYPE | STT_OBJECT | STT_FUNC)
        && tables.has_symbol_name(symbol)
}

#[cold]
fn symbol(tables: &Tables<'_>, index: usize, symbol: &Sym) -> Result<(), LoadError> {
    if !tables.has_symbol_name(symbol) {
        return Err(LoadError::Name {
            what: "symbol",
            index,
            offset: symbol.st_name.get(BE),
        });
    }
    let name = || Name::new(tables.symbol_name(symbol).unwrap_or(""));
    let bad = |field, value: SymbolSection| LoadError::Symbol {
        index,
        name: name(),
        field,
        value: value.0.into(),
    };
    // Its value may be anything: outside its section it names what lies there.
    let section = symbol.st_shndx.get(BE);
    let kind = symbol.st_type();
    match section {
        SHN_UNDEF | SHN_ABS if kind == STT_SECTION => {
            return Err(bad("type STT_SECTION, section", section));
        }
        SHN_UNDEF | SHN_ABS => {}
        SHN_COMMON if tables.symbol_name(symbol) == Some(GCC_LTO) => {
            return Err(LoadError::LinkTimeCode(Compiler::Gcc));
        }
        SHN_COMMON => return Err(LoadError::Common(name())),
        _ if usize::from(section.0) >= tables.headers.len() || section.0 >= SHN_LORESERVE => {
            return Err(bad("section", section));
        }
        _ => {}
    }
    match kind {
        STT_TLS => Err(LoadError::ThreadLocal(name())),
        STT_GNU_IFUNC => Err(LoadError::IndirectFunction(name())),
        _ => Ok(()),
    }
}

/// The section types that hold relocations in other formats, and whether the section for
/// which they are is their header's `sh_info`; if not, they are for all of memory.
const OTHER_FORMATS: [(u32, bool); 6] = [
    (SHT_REL.0, true),
    (SHT_RELR.0, false),
    (SHT_CREL.0, true),
    // Android's packed ones.
    (0x6000_0001, true),
    (0x6000_0002, true),
    (0x6fff_ff00, false),
];

/// What isn't applied would leave a section unlinked, in silence.
fn relocation_format(tables: &Tables<'_>, header: &SectionHeader) -> Result<(), LoadError> {
    let kind = header.sh_type.get(BE);
    let target = header.sh_info.get(BE) as usize;
    let named = |header| Name::new(tables.section_name(header).unwrap_or(""));
    let refused = |target| LoadError::RelocationFormat {
        section: named(header),
        sh_type: kind.0,
        target,
    };
    let known = OTHER_FORMATS.iter().find(|(other, _)| *other == kind.0);
    // What newer tools come up with: it says that it is about another section.
    let is_unknown = kind.0 >= SHT_LOOS && header.sh_flags.get(BE).0 & SHF_INFO_LINK.0 != 0;
    match known {
        Some((_, false)) => Err(refused(Name::new(""))),
        Some((_, true)) if tables.is_loaded(target) => Err(refused(named(&tables.headers[target]))),
        None if is_unknown && tables.is_loaded(target) => {
            Err(refused(named(&tables.headers[target])))
        }
        _ => Ok(()),
    }
}

fn relocation_section(
    tables: &Tables<'_>,
    index: usize,
    header: &SectionHeader,
) -> Result<(), LoadError> {
    if header.sh_type.get(BE) != SHT_RELA {
        return relocation_format(tables, header);
    }
    let bad = |field, value| LoadError::RelocationSection {
        index,
        name: Name::new(tables.section_name(header).unwrap_or("")),
        field,
        value,
    };
    let target = header.sh_info.get(BE) as usize;
    if target == 0 || target >= tables.headers.len() || target == index {
        return Err(bad("target", target as u64));
    }
    let entry = size_of::<Rela>() as u64;
    let size = header.sh_entsize.get(BE);
    if size != entry {
        return Err(bad("entry size", size));
    }
    if !header.sh_size.get(BE).is_multiple_of(entry) {
        return Err(bad("size", header.sh_size.get(BE)));
    }
    let link = header.sh_link.get(BE);
    let table = tables.headers.get(link as usize);
    if table.map(|header| header.sh_type.get(BE)) != Some(SHT_SYMTAB) {
        return Err(bad("symbol table", link.into()));
    }
    Ok(())
}
