//! The tables of an object file, found but not yet checked: what a header says of them is
//! taken as a claim, and every access may fail.
//!
//! [`Tables`] is the unchecked view of a file. It knows only that the section table, the
//! symbol table and both string tables lie inside the file. `validate.rs` checks what is
//! in them; an [`Object`](crate::object::Object) is what has passed, and all of the
//! loader but these two files works with that.

use crate::error::{Compiler, LoadError, Name};
use crate::name_hash::hash_until_nul;
use object::BigEndian as BE;
use object::elf::*;
use object::pod::{from_bytes, slice_from_bytes};

pub(crate) type SectionHeader = SectionHeader64<BE>;
pub(crate) type Sym = Sym64<BE>;
pub(crate) type Rela = Rela64<BE>;
type Header = FileHeader64<BE>;

/// Longest name, in bytes. Symbols may share the bytes of a name, so without a
/// limit a small file could ask for a long time of reading.
pub const LONGEST_NAME: usize = 16 * 1024;

/// A string table up to its first name that is none: names in UTF-8, a NUL behind each.
/// So whether there is a name at an offset is seen without reading it.
#[derive(Clone, Copy, Debug)]
struct StringTable<'data>(&'data str);

impl<'data> StringTable<'data> {
    /// Reads a table, once.
    fn new(bytes: &'data [u8]) -> Self {
        let text = match core::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
        };
        // Behind each name, a NUL comes before the longest name would have ended.
        let mut names = 0;
        loop {
            let rest = &text.as_bytes()[names..];
            let next = &rest[..rest.len().min(LONGEST_NAME + 1)];
            match next.iter().rposition(|&byte| byte == 0) {
                Some(end) => names += end + 1,
                None => return Self(&text[..names]),
            }
        }
    }

    /// Whether a name starts at an offset.
    #[inline]
    fn has_name(&self, offset: u32) -> bool {
        // Where a character begins, and behind each there is a NUL.
        let byte = self.0.as_bytes().get(offset as usize);
        byte.is_some_and(|&byte| byte & 0xc0 != 0x80)
    }

    /// The name at an offset, if one starts there.
    fn name(&self, offset: u32) -> Option<&'data str> {
        let (name, _) = self.hashed(offset)?;
        Some(name)
    }

    /// The name at an offset, if one starts there, and its hash.
    #[inline(always)]
    fn hashed(&self, offset: u32) -> Option<(&'data str, u32)> {
        let rest = self.0.get(offset as usize..)?;
        let (length, hash) = hash_until_nul(rest.as_bytes())?;
        Some((rest.get(..length)?, hash))
    }

    /// Whether the name at an offset begins so.
    fn starts_with(&self, offset: u32, prefix: &[u8]) -> bool {
        let rest = self.0.as_bytes().get(offset as usize..);
        rest.is_some_and(|rest| rest.starts_with(prefix))
    }
}

/// A file's tables. Nothing in them is checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tables<'data> {
    data: &'data [u8],
    pub headers: &'data [SectionHeader],
    section_names: StringTable<'data>,
    pub symbols: &'data [Sym],
    symbol_names: StringTable<'data>,
}

impl<'data> Tables<'data> {
    /// Finds them by the file's header.
    ///
    /// # Errors
    /// If the file is no relocatable object for this machine, or a table is missing or
    /// not inside it.
    pub fn find(data: &'data [u8]) -> Result<Self, LoadError> {
        let file = file_header(data)?;
        let headers = section_headers(data, file)?;
        let section_names = match file.e_shstrndx.get(BE) {
            // The index doesn't fit the file's header.
            SHN_XINDEX => headers.first().map_or(0, |first| first.sh_link.get(BE)),
            index => index.0.into(),
        };
        let section_names = string_table(data, headers, section_names as usize)?;
        let (symbols, symbol_names) = symbol_table(data, headers)?;
        Ok(Self {
            data,
            headers,
            section_names,
            symbols,
            symbol_names: string_table(data, headers, symbol_names)?,
        })
    }

    /// A section's bytes, which are none for NOBITS; `None` if they aren't in the file.
    pub fn bytes(&self, header: &SectionHeader) -> Option<&'data [u8]> {
        match header.sh_type.get(BE) {
            SHT_NOBITS | SHT_NULL => Some(&[]),
            _ => slice(self.data, header.sh_offset.get(BE), header.sh_size.get(BE)),
        }
    }

    /// Whether a section has a name that is one.
    pub fn has_section_name(&self, header: &SectionHeader) -> bool {
        self.section_names.has_name(header.sh_name.get(BE))
    }

    /// A section's name, if it is one.
    pub fn section_name(&self, header: &SectionHeader) -> Option<&'data str> {
        self.section_names.name(header.sh_name.get(BE))
    }

    /// Whether a section's name begins so, without reading all of it.
    pub fn section_name_starts_with(&self, header: &SectionHeader, prefix: &[u8]) -> bool {
        let name = header.sh_name.get(BE);
        self.section_names.starts_with(name, prefix)
    }

    /// Whether a symbol has a name that is one.
    #[inline]
    pub fn has_symbol_name(&self, symbol: &Sym) -> bool {
        self.symbol_names.has_name(symbol.st_name.get(BE))
    }

    /// A symbol's name, if it is one.
    pub fn symbol_name(&self, symbol: &Sym) -> Option<&'data str> {
        self.symbol_names.name(symbol.st_name.get(BE))
    }

    /// The name at an offset in the symbols' string table, if it is one.
    pub fn symbol_name_at(&self, offset: u32) -> Option<&'data str> {
        self.symbol_names.name(offset)
    }

    /// The name at an offset in the symbols' string table, if it is one, and its hash.
    #[inline(always)]
    pub fn hashed_symbol_name(&self, offset: u32) -> Option<(&'data str, u32)> {
        self.symbol_names.hashed(offset)
    }

    /// Whether a symbol's name begins so: for a symbol in a hundred thousand, without
    /// reading all of each name. With a NUL at its end, whether that is the name.
    #[inline]
    pub fn symbol_name_starts_with(&self, symbol: &Sym, prefix: &[u8]) -> bool {
        self.symbol_names
            .starts_with(symbol.st_name.get(BE), prefix)
    }

    /// Whether a section takes memory; one that isn't there doesn't.
    pub fn is_loaded(&self, section: usize) -> bool {
        let header = self.headers.get(section);
        header.is_some_and(|header| header.sh_flags.get(BE).0 & SHF_ALLOC.0 != 0)
    }
}

/// `size` bytes at `offset` of the file.
fn slice(data: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(size).ok()?)?;
    data.get(start..end)
}

fn file_header(data: &[u8]) -> Result<&Header, LoadError> {
    let too_short = || LoadError::TooShort { bytes: data.len() };
    match data.first_chunk() {
        None | Some(&ELFMAG) => {}
        Some(b"BC\xc0\xde" | b"\x0b\x17\xc0\xde") => {
            return Err(LoadError::LinkTimeCode(Compiler::Llvm));
        }
        Some(_) => return Err(LoadError::NotElf),
    }
    let (file, _) = from_bytes::<Header>(data).map_err(|()| too_short())?;
    let entry = size_of::<SectionHeader>() as u64;
    let version = u64::from(EV_CURRENT.0);
    for (field, found, wanted) in [
        ("class", file.e_ident.class.0.into(), ELFCLASS64.0.into()),
        (
            "byte order",
            file.e_ident.data.0.into(),
            ELFDATA2MSB.0.into(),
        ),
        (
            "identification version",
            file.e_ident.version.0.into(),
            version,
        ),
        ("type", file.e_type.get(BE).0.into(), ET_REL.0.into()),
        ("machine", file.e_machine.get(BE).0.into(), EM_S390.0.into()),
        ("version", file.e_version.get(BE).into(), version),
        (
            "section header size",
            file.e_shentsize.get(BE).into(),
            entry,
        ),
    ] {
        is_field(field, found, wanted)?;
    }
    Ok(file)
}

fn is_field(field: &'static str, found: u64, wanted: u64) -> Result<(), LoadError> {
    if found == wanted {
        return Ok(());
    }
    Err(LoadError::Header {
        field,
        found,
        wanted,
    })
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
        let first = slice(data, offset, one).ok_or_else(|| outside(one))?;
        let (header, _) = from_bytes::<SectionHeader>(first).map_err(|()| outside(one))?;
        count = header.sh_size.get(BE);
    }
    let size = count.checked_mul(one).ok_or_else(|| outside(u64::MAX))?;
    let bytes = slice(data, offset, size).ok_or_else(|| outside(size))?;
    entries(bytes).ok_or_else(|| outside(size))
}

/// All entries of a table.
fn entries<T: object::pod::Pod>(bytes: &[u8]) -> Option<&[T]> {
    let (entries, _) = slice_from_bytes(bytes, bytes.len() / size_of::<T>()).ok()?;
    Some(entries)
}

/// A string table by its section index.
fn string_table<'data>(
    data: &'data [u8],
    headers: &[SectionHeader],
    index: usize,
) -> Result<StringTable<'data>, LoadError> {
    let bad = |field, value| LoadError::Section {
        index,
        name: Name::new(""),
        field,
        value,
    };
    let header = headers
        .get(index)
        .filter(|_| index != 0)
        .ok_or_else(|| bad("string table index", index as u64))?;
    if header.sh_type.get(BE) != SHT_STRTAB {
        return Err(bad("string table type", header.sh_type.get(BE).0.into()));
    }
    let (offset, size) = (header.sh_offset.get(BE), header.sh_size.get(BE));
    match slice(data, offset, size) {
        Some(bytes) => Ok(StringTable::new(bytes)),
        None => Err(LoadError::OutsideFile {
            what: "string table",
            index,
            offset,
            size,
        }),
    }
}

/// The one symbol table, and the index of the string table that it uses.
fn symbol_table<'data>(
    data: &'data [u8],
    headers: &[SectionHeader],
) -> Result<(&'data [Sym], usize), LoadError> {
    let is_table = |header: &SectionHeader| header.sh_type.get(BE) == SHT_SYMTAB;
    let mut tables = headers.iter().enumerate().skip(1);
    let mut tables = tables.by_ref().filter(|(_, header)| is_table(header));
    let (index, header) = match (tables.next(), tables.count()) {
        (Some(table), 0) => table,
        (first, more) => {
            let count = more + usize::from(first.is_some());
            return Err(LoadError::SymbolTables(count));
        }
    };
    let (offset, size) = (header.sh_offset.get(BE), header.sh_size.get(BE));
    let Some(bytes) = slice(data, offset, size) else {
        return Err(LoadError::OutsideFile {
            what: "section",
            index,
            offset,
            size,
        });
    };
    let entry = size_of::<Sym>() as u64;
    is_field("symbol size", header.sh_entsize.get(BE), entry)?;
    let bad = || LoadError::Section {
        index,
        name: Name::new(""),
        field: "symbol table size",
        value: size,
    };
    if !size.is_multiple_of(entry) || size / entry > u32::MAX.into() {
        return Err(bad());
    }
    let symbols = entries(bytes).ok_or_else(bad)?;
    Ok((symbols, header.sh_link.get(BE) as usize))
}

/// All relocations of a section's bytes; the size has been checked.
pub(crate) fn relocations(bytes: &[u8]) -> Option<&[Rela]> {
    entries(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(bytes: &[u8], offsets: &[u32]) -> Vec<Option<String>> {
        let table = StringTable::new(bytes);
        let name = |&offset: &u32| {
            let name = table.name(offset);
            assert_eq!(table.has_name(offset), name.is_some(), "{offset}");
            name.map(str::to_owned)
        };
        offsets.iter().map(name).collect()
    }

    #[test]
    fn names_end_with_the_first_that_is_none() {
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(
            names(b"\0ab\0c\0open", &[0, 1, 2, 3, 4, 6, 9, 10, u32::MAX]),
            [
                some(""),
                some("ab"),
                some("b"),
                some(""),
                some("c"),
                None,
                None,
                None,
                None
            ]
        );
        assert_eq!(names(b"a\0b\xff\0c\0", &[0, 2, 5]), [some("a"), None, None]);
        // In the middle of a character there is none.
        assert_eq!(names("ä\0".as_bytes(), &[0, 1]), [some("ä"), None]);
        assert_eq!(names(b"", &[0]), [None]);
    }

    #[test]
    fn a_name_may_be_as_long_as_the_longest() {
        let longest = "n".repeat(LONGEST_NAME);
        let table = format!("a\0{longest}\0b\0n{longest}\0c\0");
        let behind = 2 + LONGEST_NAME as u32 + 1;
        assert_eq!(
            names(table.as_bytes(), &[0, 2, behind, behind + 2]),
            [
                Some("a".to_owned()),
                Some(longest),
                Some("b".to_owned()),
                None
            ]
        );
    }

    #[test]
    fn a_prefix_with_a_nul_is_the_whole_name() {
        let table = StringTable::new(b"ab\0abc\0");
        assert!(table.starts_with(0, b"ab\0") && table.starts_with(3, b"ab"));
        assert!(!table.starts_with(3, b"ab\0") && !table.starts_with(99, b""));
    }
}
