//! What of a file's tables is checked before it is used, and how.
//!
//! ```text
//!  sections ─► overlaps ─► symbols ─► relocation sections
//! ```
//!
//! Each step uses only what those before it have checked. A relocation itself is
//! checked by the plan, which reads each of them anyway.

use crate::error::{LoadError, Name};
use crate::fallible::collected;
use crate::s390x::PAGE_SIZE;
use crate::tables::{Rela, SectionHeader, Sym, Tables};
use object::BigEndian as BE;
use object::elf::*;

/// Checks all tables.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn check(tables: &Tables<'_>) -> Result<(), LoadError> {
    for (index, header) in tables.headers.iter().enumerate() {
        section(tables, index, header)?;
    }
    overlaps(tables)?;
    for (index, symbol) in tables.symbols.iter().enumerate() {
        match index {
            0 => null_symbol(symbol)?,
            _ => self::symbol(tables, index, symbol)?,
        }
    }
    for (index, header) in tables.headers.iter().enumerate().skip(1) {
        relocation_section(tables, index, header)?;
    }
    Ok(())
}

fn section(tables: &Tables<'_>, index: usize, header: &SectionHeader) -> Result<(), LoadError> {
    let bad = |field, value| LoadError::Section {
        index,
        field,
        value,
    };
    let kind = header.sh_type.get(BE);
    if index == 0 && kind != SHT_NULL {
        return Err(bad("type of the null section", kind.0.into()));
    }
    tables.section_name(header).ok_or(LoadError::Name {
        what: "section",
        index,
        offset: header.sh_name.get(BE),
    })?;
    tables.bytes(header).ok_or(LoadError::OutsideFile {
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
    for (flag, field) in [
        (SHF_TLS, "flag SHF_TLS in"),
        (SHF_COMPRESSED, "flag SHF_COMPRESSED in"),
    ] {
        if flags & flag.0 != 0 {
            return Err(bad(field, flags));
        }
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
        field: "section or type of the null symbol, section",
        value: section.0.into(),
    })
}

fn symbol(tables: &Tables<'_>, index: usize, symbol: &Sym) -> Result<(), LoadError> {
    let bad = |field, value| LoadError::Symbol {
        index,
        field,
        value,
    };
    let name = tables.symbol_name(symbol).ok_or(LoadError::Name {
        what: "symbol",
        index,
        offset: symbol.st_name.get(BE),
    })?;
    let section = symbol.st_shndx.get(BE);
    let value = symbol.st_value.get(BE);
    match section {
        SHN_UNDEF | SHN_ABS if symbol.st_type() == STT_SECTION => {
            return Err(bad("type STT_SECTION, section", section.0.into()));
        }
        SHN_UNDEF | SHN_ABS => {}
        SHN_COMMON => return Err(LoadError::Common(Name::new(name))),
        _ if section.0 >= SHN_LORESERVE => return Err(bad("section", section.0.into())),
        _ => {
            let header = tables.headers.get(usize::from(section.0));
            let header = header.ok_or(bad("section", section.0.into()))?;
            if value > header.sh_size.get(BE) {
                return Err(bad("value", value));
            }
        }
    }
    match symbol.st_type() {
        STT_TLS => Err(bad("type STT_TLS, value", value)),
        STT_GNU_IFUNC => Err(bad("type STT_GNU_IFUNC, value", value)),
        _ => Ok(()),
    }
}

fn relocation_section(
    tables: &Tables<'_>,
    index: usize,
    header: &SectionHeader,
) -> Result<(), LoadError> {
    let bad = |field, value| LoadError::RelocationSection {
        index,
        field,
        value,
    };
    let target = header.sh_info.get(BE) as usize;
    match header.sh_type.get(BE) {
        SHT_REL if tables.is_loaded(target) => {
            return Err(bad("type SHT_REL, target", target as u64));
        }
        SHT_RELA => {}
        _ => return Ok(()),
    }
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
