//! A small reader of ELF64 big-endian objects, from the format's description:
//! the checker shares no code with the loader.

/// A section's header.
#[derive(Clone, Debug)]
pub struct Section {
    pub name: String,
    pub kind: u64,
    pub flags: u64,
    pub offset: u64,
    pub size: u64,
    pub info: u64,
    pub align: u64,
}

pub const SHT_RELA: u64 = 4;
pub const SHT_NOBITS: u64 = 8;
pub const SHF_ALLOC: u64 = 2;

/// A symbol.
#[derive(Clone, Debug)]
pub struct Symbol {
    pub weak: bool,
    pub is_section: bool,
    pub section: u64,
    pub value: u64,
}

/// A relocation.
#[derive(Clone, Debug)]
pub struct Rela {
    pub offset: u64,
    pub kind: u64,
    pub symbol: usize,
    pub addend: i64,
}

/// The file.
pub struct Elf<'a> {
    data: &'a [u8],
    pub sections: Vec<Section>,
    pub symbols: Vec<Symbol>,
}

/// `width` bytes at `at` as a number.
pub fn number(data: &[u8], at: u64, width: u64) -> u64 {
    let bytes = &data[at as usize..][..width as usize];
    bytes
        .iter()
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}

fn text(data: &[u8], at: u64) -> String {
    let bytes = data[at as usize..].iter().take_while(|&&byte| byte != 0);
    String::from_utf8(bytes.copied().collect()).expect("a name is UTF-8")
}

impl<'a> Elf<'a> {
    pub fn read(data: &'a [u8]) -> Self {
        let (table, count) = (number(data, 40, 8), number(data, 60, 2));
        let names = number(data, 62, 2);
        let names = number(data, table + names * 64 + 24, 8);
        let header = |index| {
            let at = table + index * 64;
            Section {
                name: text(data, names + number(data, at, 4)),
                kind: number(data, at + 4, 4),
                flags: number(data, at + 8, 8),
                offset: number(data, at + 24, 8),
                size: number(data, at + 32, 8),
                info: number(data, at + 44, 4),
                align: number(data, at + 48, 8),
            }
        };
        let sections: Vec<_> = (0..count).map(header).collect();
        let symtab = sections.iter().position(|section| section.kind == 2);
        let symtab = symtab.expect("a symbol table") as u64;
        let table = &sections[symtab as usize];
        let symbol = |index| {
            let at = table.offset + index * 24;
            let info = number(data, at + 4, 1);
            Symbol {
                weak: info >> 4 == 2,
                is_section: info & 15 == 3,
                section: number(data, at + 6, 2),
                value: number(data, at + 8, 8),
            }
        };
        let symbols = (0..table.size / 24).map(symbol).collect();
        Self {
            data,
            sections,
            symbols,
        }
    }

    /// A section's bytes.
    pub fn bytes(&self, section: &Section) -> &'a [u8] {
        match section.kind {
            SHT_NOBITS => &[],
            _ => &self.data[section.offset as usize..][..section.size as usize],
        }
    }

    /// A section's relocations.
    pub fn relocations(&self, section: &Section) -> impl Iterator<Item = Rela> {
        let (data, offset) = (self.data, section.offset);
        (0..section.size / 24).map(move |index| {
            let at = offset + index * 24;
            Rela {
                offset: number(data, at, 8),
                symbol: number(data, at + 8, 4) as usize,
                kind: number(data, at + 12, 4),
                addend: number(data, at + 16, 8).cast_signed(),
            }
        })
    }
}
