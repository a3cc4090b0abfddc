//! An object file, every field checked before it is used.
//!
//! Only what loading needs is looked at: a debug section costs its header. What
//! `validate.rs` makes sure of for an [`Object`]: sections lie inside the file and
//! apart from each other, names are UTF-8 inside their string tables, a symbol's
//! section exists and holds its value, relocation sections name an existing target.

use crate::LoadError;
use crate::section::{Relocations, Section, SymbolEntry};
use crate::validate;
use object::BigEndian as BE;
use object::elf::*;
use object::pod::slice_from_bytes;

pub(crate) type Header = FileHeader64<BE>;
pub(crate) type SectionHeader = SectionHeader64<BE>;
pub(crate) type Sym = Sym64<BE>;
pub(crate) type Rela = Rela64<BE>;

/// A valid object.
#[derive(Clone, Copy, Debug)]
pub struct Object<'data> {
    pub(crate) data: &'data [u8],
    pub(crate) headers: &'data [SectionHeader],
    pub(crate) section_names: &'data [u8],
    pub(crate) symbols: &'data [Sym],
    pub(crate) symbol_names: &'data [u8],
}

/// `size` bytes at `offset` of the file.
pub(crate) fn slice(data: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(size).ok()?)?;
    data.get(start..end)
}

/// Longest name, in bytes. Symbols may share the bytes of a name, so without a
/// limit a small file could ask for a long time of reading.
pub const LONGEST_NAME: usize = 16 * 1024;

/// The NUL-terminated UTF-8 string at `offset`.
pub(crate) fn text(strings: &[u8], offset: u32) -> Option<&str> {
    let rest = strings.get(offset as usize..)?;
    let rest = &rest[..rest.len().min(LONGEST_NAME + 1)];
    let end = rest.iter().position(|&byte| byte == 0)?;
    core::str::from_utf8(&rest[..end]).ok()
}

impl<'data> Object<'data> {
    /// Checks a file.
    pub fn parse(data: &'data [u8]) -> Result<Self, LoadError> {
        let (file, headers) = validate::tables(data)?;
        let names = validate::section_name_index(file, headers)?;
        let mut object = Self {
            data,
            headers,
            section_names: validate::string_table(data, headers, names)?,
            symbols: &[],
            symbol_names: &[],
        };
        object.check_sections()?;
        let (symbols, names) = object.symbol_table()?;
        object.symbols = symbols;
        object.symbol_names = validate::string_table(data, headers, names)?;
        object.check_symbols()?;
        object.check_relocation_sections()?;
        Ok(object)
    }

    pub(crate) fn is_loaded(&self, index: usize) -> bool {
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

    /// A symbol's section, or a reserved one, and its value in it.
    pub(crate) fn place_of(&self, symbol: usize) -> (SymbolSection, u64) {
        let symbol = &self.symbols[symbol];
        (symbol.st_shndx.get(BE), symbol.st_value.get(BE))
    }

    /// A symbol's size.
    pub(crate) fn size_of(&self, symbol: usize) -> u64 {
        self.symbols[symbol].st_size.get(BE)
    }

    /// Whether a symbol, by its index, must be defined by another object.
    pub(crate) fn is_undefined(&self, symbol: usize) -> bool {
        symbol != 0 && self.symbols[symbol].st_shndx.get(BE) == SHN_UNDEF
    }

    /// Whether a symbol, by its index, stands for its section.
    pub(crate) fn is_section_symbol(&self, symbol: usize) -> bool {
        self.symbols[symbol].st_type() == STT_SECTION
    }

    /// The defined symbol of this name: the global one, else a local one, of which
    /// there may be several.
    pub fn find(&self, name: &str) -> Option<SymbolEntry<'data>> {
        let mut named = self
            .symbols()
            .filter(|symbol| symbol.name == name && symbol.is_definition());
        let first = named.next()?;
        if first.is_local() {
            return Some(named.find(|other| !other.is_local()).unwrap_or(first));
        }
        Some(first)
    }

    /// The symbol with a name that an offset in a section lies in.
    pub fn symbol_at(&self, section: SymbolSection, offset: u64) -> Option<SymbolEntry<'data>> {
        let mut symbols = self.symbols();
        symbols.find(|symbol| symbol.section == section && symbol.holds(offset))
    }

    /// Names that the module exports: each `X` of a symbol `__ksymtab_X` in a
    /// section whose name starts with `__ksymtab`.
    pub fn exports(&self) -> impl Iterator<Item = &'data str> + use<'data> {
        let object = *self;
        (1..self.symbols.len()).filter_map(move |index| object.export(index))
    }

    /// The name that the symbol of this index exports, if it is there for that.
    pub(crate) fn export(&self, index: usize) -> Option<&'data str> {
        const PREFIX: &str = "__ksymtab_";
        let symbol = &self.symbols[index];
        let name = self.symbol_names.get(symbol.st_name.get(BE) as usize..)?;
        if !name.starts_with(PREFIX.as_bytes()) || symbol.st_type() == STT_SECTION {
            return None;
        }
        let section = symbol.st_shndx.get(BE);
        let inside = section != SHN_UNDEF
            && usize::from(section.0) < self.section_count()
            && self.section(section.0.into()).name.starts_with("__ksymtab");
        inside.then(|| &self.symbol(index).name[PREFIX.len()..])
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
