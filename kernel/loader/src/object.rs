//! An object file, every field checked before it is used.
//!
//! Only what loading needs is looked at: a debug section costs its header. What
//! this file promises of an [`Object`]: sections lie inside the file, names are
//! UTF-8 inside their string tables, a symbol's section exists and holds its
//! value, relocation sections name an existing target.

use crate::LoadError;
use crate::relocation::Relocation;
use object::BigEndian as BE;
use object::elf::*;
use object::pod::{from_bytes, slice_from_bytes};

type Header = FileHeader64<BE>;
type SectionHeader = SectionHeader64<BE>;
type Sym = Sym64<BE>;
type Rela = Rela64<BE>;

/// A valid object.
#[derive(Clone, Copy, Debug)]
pub struct Object<'data> {
    data: &'data [u8],
    headers: &'data [SectionHeader],
    section_names: &'data [u8],
    symbols: &'data [Sym],
    symbol_names: &'data [u8],
}

/// A section's header, decoded.
#[derive(Clone, Copy, Debug)]
pub struct Section<'data> {
    /// Index in the file.
    pub index: usize,
    /// Name.
    pub name: &'data str,
    /// `SHT_...`
    pub kind: SectionType,
    /// `SHF_...`
    pub flags: u64,
    /// Bytes.
    pub size: u64,
    /// Alignment, at least 1.
    pub align: u64,
    offset: u64,
    link: u32,
    info: u32,
}

impl Section<'_> {
    /// Whether it takes memory at run time.
    pub fn is_allocated(&self) -> bool {
        self.flags & SHF_ALLOC.0 != 0
    }

    /// Whether the file has its bytes.
    pub fn has_bytes(&self) -> bool {
        self.kind != SHT_NOBITS
    }

    /// Whether it holds per-CPU data: every section that compilers and Linux's
    /// macros name so, suffixed ones too.
    pub fn is_per_cpu(&self) -> bool {
        let rest = self.name.strip_prefix(".data..percpu");
        self.is_allocated() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// A symbol, decoded.
#[derive(Clone, Copy, Debug)]
pub struct SymbolEntry<'data> {
    /// Index in the file.
    pub index: usize,
    /// Name; a section's symbol has its section's.
    pub name: &'data str,
    /// Value: bytes from its section's start.
    pub value: u64,
    /// Bytes.
    pub size: u64,
    /// Section index, or a reserved one.
    pub section: SymbolSection,
    /// `STT_...`
    pub kind: SymbolType,
    /// `STB_...`
    pub binding: SymbolBind,
}

impl SymbolEntry<'_> {
    /// Whether another object must define it.
    pub fn is_undefined(&self) -> bool {
        self.section == SHN_UNDEF && self.index != 0
    }

    /// Whether it may stay undefined.
    pub fn is_weak(&self) -> bool {
        self.binding == STB_WEAK
    }

    /// Whether it stands for its section.
    pub fn is_section(&self) -> bool {
        self.kind == STT_SECTION
    }
}

fn header(field: &'static str, found: impl Into<u64>, wanted: u64) -> Result<(), LoadError> {
    let found = found.into();
    let error = LoadError::Header {
        field,
        found,
        wanted,
    };
    if found == wanted { Ok(()) } else { Err(error) }
}

/// `size` bytes at `offset` of the file.
fn slice(data: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(size).ok()?)?;
    data.get(start..end)
}

/// The NUL-terminated UTF-8 string at `offset`.
fn text(strings: &[u8], offset: u32) -> Option<&str> {
    let rest = strings.get(offset as usize..)?;
    let end = rest.iter().position(|&byte| byte == 0)?;
    core::str::from_utf8(&rest[..end]).ok()
}

impl<'data> Object<'data> {
    /// Checks a file.
    pub fn parse(data: &'data [u8]) -> Result<Self, LoadError> {
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
        header("section header size", file.e_shentsize.get(BE), 64)?;
        let headers = section_headers(data, file)?;
        let names = section_name_index(file, headers)?;
        let mut object = Self {
            data,
            headers,
            section_names: string_table(data, headers, names)?,
            symbols: &[],
            symbol_names: &[],
        };
        object.check_sections()?;
        let table = object.symbol_table()?;
        let bytes = object.bytes(&table);
        header(
            "symbol size",
            object.headers[table.index].sh_entsize.get(BE),
            24,
        )?;
        let count = bytes.len() / size_of::<Sym>();
        let (symbols, _) = slice_from_bytes::<Sym>(bytes, count).map_err(|()| too_short())?;
        object.symbols = symbols;
        object.symbol_names = string_table(data, headers, table.link as usize)?;
        object.check_symbols()?;
        object.check_relocation_sections()?;
        Ok(object)
    }

    fn check_sections(&self) -> Result<(), LoadError> {
        for index in 1..self.headers.len() {
            let header = &self.headers[index];
            let bad = |field, value| LoadError::Section {
                index,
                field,
                value,
            };
            let align = header.sh_addralign.get(BE);
            if align > 1 && !align.is_power_of_two() {
                return Err(bad("alignment", align));
            }
            let (offset, size) = (header.sh_offset.get(BE), header.sh_size.get(BE));
            let in_file =
                header.sh_type.get(BE) == SHT_NOBITS || header.sh_type.get(BE) == SHT_NULL;
            if !in_file && slice(self.data, offset, size).is_none() {
                return Err(LoadError::OutsideFile {
                    what: "section",
                    index,
                    offset,
                    size,
                });
            }
            let allocated = header.sh_flags.get(BE).0 & SHF_ALLOC.0 != 0;
            if allocated && header.sh_flags.get(BE).0 & SHF_TLS.0 != 0 {
                return Err(bad("flag SHF_TLS in", header.sh_flags.get(BE).0));
            }
            let offset = header.sh_name.get(BE);
            text(self.section_names, offset).ok_or(LoadError::Name {
                what: "section",
                index,
                offset,
            })?;
        }
        Ok(())
    }

    fn symbol_table(&self) -> Result<Section<'data>, LoadError> {
        let mut tables = self.sections().filter(|section| section.kind == SHT_SYMTAB);
        match (tables.next(), tables.count()) {
            (Some(table), 0) => Ok(table),
            (None, _) => Err(LoadError::SymbolTables(0)),
            (Some(_), more) => Err(LoadError::SymbolTables(more + 1)),
        }
    }

    fn check_symbols(&self) -> Result<(), LoadError> {
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
            match section {
                SHN_UNDEF | SHN_ABS => {}
                SHN_COMMON => {
                    return Err(LoadError::Common(self.symbol(index).name.into()));
                }
                _ if section.0 >= SHN_LORESERVE => return Err(bad("section", section.0.into())),
                _ => {
                    let header = self.headers.get(usize::from(section.0));
                    let header = header.ok_or(bad("section", section.0.into()))?;
                    let value = symbol.st_value.get(BE);
                    if value > header.sh_size.get(BE) {
                        return Err(bad("value", value));
                    }
                }
            }
            if symbol.st_type() == STT_TLS {
                return Err(bad("type STT_TLS, value", symbol.st_value.get(BE)));
            }
        }
        Ok(())
    }

    fn check_relocation_sections(&self) -> Result<(), LoadError> {
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
                    let size = self.headers[section.index].sh_entsize.get(BE);
                    if size != 24 {
                        return Err(bad("entry size", size));
                    }
                    if self
                        .headers
                        .get(section.link as usize)
                        .map(|h| h.sh_type.get(BE))
                        != Some(SHT_SYMTAB)
                    {
                        return Err(bad("symbol table", section.link.into()));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn is_loaded(&self, index: usize) -> bool {
        self.headers
            .get(index)
            .is_some_and(|header| header.sh_flags.get(BE).0 & SHF_ALLOC.0 != 0)
    }

    /// How many sections the file has, the null one included.
    pub fn section_count(&self) -> usize {
        self.headers.len()
    }

    /// How many symbols the file has, the null one included.
    pub fn symbol_count(&self) -> usize {
        self.symbols.len()
    }

    /// A section by its index, which must be below [`Object::section_count`].
    pub fn section(&self, index: usize) -> Section<'data> {
        let header = &self.headers[index];
        Section {
            index,
            name: text(self.section_names, header.sh_name.get(BE)).unwrap_or(""),
            kind: header.sh_type.get(BE),
            flags: header.sh_flags.get(BE).0,
            size: header.sh_size.get(BE),
            align: header.sh_addralign.get(BE).max(1),
            offset: header.sh_offset.get(BE),
            link: header.sh_link.get(BE),
            info: header.sh_info.get(BE),
        }
    }

    /// All sections but the null one.
    pub fn sections(&self) -> impl Iterator<Item = Section<'data>> + use<'data> {
        let object = *self;
        (1..self.headers.len()).map(move |index| object.section(index))
    }

    /// A section's bytes in the file; none for NOBITS.
    pub fn bytes(&self, section: &Section<'_>) -> &'data [u8] {
        if section.has_bytes() {
            slice(self.data, section.offset, section.size).unwrap_or(&[])
        } else {
            &[]
        }
    }

    /// A symbol by its index, which must be below [`Object::symbol_count`].
    pub fn symbol(&self, index: usize) -> SymbolEntry<'data> {
        let symbol = &self.symbols[index];
        let section = symbol.st_shndx.get(BE);
        let kind = symbol.st_type();
        let name = if kind == STT_SECTION && usize::from(section.0) < self.headers.len() {
            self.section(section.0.into()).name
        } else {
            text(self.symbol_names, symbol.st_name.get(BE)).unwrap_or("")
        };
        SymbolEntry {
            index,
            name,
            value: symbol.st_value.get(BE),
            size: symbol.st_size.get(BE),
            section,
            kind,
            binding: symbol.st_bind(),
        }
    }

    /// All symbols but the null one.
    pub fn symbols(&self) -> impl Iterator<Item = SymbolEntry<'data>> + use<'data> {
        let object = *self;
        (1..self.symbols.len()).map(move |index| object.symbol(index))
    }

    /// The defined symbol of this name.
    pub fn find(&self, name: &str) -> Option<SymbolEntry<'data>> {
        self.symbols()
            .find(|symbol| symbol.name == name && !symbol.is_undefined() && !symbol.is_section())
    }

    /// The symbol with a name that an offset in a section lies in.
    pub fn symbol_at(&self, section: SymbolSection, offset: u64) -> Option<SymbolEntry<'data>> {
        self.symbols().find(|symbol| {
            symbol.section == section
                && !symbol.is_section()
                && symbol.value <= offset
                && offset < symbol.value.saturating_add(symbol.size.max(1))
        })
    }

    /// Names that the module exports: each `X` of a symbol `__ksymtab_X` in a
    /// section whose name starts with `__ksymtab`.
    pub fn exports(&self) -> impl Iterator<Item = &'data str> + use<'data> {
        let object = *self;
        self.symbols().filter_map(move |symbol| {
            let name = symbol.name.strip_prefix("__ksymtab_")?;
            let section = usize::from(symbol.section.0);
            let inside = symbol.section != SHN_UNDEF
                && section < object.section_count()
                && object.section(section).name.starts_with("__ksymtab");
            inside.then_some(name)
        })
    }

    /// `key=value` entries of section `.modinfo`.
    pub fn information(&self) -> impl Iterator<Item = (&'data str, &'data str)> + use<'data> {
        let section = self.sections().find(|section| section.name == ".modinfo");
        let bytes = section.map_or(&[][..], |section| self.bytes(&section));
        bytes
            .split(|&byte| byte == 0)
            .filter_map(|entry| core::str::from_utf8(entry).ok()?.split_once('='))
    }

    /// Relocations of a section that takes memory, with that section.
    pub fn relocations(
        &self,
        section: &Section<'data>,
    ) -> Option<(Section<'data>, Relocations<'data>)> {
        let target = section.info as usize;
        if section.kind != SHT_RELA || !self.is_loaded(target) {
            return None;
        }
        let bytes = self.bytes(section);
        let (entries, _) = slice_from_bytes::<Rela>(bytes, bytes.len() / size_of::<Rela>()).ok()?;
        Some((self.section(target), Relocations(entries.iter())))
    }
}

/// Relocations of a section, decoded one after another.
#[derive(Clone, Debug)]
pub struct Relocations<'data>(core::slice::Iter<'data, Rela>);

impl Iterator for Relocations<'_> {
    type Item = Relocation;

    fn next(&mut self) -> Option<Relocation> {
        let rela = self.0.next()?;
        let info = rela.r_info.get(BE);
        Some(Relocation {
            offset: rela.r_offset.get(BE),
            kind: info as u32,
            symbol: (info >> 32) as u32,
            addend: rela.r_addend.get(BE),
        })
    }
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
    if count == 0 && offset != 0 {
        // Extended numbering: more sections than e_shnum can say.
        let first = slice(data, offset, 64).ok_or(outside(64))?;
        let (header, _) = from_bytes::<SectionHeader>(first).map_err(|()| outside(64))?;
        count = header.sh_size.get(BE);
    }
    let size = count.checked_mul(64).ok_or(outside(u64::MAX))?;
    let bytes = slice(data, offset, size).ok_or(outside(size))?;
    let headers = slice_from_bytes::<SectionHeader>(bytes, count as usize);
    headers
        .map(|(headers, _)| headers)
        .map_err(|()| outside(size))
}

fn section_name_index(file: &Header, headers: &[SectionHeader]) -> Result<usize, LoadError> {
    match file.e_shstrndx.get(BE) {
        SHN_XINDEX => headers
            .first()
            .map(|header| header.sh_link.get(BE) as usize)
            .ok_or(LoadError::SymbolTables(0)),
        index => Ok(index.0.into()),
    }
}

fn string_table<'data>(
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
