//! Linking: symbols to addresses, relocations to bytes.
//!
//! Order: sections are copied, symbols resolved (each once), slots and stubs
//! written, then every relocation is applied. A relocation into per-CPU data
//! goes into the template, so every CPU's copy gets it.
//!
//! ```text
//!  stub:  lgrl %r1, slot     c4 18 <halfwords to the slot>
//!         br   %r1           07 f1
//! ```

use crate::field::Misfit;
use crate::object::{Object, Section};
use crate::plan::{Plan, Position, SLOT, STUB};
use crate::relocation::{Formula, Relocation, instruction_bias, method_of};
use crate::{LoadError, Place};
use alloc::string::String;
use alloc::vec::Vec;
use object::elf::{SHN_ABS, STT_FUNC, SymbolSection};

/// Finds the value of a symbol that the module doesn't define.
pub type Resolve<'a, 'data> = &'a mut dyn FnMut(&'data str) -> Option<u64>;

/// A symbol with its address; for per-CPU data, its handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol<'data> {
    /// Name.
    pub name: &'data str,
    /// Address or handle.
    pub value: u64,
    /// Bytes.
    pub size: u64,
}

/// A GOT slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot<'data> {
    /// Its address.
    pub address: u64,
    /// Symbol whose value it holds.
    pub name: &'data str,
    /// The value.
    pub value: u64,
}

/// A per-CPU variable of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable<'data> {
    /// Name.
    pub name: &'data str,
    /// Handle.
    pub handle: u64,
    /// Bytes.
    pub size: u64,
    /// Address of its GOT slot, if it has one.
    pub slot: Option<u64>,
}

/// A linked module.
#[derive(Debug)]
pub struct Linked<'data> {
    object: Object<'data>,
    values: Vec<u64>,
    got: u64,
    slots: Vec<Slot<'data>>,
}

/// Links `object` into `image`, which will be found at `base`, and the template
/// of its per-CPU data into `template`, whose handle is `per_cpu`.
///
/// Both buffers must be zeroed and as long as the plan says; on an error their
/// contents mean nothing.
pub fn link<'data>(
    object: &Object<'data>,
    plan: &Plan,
    base: u64,
    per_cpu: u64,
    resolve: Resolve<'_, 'data>,
    image: &mut [u8],
    template: &mut [u8],
) -> Result<Linked<'data>, LoadError> {
    let needed = plan.size().max(plan.per_cpu().0);
    if (image.len() as u64) < plan.size() || (template.len() as u64) < plan.per_cpu().0 {
        return Err(LoadError::TooLarge { bytes: needed });
    }
    for section in object.sections() {
        let bytes = object.bytes(&section);
        match plan.positions[section.index] {
            Position::Nowhere => {}
            Position::Image(offset) => copy(image, offset, bytes),
            Position::PerCpu(offset) => copy(template, offset, bytes),
        }
    }
    let linker = Linker {
        object,
        plan,
        base,
        per_cpu,
        values: values(object, plan, base, per_cpu, resolve)?,
    };
    let slots = linker.fill_slots(image)?;
    linker.fill_stubs(image)?;
    linker.relocate(image, template)?;
    Ok(Linked {
        object: *object,
        values: linker.values,
        got: base + plan.got().0,
        slots,
    })
}

fn copy(buffer: &mut [u8], offset: u64, bytes: &[u8]) {
    buffer[offset as usize..][..bytes.len()].copy_from_slice(bytes);
}

/// The value of every symbol, by index.
fn values<'data>(
    object: &Object<'data>,
    plan: &Plan,
    base: u64,
    per_cpu: u64,
    resolve: Resolve<'_, 'data>,
) -> Result<Vec<u64>, LoadError> {
    let mut values = Vec::new();
    values.try_reserve_exact(object.symbol_count())?;
    values.push(0);
    for symbol in object.symbols() {
        let value = if symbol.is_undefined() {
            match resolve(symbol.name) {
                Some(value) => value,
                None if symbol.is_weak() => 0,
                None => return Err(LoadError::Unresolved(symbol.name.into())),
            }
        } else if symbol.section == SHN_ABS {
            symbol.value
        } else {
            let start = match plan.positions[usize::from(symbol.section.0)] {
                Position::Nowhere => 0,
                Position::Image(offset) => base.wrapping_add(offset),
                Position::PerCpu(offset) => per_cpu.wrapping_add(offset),
            };
            start.wrapping_add(symbol.value)
        };
        values.push(value);
    }
    Ok(values)
}

struct Linker<'a, 'data> {
    object: &'a Object<'data>,
    plan: &'a Plan,
    base: u64,
    per_cpu: u64,
    values: Vec<u64>,
}

impl<'data> Linker<'_, 'data> {
    fn got(&self) -> u64 {
        self.base.wrapping_add(self.plan.got().0)
    }

    fn fill_slots(&self, image: &mut [u8]) -> Result<Vec<Slot<'data>>, LoadError> {
        let mut slots = Vec::new();
        slots.try_reserve_exact(self.plan.slots().count())?;
        for (number, target) in self.plan.slots() {
            let symbol = self.object.symbol(target.symbol as usize);
            let value = self.values[symbol.index].wrapping_add_signed(target.offset);
            let offset = u64::from(number) * SLOT;
            copy(image, self.plan.got().0 + offset, &value.to_be_bytes());
            let name = if symbol.is_section() {
                self.object
                    .symbol_at(symbol.section, target.offset as u64)
                    .map_or(symbol.name, |found| found.name)
            } else {
                symbol.name
            };
            slots.push(Slot {
                address: self.got().wrapping_add(offset),
                name,
                value,
            });
        }
        Ok(slots)
    }

    fn fill_stubs(&self, image: &mut [u8]) -> Result<(), LoadError> {
        for (number, symbol) in self.plan.stubs() {
            let offset = self.plan.plt().0 + u64::from(number) * STUB;
            let slot = self.plan.slot(symbol, 0, false).unwrap_or(0);
            let slot = self.plan.got().0 + u64::from(slot) * SLOT;
            let distance = i128::from(slot) - i128::from(offset);
            let mut stub = [0xc4, 0x18, 0, 0, 0, 0, 0x07, 0xf1];
            let written = crate::field::Field::halfwords(32).write(&mut stub[2..6], distance);
            written.map_err(|_| LoadError::TooLarge {
                bytes: self.plan.size(),
            })?;
            copy(image, offset, &stub);
        }
        Ok(())
    }

    fn relocate(&self, image: &mut [u8], template: &mut [u8]) -> Result<(), LoadError> {
        for section in self.object.sections() {
            let Some((target, relocations)) = self.object.relocations(&section) else {
                continue;
            };
            let (buffer, start, address) = match self.plan.positions[target.index] {
                Position::Nowhere => continue,
                Position::Image(offset) => (&mut *image, offset, self.base.wrapping_add(offset)),
                Position::PerCpu(offset) => {
                    (&mut *template, offset, self.per_cpu.wrapping_add(offset))
                }
            };
            let bytes = &mut buffer[start as usize..][..target.size as usize];
            for relocation in relocations {
                self.apply(
                    &target,
                    &relocation,
                    address.wrapping_add(relocation.offset),
                    bytes,
                )?;
            }
        }
        Ok(())
    }

    /// Does one relocation. The plan has checked its type, place and symbol.
    fn apply(
        &self,
        section: &Section<'_>,
        relocation: &Relocation,
        address: u64,
        bytes: &mut [u8],
    ) -> Result<(), LoadError> {
        let Some(method) = method_of(relocation.kind) else {
            return Ok(());
        };
        let value = self.values[relocation.symbol as usize];
        // Addresses are 64 bits and wrap; distances are signed.
        let wide = |value: u64| i128::from(value);
        let relative = |value: u64| i128::from(value.wrapping_sub(address).cast_signed());
        let with_addend = value.wrapping_add_signed(relocation.addend);
        let result = match method.formula {
            Formula::Nothing => return Ok(()),
            Formula::Absolute if method.field.reach().0 < 0 => {
                i128::from(with_addend.cast_signed())
            }
            Formula::Absolute => wide(with_addend),
            Formula::Relative => relative(with_addend),
            Formula::GotRelative => i128::from(with_addend.wrapping_sub(self.got()).cast_signed()),
            Formula::GotAddress => relative(self.got().wrapping_add_signed(relocation.addend)),
            Formula::GotOffset | Formula::GotEntry => {
                let bias = instruction_bias(method.formula);
                let is_section = self.object.symbol(relocation.symbol as usize).is_section();
                let key = relocation.addend.wrapping_sub(bias);
                let slot = self.plan.slot(relocation.symbol, key, is_section);
                let offset = u64::from(slot.unwrap_or(0)) * SLOT;
                let addend = if is_section { bias } else { relocation.addend };
                if method.formula == Formula::GotOffset {
                    i128::from(offset) + i128::from(addend)
                } else {
                    relative(self.got().wrapping_add(offset).wrapping_add_signed(addend))
                }
            }
            Formula::Plt | Formula::PltOffset => {
                let from = if method.formula == Formula::Plt {
                    address
                } else {
                    self.got()
                };
                let distance = |target: u64| {
                    let target = target.wrapping_add_signed(relocation.addend);
                    i128::from(target.wrapping_sub(from).cast_signed())
                };
                match self.plan.stub(relocation.symbol) {
                    Some(stub) if method.field.check(distance(value)).is_err() => {
                        let offset = self.plan.plt().0 + u64::from(stub) * STUB;
                        distance(self.base.wrapping_add(offset))
                    }
                    _ => distance(value),
                }
            }
        };
        let place = &mut bytes[relocation.offset as usize..][..method.field.bytes()];
        let misfit = method.field.write(place, result);
        misfit.map_err(|misfit| self.misfit(misfit, section, relocation, address, result))
    }

    fn misfit(
        &self,
        misfit: Misfit,
        section: &Section<'_>,
        relocation: &Relocation,
        address: u64,
        result: i128,
    ) -> LoadError {
        let place = Place {
            section: section.name.into(),
            offset: relocation.offset,
        };
        let kind = relocation.kind;
        let (symbol, value) = self.target(relocation);
        match misfit {
            Misfit::Range(..) => LoadError::Overflow {
                place,
                kind,
                symbol,
                value,
                address,
                result: result as i64,
            },
            Misfit::Odd => LoadError::Odd {
                place,
                kind,
                symbol,
                value,
                result: result as i64,
            },
        }
    }

    /// The symbol a person would name: for a section's symbol, the one at the
    /// place that the relocation means.
    fn target(&self, relocation: &Relocation) -> (String, u64) {
        let symbol = self.object.symbol(relocation.symbol as usize);
        let value = self.values[symbol.index];
        if symbol.is_section() {
            // A distance from the field of a RIL instruction has 2 added.
            let offset = relocation.addend.wrapping_sub(2).max(0);
            let named = self
                .object
                .symbol_at(symbol.section, offset.cast_unsigned());
            if let Some(named) = named {
                return (named.name.into(), self.values[named.index]);
            }
        }
        (symbol.name.into(), value)
    }
}

impl<'data> Linked<'data> {
    /// Address of the symbol of this name, which the module defines.
    pub fn address(&self, name: &str) -> Option<u64> {
        let symbol = self.object.find(name)?;
        Some(self.values[symbol.index])
    }

    /// What the module exports.
    pub fn exports(&self) -> impl Iterator<Item = Symbol<'data>> {
        let exported = self.object.exports();
        exported.filter_map(|name| {
            let symbol = self.object.find(name)?;
            Some(Symbol {
                name,
                value: self.values[symbol.index],
                size: symbol.size,
            })
        })
    }

    /// The module's functions.
    pub fn functions(&self) -> impl Iterator<Item = Symbol<'data>> {
        let functions = self
            .object
            .symbols()
            .filter(|symbol| symbol.kind == STT_FUNC);
        functions.map(|symbol| Symbol {
            name: symbol.name,
            value: self.values[symbol.index],
            size: symbol.size,
        })
    }

    /// The module's per-CPU variables.
    pub fn variables(&self) -> impl Iterator<Item = Variable<'data>> {
        let inside = |section: SymbolSection| {
            let index = usize::from(section.0);
            index < self.object.section_count() && self.object.section(index).is_per_cpu()
        };
        let symbols = self.object.symbols();
        let variables =
            symbols.filter(move |s| inside(s.section) && !s.is_section() && s.size != 0);
        variables.map(|symbol| {
            let handle = self.values[symbol.index];
            let slot = self.slots.iter().find(|slot| slot.value == handle);
            Variable {
                name: symbol.name,
                handle,
                size: symbol.size,
                slot: slot.map(|slot| slot.address),
            }
        })
    }

    /// Its GOT: address, and what is in it.
    pub fn got(&self) -> (u64, &[Slot<'data>]) {
        (self.got, &self.slots)
    }

    /// All symbols with their values, by index in the file.
    pub fn symbols(&self) -> impl Iterator<Item = Symbol<'data>> {
        let values = self.values.iter().skip(1);
        self.object
            .symbols()
            .zip(values)
            .map(|(symbol, &value)| Symbol {
                name: symbol.name,
                value,
                size: symbol.size,
            })
    }
}
