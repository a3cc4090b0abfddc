//! An object file, every field checked before it is used.
//!
//! Only what loading needs is looked at: a debug section costs its header. What
//! `validate.rs` makes sure of for an [`Object`]: sections lie inside the file and
//! apart from each other, names are UTF-8 inside their string tables, a symbol's
//! section exists, relocation sections name an existing target.
//! The rest of the loader takes an object, never a file.

use crate::error::LoadError;
use crate::section::{Section, SymbolEntry, section_index};
use crate::tables::{self, Rela, Tables};
use crate::validate;
use object::BigEndian as BE;
use object::elf::*;

/// A checked object; its file stays where it is.
#[derive(Clone, Copy, Debug)]
pub struct Object<'data>(Tables<'data>);

/// The section field of a symbol, and its value.
pub(crate) struct SymbolPlace {
    pub section: SymbolSection,
    pub value: u64,
}

/// What a check has shown to be there.
fn checked<T>(claimed: Option<T>) -> T {
    claimed.unwrap_or_else(|| unreachable!("an object's tables are checked"))
}

impl<'data> Object<'data> {
    /// Checks a file. Takes memory only for the time of the call, four bytes a section.
    ///
    /// # Errors
    /// If the file is no relocatable object for this machine, or one that can't be loaded:
    /// the first thing that is wrong with it.
    pub fn parse(data: &'data [u8]) -> Result<Self, LoadError> {
        let tables = Tables::find(data)?;
        validate::check(&tables)?;
        Ok(Self(tables))
    }

    /// How many sections the file has, the null one included.
    pub fn section_count(&self) -> usize {
        self.0.headers.len()
    }

    /// How many symbols the file has, the null one included.
    pub fn symbol_count(&self) -> usize {
        self.0.symbols.len()
    }

    /// A section by its index.
    ///
    /// # Panics
    /// If the index isn't below [`Object::section_count`].
    pub fn section(&self, index: usize) -> Section<'data> {
        let header = &self.0.headers[index];
        Section {
            index,
            name: checked(self.0.section_name(header)),
            kind: header.sh_type.get(BE),
            flags: header.sh_flags.get(BE).0,
            size: header.sh_size.get(BE),
            align: header.sh_addralign.get(BE).max(1),
            bytes: checked(self.0.bytes(header)),
        }
    }

    /// Whether there is a section that takes memory whose name, with its NUL, is this: without
    /// reading all of each name.
    pub(crate) fn has_section(&self, name: &[u8]) -> bool {
        let mut sections = self.0.headers.iter().enumerate().skip(1);
        sections.any(|(index, header)| {
            self.0.section_name_starts_with(header, name) && self.0.is_loaded(index)
        })
    }

    /// All sections but the null one.
    pub fn sections(&self) -> impl Iterator<Item = Section<'data>> + use<'data> {
        let object = *self;
        (1..self.section_count()).map(move |index| object.section(index))
    }

    /// A symbol by its index.
    ///
    /// # Panics
    /// If the index isn't below [`Object::symbol_count`].
    pub fn symbol(&self, index: usize) -> SymbolEntry<'data> {
        let symbol = &self.0.symbols[index];
        let name = match section_index(symbol.st_shndx.get(BE)) {
            Some(section) if symbol.st_type() == STT_SECTION => self.section(section).name,
            // The null symbol's name isn't checked.
            _ if index == 0 => "",
            _ => checked(self.0.symbol_name(symbol)),
        };
        SymbolEntry {
            index,
            name,
            value: symbol.st_value.get(BE),
            size: symbol.st_size.get(BE),
            section: symbol.st_shndx.get(BE),
            kind: symbol.st_type(),
            binding: symbol.st_bind(),
        }
    }

    /// All symbols but the null one.
    pub fn symbols(&self) -> impl Iterator<Item = SymbolEntry<'data>> + use<'data> {
        let object = *self;
        (1..self.symbol_count()).map(move |index| object.symbol(index))
    }

    /// The symbols of a section, by its index.
    pub(crate) fn symbols_of(
        &self,
        section: usize,
    ) -> impl Iterator<Item = SymbolEntry<'data>> + use<'data> {
        let object = *self;
        let symbols = object.places().enumerate();
        let inside = symbols.filter(move |(_, it)| section_index(it.section) == Some(section));
        inside.map(move |(index, _)| object.symbol(index))
    }

    /// Bytes of a section in memory, by its index.
    pub(crate) fn section_size(&self, section: usize) -> u64 {
        self.0.headers[section].sh_size.get(BE)
    }

    /// The places of all symbols, the null one included, by index.
    pub(crate) fn places(&self) -> impl Iterator<Item = SymbolPlace> + use<'data> {
        self.0.symbols.iter().map(|symbol| SymbolPlace {
            section: symbol.st_shndx.get(BE),
            value: symbol.st_value.get(BE),
        })
    }

    /// The section field of a symbol, by its index, and its value.
    pub(crate) fn place_of(&self, symbol: usize) -> (SymbolSection, u64) {
        let symbol = &self.0.symbols[symbol];
        (symbol.st_shndx.get(BE), symbol.st_value.get(BE))
    }

    /// The type of a symbol, by its index.
    pub(crate) fn kind_of(&self, symbol: usize) -> SymbolType {
        self.0.symbols[symbol].st_type()
    }

    /// A symbol's size.
    pub(crate) fn size_of(&self, symbol: usize) -> u64 {
        self.0.symbols[symbol].st_size.get(BE)
    }

    /// Whether a symbol, by its index, must be defined by another object.
    pub(crate) fn is_undefined(&self, symbol: usize) -> bool {
        symbol != 0 && self.0.symbols[symbol].st_shndx.get(BE) == SHN_UNDEF
    }

    /// Whether a symbol, by its index, stands for its section.
    pub(crate) fn is_section_symbol(&self, symbol: usize) -> bool {
        self.0.symbols[symbol].st_type() == STT_SECTION
    }

    /// Whether only its own source file means a symbol, by its index.
    pub(crate) fn is_local(&self, symbol: usize) -> bool {
        self.0.symbols[symbol].st_bind() == STB_LOCAL
    }

    /// The defined symbol of this name: the global one, else a local one, of which
    /// there may be several.
    pub fn find(&self, name: &str) -> Option<SymbolEntry<'data>> {
        let mut named = self.named(name).filter(SymbolEntry::is_definition);
        let first = named.next()?;
        if first.is_local() {
            return Some(named.find(|other| !other.is_local()).unwrap_or(first));
        }
        Some(first)
    }

    /// All symbols of this name but those of sections.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = SymbolEntry<'data>> {
        let object = *self;
        let is_it = move |&index: &usize| {
            let symbol = &object.0.symbols[index];
            object.0.symbol_name_starts_with(symbol, name.as_bytes())
                && checked(object.0.symbol_name(symbol)) == name
                && symbol.st_type() != STT_SECTION
        };
        let found = (1..self.symbol_count()).filter(is_it);
        found.map(move |index| object.symbol(index))
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
        self.export_places().map(move |place| object.name_at(place))
    }

    /// Where the names that the module exports begin in the string table of its symbols.
    pub(crate) fn export_places(&self) -> impl Iterator<Item = u32> + use<'data> {
        const PREFIX: &[u8] = b"__ksymtab_";
        let object = *self;
        let any = (1..self.section_count()).any(|section| self.has_exports(section));
        // Most modules have no such section, and none of their symbols is looked at.
        let symbols = self.0.symbols.get(1..).filter(|_| any);
        let mut before = SHN_UNDEF;
        symbols.unwrap_or(&[]).iter().filter_map(move |symbol| {
            if !object.0.symbol_name_starts_with(symbol, PREFIX) || symbol.st_type() == STT_SECTION
            {
                return None;
            }
            // Most are in one section: its name needn't be looked at for each.
            let section = symbol.st_shndx.get(BE);
            if section != before && !object.has_exports(section_index(section)?) {
                return None;
            }
            before = section;
            Some(symbol.st_name.get(BE) + PREFIX.len() as u32)
        })
    }

    /// The CRCs of what the module exports: each `X` of a symbol `__crc_X` in a section whose
    /// name starts with `__kcrctab`, and the word there.
    pub fn export_crcs(&self) -> impl Iterator<Item = (&'data str, u32)> + use<'data> {
        const PREFIX: &[u8] = b"__crc_";
        let object = *self;
        let has_crcs = move |section: usize| {
            let header = &object.0.headers[section];
            object.0.section_name_starts_with(header, b"__kcrctab")
        };
        let any = (1..self.section_count()).any(has_crcs);
        let symbols = self.0.symbols.get(1..).filter(|_| any);
        symbols.unwrap_or(&[]).iter().filter_map(move |symbol| {
            if !object.0.symbol_name_starts_with(symbol, PREFIX) {
                return None;
            }
            let section = section_index(symbol.st_shndx.get(BE))?;
            let bytes = checked(object.0.bytes(&object.0.headers[section]));
            let place = usize::try_from(symbol.st_value.get(BE)).ok()?;
            let crc = bytes.get(place..)?.first_chunk()?;
            let name = object.name_at(symbol.st_name.get(BE) + PREFIX.len() as u32);
            has_crcs(section).then(|| (name, u32::from_be_bytes(*crc)))
        })
    }

    /// Where the names of all symbols begin in their string table, the null one's included, by
    /// index.
    pub(crate) fn name_places(&self) -> impl Iterator<Item = u32> + use<'data> {
        self.0.symbols.iter().map(|symbol| symbol.st_name.get(BE))
    }

    /// Where the name of a symbol, by its index, begins in their string table.
    pub(crate) fn name_place(&self, symbol: usize) -> u32 {
        self.0.symbols[symbol].st_name.get(BE)
    }

    /// The name at a place of the symbols' string table that a symbol or an export has.
    pub(crate) fn name_at(&self, place: u32) -> &'data str {
        checked(self.0.symbol_name_at(place))
    }

    /// As [`name_at`](Self::name_at), with the name's hash.
    #[inline(always)]
    pub(crate) fn hashed_name(&self, place: u32) -> (&'data str, u32) {
        checked(self.0.hashed_symbol_name(place))
    }

    /// Whether the symbols of a section, by its index, are entries of exports.
    fn has_exports(&self, section: usize) -> bool {
        let header = &self.0.headers[section];
        self.0.section_name_starts_with(header, b"__ksymtab")
    }

    /// Whether a symbol, by its index, names something in this object that can be exported.
    #[inline]
    pub(crate) fn is_exportable(&self, symbol: usize) -> bool {
        let symbol = &self.0.symbols[symbol];
        let section = symbol.st_shndx.get(BE);
        match symbol.st_type() {
            STT_SECTION | STT_FILE => false,
            // Entries of exports have no type that says more.
            STT_FUNC if section != SHN_UNDEF => true,
            _ if section == SHN_UNDEF => false,
            _ => !section_index(section).is_some_and(|section| self.has_exports(section)),
        }
    }

    /// `key=value` entries of section `.modinfo`, in the order of the file. What isn't
    /// UTF-8, or has no `=`, is left out.
    pub fn information(&self) -> impl Iterator<Item = (&'data str, &'data str)> + use<'data> {
        let is_it = |header: &&_| self.0.section_name_starts_with(header, b".modinfo\0");
        let header = self.0.headers.iter().skip(1).find(is_it);
        let bytes = header.map_or(&[][..], |header| checked(self.0.bytes(header)));
        bytes
            .split(|&byte| byte == 0)
            .filter_map(|entry| core::str::from_utf8(entry).ok()?.split_once('='))
    }

    /// The relocations of all sections that take memory, in the order of the file: the index
    /// of the section that they apply to, and the entries.
    pub(crate) fn relocations(&self) -> impl Iterator<Item = (usize, &'data [Rela])> + use<'data> {
        let object = *self;
        self.0.headers.iter().skip(1).filter_map(move |header| {
            let target = header.sh_info.get(BE) as usize;
            if header.sh_type.get(BE) != SHT_RELA || !object.0.is_loaded(target) {
                return None;
            }
            let bytes = checked(object.0.bytes(header));
            Some((target, checked(tables::relocations(bytes))))
        })
    }
}
