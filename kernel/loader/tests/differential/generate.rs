//! Random objects: sections, symbols of all kinds, relocations of all types, whose values
//! lie around the limits of their fields half of the time.

use crate::abi::{Field, Formula, TYPES, Type};
use crate::common::builder::{ALLOC, Builder, DATA, TEXT};
use crate::model::Addresses;
use fastrand::Rng;
use std::collections::BTreeSet;

/// Objects of one link: their slots have to be in reach of twelve bits, all together.
pub const BATCH: u64 = 32;
/// Bytes from one object's base to the next one's.
const STRIDE: u64 = 1 << 16;

/// The name by which code means its own GOT.
pub const GOT_NAME: &str = "_GLOBAL_OFFSET_TABLE_";
/// The section that asks for the slot of every symbol that may have one.
pub const PROBE: &str = ".rodata.probe";

/// What a symbol's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A number of bytes from a section's start, by its position in the list.
    Section(usize, i64),
    /// A number, in this object.
    Absolute(u64),
    /// A number, in another object.
    Other(u64),
    /// Nowhere: weak.
    Missing,
    /// The linker.
    Got,
}

#[derive(Clone, Debug)]
pub struct Symbol {
    pub name: String,
    pub place: Place,
    pub is_section: bool,
    local: bool,
}

#[derive(Clone, Debug)]
pub struct Section {
    pub name: String,
    flags: u64,
    align: u64,
    pub bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
pub struct Relocation {
    pub section: usize,
    pub offset: u64,
    pub of: Type,
    pub symbol: usize,
    pub addend: i64,
}

/// An object, and where it goes.
#[derive(Clone, Debug)]
pub struct Object {
    pub number: u64,
    pub base: u64,
    pub per_cpu: u64,
    pub sections: Vec<Section>,
    pub symbols: Vec<Symbol>,
    pub relocations: Vec<Relocation>,
}

/// Where the objects of a batch lie: far from what is at small addresses, or near.
pub fn world(batch: u64) -> u64 {
    [0x200_0000_0000, 0x1000_0000, 0xffff_0000][batch as usize % 3]
}

const KINDS: [(&str, u64); 8] = [
    (".text", TEXT),
    (".text.cold", TEXT),
    (".rodata", ALLOC),
    (".data", DATA),
    (".data.rel.ro", DATA),
    (".data..percpu", DATA),
    (".init.text", TEXT),
    (".init.data", DATA),
];

/// Bytes that no linker takes for an instruction that it could improve.
fn filler(random: &mut Rng, bytes: usize) -> Vec<u8> {
    (0..bytes).map(|_| random.u8(..0xc0)).collect()
}

fn one<T: Copy>(random: &mut Rng, list: &[T]) -> T {
    list[random.usize(..list.len())]
}

impl Object {
    /// The object of this number.
    pub fn random(seed: u64, number: u64) -> Self {
        let mut random = Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (batch, inside) = (number / BATCH, number % BATCH);
        let mut object = Self {
            number,
            base: world(batch) + (inside + 1) * STRIDE,
            per_cpu: 0x8000_0000 + inside * STRIDE,
            sections: Vec::new(),
            symbols: Vec::new(),
            relocations: Vec::new(),
        };
        object.add_sections(&mut random);
        object.add_symbols(&mut random);
        object.add_relocations(&mut random);
        object.add_probes();
        object.choose_addends(&mut random);
        object
    }

    fn add_sections(&mut self, random: &mut Rng) {
        for index in 0..random.usize(1..5) {
            let (kind, flags) = one(random, &KINDS);
            let bytes = 2 * random.usize(16..200);
            self.sections.push(Section {
                name: format!("{kind}.{}.{index}", self.number),
                flags,
                align: one(random, &[2, 4, 8, 16, 256]),
                bytes: filler(random, bytes),
            });
        }
    }

    fn add_symbols(&mut self, random: &mut Rng) {
        let name = |kind: &str, index: usize| format!("{kind}_{}_{index}", self.number);
        let mut symbols = Vec::new();
        let sections = self.sections.len();
        for section in 0..sections {
            symbols.push(Symbol {
                name: String::new(),
                place: Place::Section(section, 0),
                is_section: true,
                local: true,
            });
        }
        for index in 0..random.usize(1..5) {
            let section = random.usize(..sections);
            let size = self.sections[section].bytes.len() as i64;
            // Some lie outside of their sections.
            let offset = match random.u8(..8) {
                0 => random.i64(-64..size + 64),
                _ => random.i64(..size),
            };
            symbols.push(Symbol {
                name: name("inside", index),
                place: Place::Section(section, offset & -2),
                is_section: false,
                local: index % 2 == 0,
            });
        }
        // Those of the file alone come first.
        symbols.sort_by_key(|symbol| !symbol.local);
        for index in 0..random.usize(1..4) {
            let value = number(random, self.base);
            let (kind, place) = match random.u8(..3) {
                0 => ("absolute", Place::Absolute(value)),
                _ => ("other", Place::Other(value)),
            };
            symbols.push(Symbol {
                name: name(kind, index),
                place,
                is_section: false,
                local: false,
            });
        }
        for (kind, place) in [
            (GOT_NAME.to_owned(), Place::Got),
            (name("missing", 0), Place::Missing),
        ] {
            if random.u8(..3) == 0 {
                symbols.push(Symbol {
                    name: kind,
                    place,
                    is_section: false,
                    local: false,
                });
            }
        }
        self.symbols = symbols;
    }

    /// Relocations one behind the other, some bytes between them and before them: GNU ld
    /// can't have a field of three bytes at a section's start.
    fn add_relocations(&mut self, random: &mut Rng) {
        for section in 0..self.sections.len() {
            let size = self.sections[section].bytes.len();
            let mut offset = 2 * random.usize(1..8);
            loop {
                let of = one(random, &TYPES);
                if offset + of.field.room() > size {
                    break;
                }
                let symbol = self.symbol_for(random, &of, section);
                self.relocations.push(Relocation {
                    section,
                    offset: offset as u64,
                    of,
                    symbol,
                    addend: 0,
                });
                offset = (offset + of.field.room()).next_multiple_of(2) + 2 * random.usize(0..12);
            }
        }
    }

    fn symbol_for(&self, random: &mut Rng, of: &Type, section: usize) -> usize {
        let far_from_got = self.sections[section].name.starts_with(".data..percpu");
        loop {
            let index = random.usize(..self.symbols.len());
            let symbol = &self.symbols[index];
            let fits = match of.formula {
                // A section's slot means the place of the addend, and has no limits then.
                Formula::Slot if symbol.is_section => {
                    matches!(of.field, Field::Doubleword | Field::Number(32))
                }
                Formula::SlotDistance if symbol.is_section => !far_from_got,
                formula if formula.has_slot() || formula.is_call() => symbol.place != Place::Got,
                _ => true,
            };
            if fits {
                return index;
            }
        }
    }

    /// A slot's offset, where each linker keeps it.
    fn add_probes(&mut self) {
        let slots = self.relocations.iter().filter_map(|relocation| {
            let formula = relocation.of.formula;
            let used = formula.has_slot() || formula.is_call();
            used.then_some((relocation.symbol, relocation.of.is_plt_slot()))
        });
        let slots: BTreeSet<_> = slots.collect();
        let section = self.sections.len();
        self.sections.push(Section {
            name: format!("{PROBE}.{}", self.number),
            flags: ALLOC,
            align: 8,
            bytes: vec![0; 8 * slots.len().max(1)],
        });
        for (place, (symbol, is_plt_slot)) in (0..).zip(slots) {
            let number = if is_plt_slot { 32 } else { 24 };
            let of = TYPES.iter().find(|of| of.number == number).copied();
            self.relocations.push(Relocation {
                section,
                offset: 8 * place,
                of: of.expect("R_390_GOT64, R_390_GOTPLT64"),
                symbol,
                addend: 0,
            });
        }
    }

    fn is_probe(&self, relocation: &Relocation) -> bool {
        relocation.section == self.sections.len() - 1
    }

    /// Addends that put half of the values around the limits. Where everything lies
    /// doesn't depend on them, but for slots of places in sections, which come first.
    fn choose_addends(&mut self, random: &mut Rng) {
        for index in 0..self.relocations.len() {
            let relocation = self.relocations[index];
            let slot_of_place = relocation.of.formula.has_slot()
                && self.symbols[relocation.symbol].is_section
                && !self.is_probe(&relocation);
            if slot_of_place {
                self.relocations[index].addend = 2 * random.i64(0..8);
            } else if !self.is_probe(&relocation) {
                self.relocations[index].addend = match relocation.of.formula {
                    Formula::Slot | Formula::FromGot | Formula::Value => random.i64(-64..64),
                    _ => 2 * random.i64(-32..32),
                };
            }
        }
        let data = self.bytes();
        let file = loader::Object::parse(&data).expect("a valid object");
        let plan = loader::Plan::new(&file).expect("valid relocations");
        let addresses = Addresses::planned(self, plan.layout());
        for index in 0..self.relocations.len() {
            let relocation = self.relocations[index];
            let slot_of_place =
                relocation.of.formula.has_slot() && self.symbols[relocation.symbol].is_section;
            if slot_of_place || self.is_probe(&relocation) || random.bool() {
                continue;
            }
            let limit = one(random, &relocation.of.field.limits());
            let near = one(random, &[-3, -2, -1, 0, 0, 0, 1, 2, 3, 1000, -1000]);
            // Its own slot counts from the table's start, about.
            let value = addresses.value(self, &relocation, None);
            let addend = limit.wrapping_add(near).wrapping_sub(value);
            self.relocations[index].addend = relocation.addend.wrapping_add(addend);
        }
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut builder = Builder::new();
        for section in &self.sections {
            let bytes = section.bytes.clone();
            builder.section(&section.name, section.flags, section.align, bytes);
        }
        for symbol in &self.symbols {
            let info = match (symbol.is_section, symbol.local, symbol.place) {
                (true, ..) => 3,
                (_, true, _) => 0,
                (.., Place::Missing) => 0x20,
                _ => 0x10,
            };
            let (section, value) = match symbol.place {
                Place::Section(section, value) => (section as u16 + 1, value as u64),
                Place::Absolute(value) => (0xfff1, value),
                Place::Other(_) | Place::Missing | Place::Got => (0, 0),
            };
            match symbol.is_section {
                true => builder.named(0, info, section, value, 0),
                false => builder.symbol(&symbol.name, info, section, value, 0),
            };
        }
        for section in 0..self.sections.len() {
            let entries = self
                .relocations
                .iter()
                .filter(|entry| entry.section == section);
            let entries = entries.map(|entry| {
                let symbol = entry.symbol as u32 + 1;
                (entry.offset, entry.of.number, symbol, entry.addend)
            });
            builder.relocations(section as u32 + 1, entries);
        }
        builder.finish()
    }
}

/// A value for a symbol of no section: small, at a power of two, near, or far. It is even:
/// GNU ld ends where code refers to an odd one. Addends are odd, too.
fn number(random: &mut Rng, base: u64) -> u64 {
    let near = random.i64(-40..40) & -2;
    match random.u8(..6) {
        0 => 2 * random.u64(..0x800),
        1 => (1u64 << random.u32(7..48)).wrapping_add_signed(near),
        2 => (1u64 << random.u32(7..48))
            .wrapping_neg()
            .wrapping_add_signed(near),
        3 => base.wrapping_add_signed(random.i64(-0x8_0000..0x8_0000) & -2),
        4 => base.wrapping_add_signed((1 << random.u32(15..33)) + near),
        _ => 0x300_0000_0000 + random.u64(..0x1_0000_0000) * 2,
    }
}
