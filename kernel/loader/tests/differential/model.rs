//! What a linked object has to be, for whoever linked it: the input's bytes, and in each
//! field the value of its type's formula, or a refusal where the linker's table has one.

use crate::abi::{Field, Formula, Linker};
use crate::generate::{Object, PROBE, Place, Relocation};
use loader::Layout;
use std::collections::{HashMap, HashSet};

/// Where everything is.
pub struct Addresses {
    /// By section.
    pub sections: Vec<u64>,
    pub got: u64,
}

impl Addresses {
    /// As the loader plans it, which the other linkers are given.
    pub fn planned(object: &Object, layout: &Layout<'_>) -> Self {
        let address = |section: usize| {
            let position = layout.position(section + 1);
            let address = position.address(object.base, object.per_cpu);
            address.expect("a section that takes memory")
        };
        Self {
            sections: (0..object.sections.len()).map(address).collect(),
            got: object.base + layout.got().0,
        }
    }

    /// S
    pub fn symbol(&self, object: &Object, symbol: usize) -> u64 {
        match object.symbols[symbol].place {
            Place::Section(section, offset) => self.sections[section].wrapping_add_signed(offset),
            Place::Absolute(value) | Place::Other(value) => value,
            Place::Missing => 0,
            Place::Got => self.got,
        }
    }

    /// P
    fn place(&self, relocation: &Relocation) -> u64 {
        self.sections[relocation.section] + relocation.offset
    }

    /// What a formula comes to; `target` is GOT + G, or an L that isn't S.
    pub fn value(&self, object: &Object, relocation: &Relocation, target: Option<u64>) -> i64 {
        let formula = relocation.of.formula;
        let default = match formula {
            Formula::Slot | Formula::SlotDistance | Formula::GotDistance => self.got,
            _ => self.symbol(object, relocation.symbol),
        };
        let from = match formula {
            Formula::Value => 0,
            Formula::FromGot | Formula::Slot | Formula::CallFromGot => self.got,
            _ => self.place(relocation),
        };
        let target = target.unwrap_or(default);
        let value = target
            .wrapping_add_signed(relocation.addend)
            .wrapping_sub(from);
        value.cast_signed()
    }
}

/// What a linker made of an object.
pub struct Linked {
    pub linker: Linker,
    pub addresses: Addresses,
    /// By section.
    pub bytes: Vec<Vec<u8>>,
    /// The GOT's first byte, and its bytes.
    pub table: (u64, Vec<u8>),
    /// The loader's PLT: address and bytes.
    pub stubs: (u64, Vec<u8>),
    /// Relocations that it says it can't do, by section and offset.
    pub refused: HashSet<(usize, u64)>,
}

/// What a check saw.
#[derive(Debug, Default)]
pub struct Counts {
    pub relocations: u64,
    /// Refusals by linker and field.
    pub refused: std::collections::BTreeMap<(Linker, String), u64>,
    /// Calls through a stub.
    pub stubs: u64,
}

/// By symbol, and whether it is the PLT's.
type Slots = HashMap<(usize, bool), u64>;

fn doubleword(bytes: &[u8], at: u64) -> Option<u64> {
    let bytes = bytes.get(at as usize..)?.first_chunk::<8>()?;
    Some(u64::from_be_bytes(*bytes))
}

impl Linked {
    /// The doubleword at an address of the GOT.
    fn slot(&self, address: u64) -> Option<u64> {
        doubleword(&self.table.1, address.checked_sub(self.table.0)?)
    }

    /// Addresses of each symbol's slots, by what the linker wrote where the probes are.
    fn slots(&self, object: &Object) -> Slots {
        let probes = object.relocations.iter().filter(|relocation| {
            let section = &object.sections[relocation.section];
            section.name.starts_with(PROBE)
        });
        let slots = probes.filter_map(|probe| {
            let offset = doubleword(&self.bytes[probe.section], probe.offset)?;
            Some((
                (probe.symbol, probe.of.is_plt_slot()),
                self.addresses.got.wrapping_add(offset),
            ))
        });
        slots.collect()
    }

    /// Address of the loader's stub that leads through a slot.
    fn stub(&self, slot: u64) -> Option<u64> {
        let (start, bytes) = &self.stubs;
        let mut stubs = (*start..).step_by(8).zip(bytes.as_chunks::<8>().0);
        let found = stubs.find(|(address, code)| {
            let distance = i32::from_be_bytes([code[2], code[3], code[4], code[5]]);
            let leads_to = address.wrapping_add_signed(i64::from(distance) * 2);
            code[..2] == [0xc4, 0x18] && code[6..] == [0x07, 0xf1] && leads_to == slot
        });
        Some(found?.0)
    }

    /// What is wrong with it, in words; nothing, if it is as the ABI says.
    pub fn check(&self, object: &Object, counts: &mut Counts) -> Vec<String> {
        let mut wrong = Vec::new();
        let before = counts.refused.values().sum::<u64>();
        let slots = self.slots(object);
        for (&(symbol, is_plt_slot), &slot) in &slots {
            if is_plt_slot && self.linker == Linker::Lld {
                // It is filled when the program starts.
                continue;
            }
            let value = self.addresses.symbol(object, symbol);
            if self.slot(slot) != Some(value) || !slot.is_multiple_of(8) {
                let name = &object.symbols[symbol].name;
                wrong.push(format!(
                    "slot of {name} at {slot:#x}: {value:#x} isn't there"
                ));
            }
        }
        let mut expected: Vec<_> = object.sections.iter().map(|it| it.bytes.clone()).collect();
        for relocation in &object.relocations {
            counts.relocations += 1;
            let (value, takes) = self.expected(object, relocation, &slots, counts);
            let earlier = relocation.of.field.earlier(self.linker);
            let place = (relocation.section, relocation.offset - earlier);
            let refused = self.refused.contains(&place);
            if refused == takes {
                let says = if refused { "refuses" } else { "takes" };
                wrong.push(format!(
                    "{:?} {says} {value:#x} of {relocation:?}",
                    self.linker
                ));
            }
            if refused {
                let field = format!("{:?}", relocation.of.field);
                *counts.refused.entry((self.linker, field)).or_insert(0) += 1;
            }
            let start = relocation.offset as usize;
            let bytes = &mut expected[relocation.section][start..];
            if refused {
                let field = start..start + relocation.of.field.room();
                bytes[..field.len()].copy_from_slice(&self.bytes[relocation.section][field]);
            } else {
                relocation.of.field.put(bytes, value);
            }
        }
        let refused = counts.refused.values().sum::<u64>() - before;
        if refused != self.refused.len() as u64 {
            wrong.push(format!("{:?} refuses what isn't there", self.linker));
        }
        for (section, expected) in expected.iter().enumerate() {
            let bytes = &self.bytes[section];
            if bytes == expected {
                continue;
            }
            let name = &object.sections[section].name;
            let at = bytes
                .iter()
                .zip(expected)
                .position(|(is, should)| is != should);
            let at = at.unwrap_or(bytes.len().min(expected.len())) as u64;
            let before = object.relocations.iter().rev();
            let mut before = before.filter(|it| it.section == section && it.offset <= at);
            wrong.push(format!(
                "{:?}: byte {at:#x} of {name} differs, at or behind {:?}",
                self.linker,
                before.next()
            ));
        }
        wrong
    }

    /// The value that a field has to have, and whether the linker takes that.
    fn expected(
        &self,
        object: &Object,
        relocation: &Relocation,
        slots: &Slots,
        counts: &mut Counts,
    ) -> (i64, bool) {
        let (formula, field) = (relocation.of.formula, relocation.of.field);
        let symbol = &object.symbols[relocation.symbol];
        let slot = slots
            .get(&(relocation.symbol, relocation.of.is_plt_slot()))
            .copied();
        let of = |target| self.addresses.value(object, relocation, target);
        if self.linker != Linker::Loader {
            let value = of(slot.filter(|_| formula.has_slot()));
            let value = value.wrapping_add_unsigned(field.earlier(self.linker));
            return (value, field.takes(self.linker, value));
        }
        let direct = match formula {
            // The loader's own reading: the addend but for the place's distance in its
            // instruction is part of what the slot is for.
            Formula::Slot | Formula::SlotDistance if symbol.is_section => {
                return (self.section_slot(object, relocation), true);
            }
            Formula::Slot | Formula::SlotDistance => of(slot),
            _ => of(None),
        };
        let odd = matches!(field, Field::Halfwords(_)) && direct % 2 != 0;
        let short = matches!(field, Field::Halfwords(12..=24) | Field::Number(16));
        let is_inside = match symbol.place {
            Place::Section(section, offset) => {
                (0..=object.sections[section].bytes.len() as i64).contains(&offset)
            }
            _ => false,
        };
        let may_be_far = !symbol.is_section && (short || !is_inside);
        if formula.is_call() && may_be_far && !odd && !field.takes(Linker::Loader, direct) {
            let value = of(slot.and_then(|slot| self.stub(slot)));
            let takes = field.takes(Linker::Loader, value);
            counts.stubs += u64::from(takes);
            return (value, takes);
        }
        (direct, field.takes(Linker::Loader, direct))
    }

    /// The value of a field that means the slot of a place in a section. Any slot that
    /// holds the place's address will do.
    fn section_slot(&self, object: &Object, relocation: &Relocation) -> i64 {
        let bias = match relocation.of.formula {
            Formula::SlotDistance => 2,
            _ => 0,
        };
        let start = self.addresses.symbol(object, relocation.symbol);
        let holds = start.wrapping_add_signed(relocation.addend - bias);
        let plain = Relocation {
            addend: bias,
            ..*relocation
        };
        let bytes = &self.bytes[relocation.section][relocation.offset as usize..];
        let bytes = &bytes[..relocation.of.field.room()];
        let addresses = (self.table.0..).step_by(8);
        let slots = addresses.zip(self.table.1.as_chunks::<8>().0);
        let slots = slots.filter(|(_, slot)| u64::from_be_bytes(**slot) == holds);
        let values = slots.map(|(slot, _)| self.addresses.value(object, &plain, Some(slot)));
        let values: Vec<i64> = values.collect();
        let mut found = values.iter().filter(|&&value| {
            let mut wanted = bytes.to_vec();
            relocation.of.field.put(&mut wanted, value);
            wanted == bytes
        });
        let first = values.first();
        found.next().or(first).copied().unwrap_or(i64::MIN)
    }
}
