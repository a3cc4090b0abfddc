//! Objects put together by hand: what an assembler would not write, or not fast.

use loader::Object;

pub const PROGBITS: u32 = 1;
pub const NOBITS: u32 = 8;
pub const ALLOC: u64 = 2;
pub const DATA: u64 = 3;
pub const TEXT: u64 = 6;

const SYMTAB: u32 = 2;
const STRTAB: u32 = 3;
const RELA: u32 = 4;

/// A section header's fields; the rest is worked out.
#[derive(Clone, Debug, Default)]
struct Section {
    name: u32,
    kind: u32,
    flags: u64,
    bytes: Vec<u8>,
    /// For NOBITS.
    size: Option<u64>,
    link: u32,
    info: u32,
    align: u64,
    entry: u64,
}

/// An object in the making.
pub struct Builder {
    sections: Vec<Section>,
    names: Vec<u8>,
    symbols: Vec<u8>,
    strings: Vec<u8>,
}

/// A relocation: offset, type, symbol, addend.
pub type Rela = (u64, u32, u32, i64);

impl Builder {
    pub fn new() -> Self {
        Self {
            sections: vec![Section::default()],
            names: vec![0],
            symbols: vec![0; 24],
            strings: vec![0],
        }
    }

    fn add(&mut self, name: &str, section: Section) -> u32 {
        let at = self.names.len() as u32;
        self.names.extend(name.bytes().chain([0]));
        self.sections.push(Section {
            name: at,
            ..section
        });
        self.sections.len() as u32 - 1
    }

    /// A section with bytes; its index.
    pub fn section(&mut self, name: &str, flags: u64, align: u64, bytes: Vec<u8>) -> u32 {
        let section = Section {
            kind: PROGBITS,
            flags,
            bytes,
            align,
            ..Section::default()
        };
        self.add(name, section)
    }

    /// A section without bytes; its index.
    pub fn zeroed(&mut self, name: &str, flags: u64, align: u64, size: u64) -> u32 {
        let section = Section {
            kind: NOBITS,
            flags,
            size: Some(size),
            align,
            ..Section::default()
        };
        self.add(name, section)
    }

    /// A symbol; `info` is binding and type. Its index.
    pub fn symbol(&mut self, name: &str, info: u8, section: u16, value: u64, size: u64) -> u32 {
        let at = self.strings.len() as u32;
        self.strings.extend(name.bytes().chain([0]));
        self.named(at, info, section, value, size)
    }

    /// A symbol whose name is at an offset of the string table.
    pub fn named(&mut self, name: u32, info: u8, section: u16, value: u64, size: u64) -> u32 {
        self.symbols.extend(name.to_be_bytes());
        self.symbols.extend([info, 0]);
        self.symbols.extend(section.to_be_bytes());
        self.symbols.extend(value.to_be_bytes());
        self.symbols.extend(size.to_be_bytes());
        self.symbols.len() as u32 / 24 - 1
    }

    /// The relocations of a section. The symbol table is the last section but two.
    pub fn relocations(&mut self, target: u32, entries: impl IntoIterator<Item = Rela>) -> u32 {
        let mut bytes = Vec::new();
        for (offset, kind, symbol, addend) in entries {
            bytes.extend(offset.to_be_bytes());
            bytes.extend(symbol.to_be_bytes());
            bytes.extend(kind.to_be_bytes());
            bytes.extend(addend.to_be_bytes());
        }
        let section = Section {
            kind: RELA,
            bytes,
            info: target,
            align: 8,
            entry: 24,
            ..Section::default()
        };
        self.add(".rela", section)
    }

    /// The file: header, sections' bytes, section table.
    pub fn finish(mut self) -> Vec<u8> {
        let table = self.sections.len() as u32;
        let mut entries = self.symbols.chunks(24);
        let first_global = entries.position(|symbol| symbol[4] >> 4 != 0);
        let symbols = Section {
            kind: SYMTAB,
            info: first_global.unwrap_or(self.symbols.len() / 24) as u32,
            bytes: std::mem::take(&mut self.symbols),
            link: table + 1,
            align: 8,
            entry: 24,
            ..Section::default()
        };
        self.add(".symtab", symbols);
        let strings = Section {
            kind: STRTAB,
            bytes: std::mem::take(&mut self.strings),
            align: 1,
            ..Section::default()
        };
        self.add(".strtab", strings);
        let names = Section {
            kind: STRTAB,
            align: 1,
            ..Section::default()
        };
        self.add(".shstrtab", names);
        for section in &mut self.sections {
            if section.kind == RELA {
                section.link = table;
            }
        }
        self.sections[table as usize + 2].bytes = std::mem::take(&mut self.names);
        self.write()
    }

    fn write(mut self) -> Vec<u8> {
        let mut data = vec![0; 64];
        let mut offsets = Vec::new();
        for section in &self.sections {
            data.resize(data.len().next_multiple_of(8), 0);
            offsets.push(data.len() as u64);
            data.extend(&section.bytes);
        }
        data.resize(data.len().next_multiple_of(8), 0);
        let table = data.len() as u64;
        let count = self.sections.len();
        // Extended numbering: what doesn't fit the header is in the null section.
        let extended = count >= 0xff00;
        if extended {
            self.sections[0].size = Some(count as u64);
            self.sections[0].link = count as u32 - 1;
        }
        for (section, offset) in self.sections.iter().zip(offsets) {
            data.extend(section.name.to_be_bytes());
            data.extend(section.kind.to_be_bytes());
            data.extend(section.flags.to_be_bytes());
            data.extend(0u64.to_be_bytes());
            data.extend(offset.to_be_bytes());
            let size = section.size.unwrap_or(section.bytes.len() as u64);
            data.extend(size.to_be_bytes());
            data.extend(section.link.to_be_bytes());
            data.extend(section.info.to_be_bytes());
            data.extend(section.align.to_be_bytes());
            data.extend(section.entry.to_be_bytes());
        }
        data[..8].copy_from_slice(b"\x7fELF\x02\x02\x01\0");
        let number = if extended { 0 } else { count as u16 };
        let names = if extended { 0xffff } else { count as u16 - 1 };
        for (at, value) in [
            (16, 1),
            (18, 22),
            (52, 64),
            (58, 64),
            (60, number),
            (62, names),
        ] {
            data[at..at + 2].copy_from_slice(&value.to_be_bytes());
        }
        data[20..24].copy_from_slice(&1u32.to_be_bytes());
        data[40..48].copy_from_slice(&table.to_be_bytes());
        data
    }
}

/// Changes to a file that is otherwise valid, by the names of the ELF structures.
pub struct Patch {
    pub data: Vec<u8>,
    table: usize,
}

impl Patch {
    pub fn new(data: &[u8]) -> Self {
        assert!(Object::parse(data).is_ok(), "what is to be broken is whole");
        let table = u64::from_be_bytes(data[40..48].try_into().unwrap());
        Self {
            data: data.to_vec(),
            table: table as usize,
        }
    }

    /// A big-endian number of so many bytes.
    pub fn put(mut self, at: usize, bytes: usize, value: u64) -> Self {
        self.data[at..at + bytes].copy_from_slice(&value.to_be_bytes()[8 - bytes..]);
        self
    }

    fn field(&self, section: u32, at: usize, bytes: usize) -> u64 {
        let start = self.table + 64 * section as usize + at;
        let bytes = &self.data[start..start + bytes];
        bytes
            .iter()
            .fold(0, |value, &byte| value << 8 | u64::from(byte))
    }

    /// A field of a section's header, by its offset there.
    pub fn section(self, section: u32, field: (usize, usize), value: u64) -> Self {
        let at = self.table + 64 * section as usize + field.0;
        self.put(at, field.1, value)
    }

    /// The first section of this name.
    pub fn find(&self, name: &str) -> u32 {
        let object = Object::parse(&self.data).unwrap();
        let mut sections = object.sections();
        let found = sections.find(|section| section.name == name);
        found.expect(name).index as u32
    }

    /// A field of entry `index` of a table of 24-byte entries: a section's symbols
    /// or relocations.
    pub fn entry(self, table: u32, index: usize, field: (usize, usize), value: u64) -> Self {
        let start = self.field(table, SH_OFFSET.0, SH_OFFSET.1) as usize;
        self.put(start + 24 * index + field.0, field.1, value)
    }
}

// Where fields are, and their bytes.
pub const SH_NAME: (usize, usize) = (0, 4);
pub const SH_TYPE: (usize, usize) = (4, 4);
pub const SH_FLAGS: (usize, usize) = (8, 8);
pub const SH_OFFSET: (usize, usize) = (24, 8);
pub const SH_SIZE: (usize, usize) = (32, 8);
pub const SH_LINK: (usize, usize) = (40, 4);
pub const SH_INFO: (usize, usize) = (44, 4);
pub const SH_ADDRALIGN: (usize, usize) = (48, 8);
pub const SH_ENTSIZE: (usize, usize) = (56, 8);
pub const ST_NAME: (usize, usize) = (0, 4);
pub const ST_INFO: (usize, usize) = (4, 1);
pub const ST_SHNDX: (usize, usize) = (6, 2);
pub const ST_VALUE: (usize, usize) = (8, 8);
pub const R_OFFSET: (usize, usize) = (0, 8);
pub const R_SYM: (usize, usize) = (8, 4);
pub const R_TYPE: (usize, usize) = (12, 4);
