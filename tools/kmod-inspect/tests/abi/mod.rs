//! A second implementation of the s390x ABI's relocations, to compare a dump with.
//!
//! It starts from the module's file and `layout.json`, works out what every byte
//! of every section has to be, and counts those of `image.bin` that differ. What
//! the layout is free to choose (which slot, whether a stub) it reads back from the
//! image and checks by what it means: a slot holds its target's address, a stub
//! ends there.

pub mod elf;

use elf::{Elf, Rela, SHF_ALLOC, SHT_NOBITS, SHT_RELA, Symbol, number};
use serde_json::Value;
use std::collections::HashMap;

/// What a module was linked for.
pub struct Options {
    pub base: u64,
    pub per_cpu: u64,
    pub unresolved: u64,
}

/// What the check of a module came to.
#[derive(Debug, Default)]
pub struct Findings {
    pub relocations: u64,
    /// Whether it has per-CPU sections.
    pub per_cpu: bool,
    /// Where in the image its largest section with bytes lies.
    pub text: std::ops::Range<usize>,
    /// What is wrong, in words.
    pub differences: Vec<String>,
}

/// ABI: a type's formula and field. Bits; whether in halfwords; the first byte's
/// distance from the place; what it is made of.
enum Formula {
    /// S + A
    Absolute,
    /// S + A - P
    Relative,
    /// GOT slot - P + A
    Entry,
    /// L + A - P
    Call,
}

/// The types that this package's modules have; the others' tests are in the loader.
fn of_type(kind: u64) -> Option<(Formula, u64, bool)> {
    Some(match kind {
        4 => (Formula::Absolute, 4, false),
        5 => (Formula::Relative, 4, false),
        16 => (Formula::Relative, 2, false),
        17 => (Formula::Relative, 2, true),
        18 => (Formula::Call, 2, true),
        19 => (Formula::Relative, 4, true),
        20 => (Formula::Call, 4, true),
        22 => (Formula::Absolute, 8, false),
        23 => (Formula::Relative, 8, false),
        26 => (Formula::Entry, 4, true),
        _ => return None,
    })
}

struct Placed {
    address: u64,
    file_offset: Option<u64>,
}

struct Checker<'a> {
    elf: &'a Elf<'a>,
    image: &'a [u8],
    values: Vec<u64>,
    got: (u64, u64),
    plt: (u64, u64),
    options: &'a Options,
    /// Slot of each target.
    slots: HashMap<(usize, i64), u64>,
    findings: Findings,
}

/// Checks a dump.
pub fn check(file: &[u8], image: &[u8], layout: &str, options: &Options) -> Findings {
    let elf = Elf::read(file);
    let layout: Value = serde_json::from_str(layout).expect("layout.json is JSON");
    let number = |value: &Value| value.as_u64().expect("a decimal number");
    let table = |name: &str| {
        let table = &layout[name];
        (number(&table["address"]), number(&table["size"]))
    };
    let mut placed = HashMap::new();
    for section in layout["sections"].as_array().expect("sections") {
        let entry = Placed {
            address: number(&section["address"]),
            file_offset: section["file_offset"].as_u64(),
        };
        let index = number(&section["index"]) as usize;
        assert_eq!(section["name"], elf.sections[index].name);
        assert_eq!(number(&section["size"]), elf.sections[index].size);
        assert!(placed.insert(index, entry).is_none(), "placed twice");
    }
    assert_eq!(number(&layout["base"]), options.base);
    let mut checker = Checker {
        values: Vec::new(),
        got: table("got"),
        plt: table("plt"),
        elf: &elf,
        image,
        options,
        slots: HashMap::new(),
        findings: Findings::default(),
    };
    checker.places(&placed);
    checker.symbols(&layout, &placed);
    for (&index, place) in &placed {
        checker.section(index, place);
    }
    checker.findings
}

fn is_per_cpu(name: &str) -> bool {
    name == ".data..percpu" || name.starts_with(".data..percpu.")
}

impl Checker<'_> {
    fn differs(&mut self, text: String) {
        self.findings.differences.push(text);
    }

    /// All sections that take memory are placed: aligned, none over another.
    fn places(&mut self, placed: &HashMap<usize, Placed>) {
        let mut spans = vec![self.got, self.plt];
        for (index, section) in self.elf.sections.iter().enumerate() {
            let takes_memory = section.flags & SHF_ALLOC != 0;
            let Some(place) = placed.get(&index) else {
                if takes_memory {
                    self.differs(format!("{} isn't placed", section.name));
                }
                continue;
            };
            if !place.address.is_multiple_of(section.align.max(1)) {
                self.differs(format!("{} isn't aligned", section.name));
            }
            if (place.file_offset.is_none()) != (section.kind == SHT_NOBITS) {
                self.differs(format!("{}: bytes where there are none", section.name));
            }
            if is_per_cpu(&section.name) {
                self.findings.per_cpu = true;
                if place.address < self.options.per_cpu {
                    self.differs(format!("{} isn't per-CPU data", section.name));
                }
            } else if place.address < self.options.base {
                self.differs(format!("{} is below the base", section.name));
            }
            spans.push((place.address, section.size));
        }
        spans.retain(|&(_, size)| size != 0);
        spans.sort_unstable();
        for pair in spans.windows(2) {
            if pair[0].0 + pair[0].1 > pair[1].0 {
                self.differs(format!("something overlaps at {:#x}", pair[1].0));
            }
        }
    }

    /// Values by the ABI's rules; the layout must say the same.
    fn symbols(&mut self, layout: &Value, placed: &HashMap<usize, Placed>) {
        let unresolved = self.options.unresolved;
        let value = |symbol: &Symbol| match symbol.section {
            0 if symbol.weak => 0,
            0 => unresolved,
            0xfff1 => symbol.value,
            index => match placed.get(&(index as usize)) {
                Some(place) => place.address + symbol.value,
                None => symbol.value,
            },
        };
        self.values = self.elf.symbols.iter().map(value).collect();
        self.values[0] = 0;
        let listed = layout["symbols"].as_array().expect("symbols");
        if listed.len() != self.values.len() - 1 {
            self.differs(format!("{} symbols are listed", listed.len()));
        }
        for symbol in listed {
            let index = symbol["index"].as_u64().expect("an index") as usize;
            if symbol["address"].as_u64() != Some(self.values[index]) {
                self.differs(format!("value of symbol {index}: {symbol}"));
            }
        }
    }

    /// A doubleword of the image by its address, which isn't per-CPU.
    fn at(&self, address: u64, width: u64) -> u64 {
        number(self.image, address - self.options.base, width)
    }

    fn section(&mut self, index: usize, place: &Placed) {
        let Some(offset) = place.file_offset else {
            return;
        };
        let section = &self.elf.sections[index];
        if section.size as usize > self.findings.text.len() {
            self.findings.text = offset as usize..(offset + section.size) as usize;
        }
        let mut expected = self.elf.bytes(section).to_vec();
        let is = &self.image[offset as usize..][..section.size as usize];
        for table in &self.elf.sections {
            if table.kind == SHT_RELA && table.info == index as u64 {
                for rela in self.elf.relocations(table) {
                    self.findings.relocations += 1;
                    self.relocate(&rela, place.address, is, &mut expected);
                }
            }
        }
        if expected != is {
            let first = expected.iter().zip(is).position(|(a, b)| a != b);
            self.differs(format!("bytes of {} from {first:?} on", section.name));
        }
    }

    /// Puts into `expected` what the ABI asks for.
    fn relocate(&mut self, rela: &Rela, start: u64, is: &[u8], expected: &mut [u8]) {
        let Some((formula, width, halfwords)) = of_type(rela.kind) else {
            return self.differs(format!("unknown type in {rela:?}"));
        };
        let place = start + rela.offset;
        let scale = if halfwords { 2 } else { 1 };
        let value = i128::from(self.values[rela.symbol]);
        let addend = i128::from(rela.addend);
        let place = i128::from(place);
        // What the field says, as it is: signed.
        let field = number(is, rela.offset, width) << (64 - 8 * width);
        let field = i128::from(field.cast_signed() >> (64 - 8 * width)) * scale;
        let wanted = match formula {
            Formula::Absolute => value + addend,
            Formula::Relative => value + addend - place,
            Formula::Entry => {
                // For a section's symbol the addend names the target, 2 bytes being
                // the field's distance from its instruction.
                let by_place = self.elf.symbols[rela.symbol].is_section;
                let (key, rest) = if by_place {
                    (rela.addend - 2, 2)
                } else {
                    (0, addend)
                };
                let slot = (field + place - rest) as u64;
                self.slot(rela, slot, key, (value + i128::from(key)) as u64);
                field
            }
            Formula::Call => {
                let direct = value + addend - place;
                let limit = scale << (8 * width - 1);
                if (-limit..limit).contains(&direct) {
                    direct
                } else {
                    self.stub(rela, (field + place - addend) as u64, value as u64);
                    field
                }
            }
        };
        let limit = scale << (8 * width - 1);
        let fits = match formula {
            _ if width == 8 => true,
            Formula::Absolute => (0..2 * limit).contains(&wanted),
            _ => (-limit..limit).contains(&wanted),
        };
        if !fits || wanted % scale != 0 {
            self.differs(format!("{rela:?} can't hold {wanted:#x}"));
        }
        let bytes = ((wanted / scale) as u64).to_be_bytes();
        let bytes = &bytes[8 - width as usize..];
        expected[rela.offset as usize..][..width as usize].copy_from_slice(bytes);
    }

    /// A slot is one of the table, aligned, the only one of its target, and holds
    /// its address.
    fn slot(&mut self, rela: &Rela, slot: u64, key: i64, target: u64) {
        let inside = slot >= self.got.0 && slot + 8 <= self.got.0 + self.got.1;
        if !inside || !slot.is_multiple_of(8) {
            return self.differs(format!("{rela:?}: no slot at {slot:#x}"));
        }
        let first = *self.slots.entry((rela.symbol, key)).or_insert(slot);
        if first != slot {
            self.differs(format!("{rela:?}: a second slot at {slot:#x}"));
        }
        let holds = self.at(slot, 8);
        if holds != target {
            self.differs(format!("{rela:?}: slot {slot:#x} holds {holds:#x}"));
        }
    }

    /// A stub is `lgrl %r1,slot; br %r1`, and its slot holds the target.
    fn stub(&mut self, rela: &Rela, stub: u64, target: u64) {
        let inside = stub >= self.plt.0 && stub + 8 <= self.plt.0 + self.plt.1;
        if !inside || self.at(stub, 2) != 0xc418 || self.at(stub + 6, 2) != 0x07f1 {
            return self.differs(format!("{rela:?}: no stub at {stub:#x}"));
        }
        let distance = i64::from((self.at(stub + 2, 4) as u32).cast_signed()) * 2;
        self.slot(rela, stub.wrapping_add_signed(distance), 0, target);
    }
}
