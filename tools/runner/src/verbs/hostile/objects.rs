//! Broken modules, from good ones: bits anywhere, and fields of what ELF has tables of.

use super::change::until_changed;
use fastrand::Rng;

/// A big-endian number of the file.
fn number(data: &[u8], at: usize, bytes: usize) -> usize {
    let bytes = data.get(at..at + bytes).unwrap_or_default();
    bytes
        .iter()
        .fold(0, |number, &byte| number << 8 | usize::from(byte))
}

/// A table of the file: where it is, its entries, and an entry's fields with their bytes.
struct Table {
    name: &'static str,
    start: usize,
    entry: usize,
    entries: usize,
    fields: &'static [(&'static str, usize, usize)],
}

const HEADER: &[(&str, usize, usize)] = &[
    ("identification", 0, 8),
    ("e_type", 16, 2),
    ("e_machine", 18, 2),
    ("e_shoff", 40, 8),
    ("e_flags", 48, 4),
    ("e_shentsize", 58, 2),
    ("e_shnum", 60, 2),
    ("e_shstrndx", 62, 2),
];
const SECTION: &[(&str, usize, usize)] = &[
    ("sh_name", 0, 4),
    ("sh_type", 4, 4),
    ("sh_flags", 8, 8),
    ("sh_offset", 24, 8),
    ("sh_size", 32, 8),
    ("sh_link", 40, 4),
    ("sh_info", 44, 4),
    ("sh_addralign", 48, 8),
    ("sh_entsize", 56, 8),
];
const SYMBOL: &[(&str, usize, usize)] = &[
    ("st_name", 0, 4),
    ("st_info", 4, 1),
    ("st_shndx", 6, 2),
    ("st_value", 8, 8),
    ("st_size", 16, 8),
];
const RELOCATION: &[(&str, usize, usize)] = &[
    ("r_offset", 0, 8),
    ("r_sym", 8, 4),
    ("r_type", 12, 4),
    ("r_addend", 16, 8),
];

const SYMTAB: usize = 2;
const RELA: usize = 4;

fn tables(data: &[u8]) -> Vec<Table> {
    let start = number(data, 40, 8);
    let sections = number(data, 60, 2);
    let mut tables = vec![
        Table {
            name: "header",
            start: 0,
            entry: 64,
            entries: 1,
            fields: HEADER,
        },
        Table {
            name: "section",
            start,
            entry: 64,
            entries: sections,
            fields: SECTION,
        },
    ];
    for section in 0..sections {
        let header = start + 64 * section;
        let (name, fields) = match number(data, header + 4, 4) {
            SYMTAB => ("symbol", SYMBOL),
            RELA => ("relocation", RELOCATION),
            _ => continue,
        };
        tables.push(Table {
            name,
            start: number(data, header + 24, 8),
            entry: 24,
            entries: number(data, header + 32, 8) / 24,
            fields,
        });
    }
    tables.retain(|table| table.entries != 0);
    tables
}

/// A broken module of this good one, and what was done to it.
pub fn broken(good: &[u8], random: &mut Rng) -> (Vec<u8>, String) {
    until_changed(good, random, changed)
}

/// Changes, which may come to nothing.
fn changed(good: &[u8], random: &mut Rng) -> (Vec<u8>, String) {
    let mut data = good.to_vec();
    let mut what = Vec::new();
    for _ in 0..[1, 1, 1, 2, 4][random.usize(..5)] {
        match random.u8(..6) {
            0 => {
                let (at, bit) = (random.usize(..good.len()), random.u8(..8));
                if let Some(byte) = data.get_mut(at) {
                    *byte ^= 1 << bit;
                }
                what.push(format!("bit {bit} of byte {at:#x}"));
            }
            1 if random.u8(..4) == 0 => {
                data.truncate(random.usize(..good.len()));
                what.push(format!("its first {} bytes", data.len()));
            }
            _ => what.push(field(good, &mut data, random)),
        }
    }
    (data, what.join("; "))
}

/// Changes a field; what was done.
fn field(good: &[u8], data: &mut [u8], random: &mut Rng) -> String {
    let tables = tables(good);
    let table = &tables[random.usize(..tables.len())];
    let entry = random.usize(..table.entries);
    let (name, offset, bytes) = table.fields[random.usize(..table.fields.len())];
    let at = table.start + table.entry * entry + offset;
    let old = number(good, at, bytes) as u64;
    let value = match random.u8(..6) {
        0 => old ^ 1 << random.usize(..8 * bytes),
        1 => old.wrapping_add_signed(random.i64(-16..16)),
        2 => [0, 1, 0x7fff_ffff_ffff_ffff, u64::MAX, 0xfff1, 1 << 31][random.usize(..6)],
        3 => random.u64(..64),
        4 => (good.len() as u64).wrapping_sub(random.u64(..100)),
        _ => random.u64(..),
    };
    if let Some(field) = data.get_mut(at..at + bytes) {
        field.copy_from_slice(&value.to_be_bytes()[8 - bytes..]);
    }
    format!("{} {entry}: {name} {old:#x} is {value:#x}", table.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header, a symbol table of two symbols, and a section table.
    fn good() -> Vec<u8> {
        let mut data = vec![0; 64 + 48 + 128];
        data[40..48].copy_from_slice(&112u64.to_be_bytes());
        data[60..62].copy_from_slice(&2u16.to_be_bytes());
        let header = 112 + 64;
        data[header + 4..header + 8].copy_from_slice(&2u32.to_be_bytes());
        data[header + 24..header + 32].copy_from_slice(&64u64.to_be_bytes());
        data[header + 32..header + 40].copy_from_slice(&48u64.to_be_bytes());
        data
    }

    #[test]
    fn every_table_is_found_and_changed() {
        let good = good();
        let names: Vec<&str> = tables(&good).iter().map(|table| table.name).collect();
        assert_eq!(names, ["header", "section", "symbol"]);
        let broken = |number| broken(&good, &mut Rng::with_seed(number));
        assert!((0..500).all(|number| broken(number).0 != good));
        for name in names {
            assert!(
                (0..500).any(|number| broken(number).1.contains(name)),
                "{name}"
            );
        }
    }

    #[test]
    fn what_has_no_tables_does_no_harm() {
        for number in 0..100 {
            broken(&[0; 64], &mut Rng::with_seed(number));
        }
    }
}
