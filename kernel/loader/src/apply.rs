//! What a relocation comes to, and the bytes it writes.
//!
//! [`Linker::outcome`] works out a relocation from addresses alone; linking writes
//! what it says, and whoever wants to show a module asks it again.

use crate::error::owned;
use crate::field::Misfit;
use crate::object::Object;
use crate::plan::{Plan, Position, SLOT, STUB};
use crate::relocation::{Formula, Method, Relocation, instruction_bias, method_of};
use crate::section::Section;
use crate::{LoadError, Place};
use alloc::string::String;
use object::elf::{SHN_LORESERVE, SHN_UNDEF};

/// What is between a relocation's place and its symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// Nothing.
    Direct,
    /// The GOT slot at this address.
    Slot(u64),
    /// The PLT stub at this address.
    Stub(u64),
}

/// What a relocation comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Address of the place.
    pub address: u64,
    /// The symbol's value.
    pub value: u64,
    /// How the place refers to it.
    pub via: Via,
    /// What the field stands for: an address, an offset, or a distance, in bytes.
    /// Distances and signed fields are signed.
    pub result: i128,
}

/// Where everything is.
pub(crate) struct Linker<'a, 'data> {
    pub object: &'a Object<'data>,
    pub plan: &'a Plan,
    pub base: u64,
    pub per_cpu: u64,
    /// Values of the symbols, by index.
    pub values: &'a [u64],
}

impl Linker<'_, '_> {
    /// Address of the GOT.
    pub fn got(&self) -> u64 {
        self.base.wrapping_add(self.plan.got().0)
    }

    /// Applies every relocation.
    pub fn relocate(&self, image: &mut [u8], template: &mut [u8]) -> Result<(), LoadError> {
        for section in self.object.sections() {
            let Some((target, relocations)) = self.object.relocations(&section) else {
                continue;
            };
            let position = self.plan.position(target.index);
            let (buffer, start) = match position {
                Position::Nowhere => continue,
                Position::Image(offset) => (&mut *image, offset),
                Position::PerCpu(offset) => (&mut *template, offset),
            };
            let Some(address) = position.address(self.base, self.per_cpu) else {
                continue;
            };
            let bytes = &mut buffer[start as usize..][..target.size as usize];
            for relocation in relocations {
                let address = address.wrapping_add(relocation.offset);
                self.apply(&target, &relocation, address, bytes)?;
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
        if method.formula == Formula::Nothing {
            return Ok(());
        }
        self.check_symbol(section, relocation)?;
        let outcome = self.outcome(method, relocation, address);
        let place = &mut bytes[relocation.offset as usize..][..method.field.bytes()];
        let written = method.field.write(place, outcome.result);
        written.map_err(|misfit| self.misfit(misfit, section, relocation, &outcome))
    }

    /// Works out one relocation, of a type that this method does, at `address`.
    pub fn outcome(&self, method: Method, relocation: &Relocation, address: u64) -> Outcome {
        let index = relocation.symbol as usize;
        let value = self.values[index];
        // Addresses are 64 bits and wrap; distances are signed.
        let signed = |value: u64| i128::from(value.cast_signed());
        let relative = |value: u64| signed(value.wrapping_sub(address));
        let with_addend = value.wrapping_add_signed(relocation.addend);
        let mut via = Via::Direct;
        let result = match method.formula {
            Formula::Nothing => 0,
            Formula::Absolute if method.field.reach().0 < 0 => signed(with_addend),
            Formula::Absolute => i128::from(with_addend),
            Formula::Relative => relative(with_addend),
            Formula::GotRelative => signed(with_addend.wrapping_sub(self.got())),
            Formula::GotAddress => relative(self.got().wrapping_add_signed(relocation.addend)),
            Formula::GotOffset | Formula::GotEntry => {
                let bias = instruction_bias(method.formula);
                let is_section = self.object.is_section_symbol(index);
                let key = relocation.addend.wrapping_sub(bias);
                let slot = self.plan.slot(relocation.symbol, key, is_section);
                let offset = u64::from(slot.unwrap_or(0)) * SLOT;
                let slot = self.got().wrapping_add(offset);
                via = Via::Slot(slot);
                let addend = if is_section { bias } else { relocation.addend };
                if method.formula == Formula::GotOffset {
                    i128::from(offset) + i128::from(addend)
                } else {
                    relative(slot.wrapping_add_signed(addend))
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
                    signed(target.wrapping_sub(from))
                };
                // An odd target is an error that a stub would only hide.
                let far = |misfit| matches!(misfit, Misfit::Range(..));
                let is_far = method.field.check(distance(value)).is_err_and(far);
                match self.plan.stub(relocation.symbol) {
                    Some(stub) if is_far => {
                        let offset = self.plan.plt().0 + u64::from(stub) * STUB;
                        let stub = self.base.wrapping_add(offset);
                        via = Via::Stub(stub);
                        distance(stub)
                    }
                    _ => distance(value),
                }
            }
        };
        Outcome {
            address,
            value,
            via,
            result,
        }
    }

    /// A symbol of a debug section has no address that could be written.
    fn check_symbol(
        &self,
        section: &Section<'_>,
        relocation: &Relocation,
    ) -> Result<(), LoadError> {
        let (defined_in, _) = self.object.place_of(relocation.symbol as usize);
        let in_memory = defined_in == SHN_UNDEF
            || defined_in.0 >= SHN_LORESERVE
            || self.plan.position(defined_in.0.into()) != Position::Nowhere;
        if in_memory {
            return Ok(());
        }
        let symbol = self.object.symbol(relocation.symbol as usize);
        Err(LoadError::NotInMemory {
            place: place(section, relocation),
            kind: relocation.kind,
            symbol: owned(symbol.name),
            section: owned(self.object.section(defined_in.0.into()).name),
        })
    }

    fn misfit(
        &self,
        misfit: Misfit,
        section: &Section<'_>,
        relocation: &Relocation,
        outcome: &Outcome,
    ) -> LoadError {
        let kind = relocation.kind;
        let (symbol, value) = self.target(relocation);
        let result = outcome.result as i64;
        match misfit {
            Misfit::Range(..) => LoadError::Overflow {
                place: place(section, relocation),
                kind,
                symbol,
                value,
                address: outcome.address,
                result,
            },
            Misfit::Odd => LoadError::Odd {
                place: place(section, relocation),
                kind,
                symbol,
                value,
                result,
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
                return (owned(named.name), self.values[named.index]);
            }
        }
        (owned(symbol.name), value)
    }
}

fn place(section: &Section<'_>, relocation: &Relocation) -> Place {
    Place {
        section: owned(section.name),
        offset: relocation.offset,
    }
}
