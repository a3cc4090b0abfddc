//! What of a file is checked before it is used, and how.
//!
//! ```text
//!  header ─► section table ─► string tables ─► sections ─► symbols ─► relocation
//!                                                                     sections
//! ```
//!
//! Each step uses only what those before it have checked. A relocation itself is
//! checked by the plan, which reads each of them anyway.

use crate::error::owned;
use crate::object::{Header, Object, Rela, SectionHeader, Sym, slice, text};
use crate::{LoadError, PAGE_SIZE};
use alloc::vec::Vec;
use object::BigEndian as BE;
use object::elf::*;
use object::pod::{from_bytes, slice_from_bytes};

fn header(field: &'static str, found: impl Into<u64>, wanted: u64) -> Result<(), LoadError> {
    let found = found.into();
    let error = LoadError::Header {
        field,
        found,
        wanted,
    };
    if found == wanted { Ok(()) } else { Err(error) }
}

/// The file header and the section table.
pub(crate) fn tables(data: &[u8]) -> Result<(&Header, &[SectionHeader]), LoadError> {
    let too_short = || LoadError::TooShort { bytes: data.len() };
    if data.len() >= ELFMAG.len() && data[..ELFMAG.len()] != ELFMAG {
        return Err(LoadError::NotElf);
    }
    let (file, _) = from_bytes::<Header>(data).map_err(|()| too_short())?;
    header("class", file.e_ident.class.0, ELFCLASS64.0.into())?;
    header("byte order", file.e_ident.data.0, ELFDATA2MSB.0.into())?;
    header(
        "identification version",
        file.e_ident.version.0,
        EV_CURRENT.0.into(),
    )?;
    header("type", file.e_type.get(BE).0, ET_REL.0.into())?;
    header("machine", file.e_machine.get(BE).0, EM_S390.0.into())?;
    header("version", file.e_version.get(BE), EV_CURRENT.0.into())?;
    header(
        "section header size",
        file.e_shentsize.get(BE),
        size_of::<SectionHeader>() as u64,
    )?;
    Ok((file, section_headers(data, file)?))
}

fn section_headers<'data>(
    data: &'data [u8],
    file: &Header,
) -> Result<&'data [SectionHeader], LoadError> {
    let offset = file.e_shoff.get(BE);
    let mut count = u64::from(file.e_shnum.get(BE));
    let outside = |size| LoadError::OutsideFile {
        what: "section header table",
        index: 0,
        offset,
        size,
    };
    let one = size_of::<SectionHeader>() as u64;
    if count == 0 && offset != 0 {
        // Extended numbering: more sections than e_shnum can say.
        let first = slice(data, offset, one).ok_or(outside(one))?;
        let (header, _) = from_bytes::<SectionHeader>(first).map_err(|()| outside(one))?;
        count = header.sh_size.get(BE);
    }
    let size = count.checked_mul(one).ok_or(outside(u64::MAX))?;
    let bytes = slice(data, offset, size).ok_or(outside(size))?;
    let headers = slice_from_bytes::<SectionHeader>(bytes, count as usize);
    headers
        .map(|(headers, _)| headers)
        .map_err(|()| outside(size))
}

/// Index of the string table with the sections' names.
pub(crate) fn section_name_index(
    file: &Header,
    headers: &[SectionHeader],
) -> Result<usize, LoadError> {
    match file.e_shstrndx.get(BE) {
        SHN_XINDEX => headers
            .first()
            .map(|header| header.sh_link.get(BE) as usize)
            .ok_or(LoadError::SymbolTables(0)),
        index => Ok(index.0.into()),
    }
}

/// A string table by its section index.
pub(crate) fn string_table<'data>(
    data: &'data [u8],
    headers: &[SectionHeader],
    index: usize,
) -> Result<&'data [u8], LoadError> {
    let bad = |field, value| LoadError::Section {
        index,
        field,
        value,
    };
    let header = headers
        .get(index)
        .filter(|_| index != 0)
        .ok_or(bad("string table index", index as u64))?;
    if header.sh_type.get(BE) != SHT_STRTAB {
        return Err(bad("string table type", header.sh_type.get(BE).0.into()));
    }
    let (offset, size) = (header.sh_offset.get(BE), header.sh_size.get(BE));
    slice(data, offset, size).ok_or(LoadError::OutsideFile {
        what: "string table",
        index,
        offset,
        size,
    })
}

/// Whether the file has bytes for a section.
fn has_bytes(header: &SectionHeader) -> bool {
    !matches!(header.sh_type.get(BE), SHT_NOBITS | SHT_NULL)
}

impl<'data> Object<'data> {
    pub(crate) fn check_sections(&self) -> Result<(), LoadError> {
        for index in 1..self.headers.len() {
            let header = &self.headers[index];
            let bad = |field, value| LoadError::Section {
                index,
                field,
                value,
            };
            let offset = header.sh_name.get(BE);
            text(self.section_names, offset).ok_or(LoadError::Name {
                what: "section",
                index,
                offset,
            })?;
            let (offset, size) = (header.sh_offset.get(BE), header.sh_size.get(BE));
            if has_bytes(header) && slice(self.data, offset, size).is_none() {
                return Err(LoadError::OutsideFile {
                    what: "section",
                    index,
                    offset,
                    size,
                });
            }
            let align = header.sh_addralign.get(BE);
            if align > 1 && !align.is_power_of_two() {
                return Err(bad("alignment", align));
            }
            let flags = header.sh_flags.get(BE).0;
            if flags & SHF_ALLOC.0 == 0 {
                continue;
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
        }
        self.check_overlaps()
    }

    /// No byte of the file belongs to two sections: none would be copied twice,
    /// or be changed as part of one and read as part of another.
    fn check_overlaps(&self) -> Result<(), LoadError> {
        let mut order = Vec::new();
        order.try_reserve_exact(self.headers.len())?;
        for (index, header) in self.headers.iter().enumerate().skip(1) {
            if has_bytes(header) && header.sh_size.get(BE) != 0 {
                order.push(index as u32);
            }
        }
        let start = |&index: &u32| self.headers[index as usize].sh_offset.get(BE);
        order.sort_unstable_by_key(start);
        for pair in order.windows(2) {
            let size = self.headers[pair[0] as usize].sh_size.get(BE);
            if start(&pair[0]) + size > start(&pair[1]) {
                return Err(LoadError::Overlap {
                    first: pair[0] as usize,
                    second: pair[1] as usize,
                    offset: start(&pair[1]),
                });
            }
        }
        Ok(())
    }

    /// Finds the one symbol table: its entries, and the string table it uses.
    pub(crate) fn symbol_table(&self) -> Result<(&'data [Sym], usize), LoadError> {
        let mut tables = self.sections().filter(|section| section.kind == SHT_SYMTAB);
        let table = match (tables.next(), tables.count()) {
            (Some(table), 0) => table,
            (None, _) => return Err(LoadError::SymbolTables(0)),
            (Some(_), more) => return Err(LoadError::SymbolTables(more + 1)),
        };
        let entry = size_of::<Sym>() as u64;
        header(
            "symbol size",
            self.headers[table.index].sh_entsize.get(BE),
            entry,
        )?;
        let bad = LoadError::Section {
            index: table.index,
            field: "symbol table size",
            value: table.size,
        };
        if table.size % entry != 0 || table.size / entry > u32::MAX.into() {
            return Err(bad);
        }
        let count = (table.size / entry) as usize;
        let (symbols, _) = slice_from_bytes::<Sym>(self.bytes(&table), count).map_err(|()| bad)?;
        Ok((symbols, table.link as usize))
    }

    pub(crate) fn check_symbols(&self) -> Result<(), LoadError> {
        // The first one stands for no symbol: its value is 0, and it is nowhere.
        if let Some(null) = self.symbols.first() {
            let section = null.st_shndx.get(BE);
            if section != SHN_UNDEF || null.st_type() != STT_NOTYPE {
                return Err(LoadError::Symbol {
                    index: 0,
                    field: "section or type of the null symbol, section",
                    value: section.0.into(),
                });
            }
        }
        for (index, symbol) in self.symbols.iter().enumerate().skip(1) {
            let bad = |field, value| LoadError::Symbol {
                index,
                field,
                value,
            };
            let offset = symbol.st_name.get(BE);
            text(self.symbol_names, offset).ok_or(LoadError::Name {
                what: "symbol",
                index,
                offset,
            })?;
            let section = symbol.st_shndx.get(BE);
            let value = symbol.st_value.get(BE);
            match section {
                SHN_UNDEF | SHN_ABS if symbol.st_type() == STT_SECTION => {
                    return Err(bad("type STT_SECTION, section", section.0.into()));
                }
                SHN_UNDEF | SHN_ABS => {}
                SHN_COMMON => {
                    return Err(LoadError::Common(owned(self.symbol(index).name)));
                }
                _ if section.0 >= SHN_LORESERVE => return Err(bad("section", section.0.into())),
                _ => {
                    let header = self.headers.get(usize::from(section.0));
                    let header = header.ok_or(bad("section", section.0.into()))?;
                    if value > header.sh_size.get(BE) {
                        return Err(bad("value", value));
                    }
                }
            }
            match symbol.st_type() {
                STT_TLS => return Err(bad("type STT_TLS, value", value)),
                STT_GNU_IFUNC => return Err(bad("type STT_GNU_IFUNC, value", value)),
                _ => {}
            }
        }
        Ok(())
    }

    pub(crate) fn check_relocation_sections(&self) -> Result<(), LoadError> {
        for section in self.sections() {
            let bad = |field, value| LoadError::RelocationSection {
                index: section.index,
                field,
                value,
            };
            let target = section.info as usize;
            match section.kind {
                SHT_REL if self.is_loaded(target) => {
                    return Err(bad("type SHT_REL, target", target as u64));
                }
                SHT_RELA => {
                    if target == 0 || target >= self.headers.len() || target == section.index {
                        return Err(bad("target", target as u64));
                    }
                    let entry = size_of::<Rela>() as u64;
                    let size = self.headers[section.index].sh_entsize.get(BE);
                    if size != entry {
                        return Err(bad("entry size", size));
                    }
                    if section.size % entry != 0 {
                        return Err(bad("size", section.size));
                    }
                    let link = self.headers.get(section.link as usize);
                    if link.map(|header| header.sh_type.get(BE)) != Some(SHT_SYMTAB) {
                        return Err(bad("symbol table", section.link.into()));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}
