//! What a relocation comes to, and the bytes it writes.
//!
//! [`Addresses::compute`] works out a relocation from addresses alone; linking writes
//! what it says, and whoever wants to show a module asks it again.

use crate::error::{LoadError, Name, Place, Unrepresentable};
use crate::layout::Position;
use crate::plan::{Plan, PlannedSection, SlotTarget};
use crate::relocation::Relocation;
use crate::s390x::{FieldError, Howto, RelativeTo, SLOT, STUB, Target};
use crate::section::Section;
use crate::tables::Rela;
use core::slice;

/// How a relocation's place refers to its symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// By its value.
    Direct,
    /// By the GOT slot at this address.
    Slot(u64),
    /// By the PLT stub at this address.
    Stub(u64),
}

/// A relocation, computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Computed {
    /// Address of the place.
    pub address: u64,
    /// The symbol's value.
    pub value: u64,
    /// How the place refers to it.
    pub via: Via,
    /// What the field stands for: an address, an offset, or a distance, in bytes, modulo
    /// 2^64.
    pub result: i64,
}

/// Where everything is.
#[derive(Clone, Copy)]
pub(crate) struct Addresses<'a, 'data> {
    pub plan: &'a Plan<'data>,
    pub base: u64,
    pub per_cpu: u64,
    /// Values of the symbols, by index.
    pub values: &'a [u64],
}

impl<'data> Addresses<'_, 'data> {
    /// Address of the GOT.
    pub fn got(&self) -> u64 {
        self.base.wrapping_add(self.plan.layout().got().0)
    }

    /// Address of a slot, by its number.
    pub fn slot(&self, number: u32) -> u64 {
        self.got().wrapping_add(u64::from(number) * SLOT)
    }

    /// What a slot holds.
    #[inline]
    pub fn target(&self, target: &SlotTarget) -> u64 {
        self.values[target.symbol as usize].wrapping_add_signed(target.offset)
    }

    /// Address of a stub, by its number.
    fn stub(&self, number: u32) -> u64 {
        let offset = self.plan.layout().plt().0 + u64::from(number) * STUB;
        self.base.wrapping_add(offset)
    }

    /// Applies every relocation to the image and the per-CPU template.
    pub fn relocate(&self, image: &mut [u8], template: &mut [u8]) -> Result<(), LoadError> {
        for planned in self.plan.sections() {
            let section = self.plan.layout().section(planned.target);
            let (buffer, start, address) = match self.plan.layout().position(section.index) {
                Position::Nowhere => continue,
                Position::Image(offset) => (&mut *image, offset, self.base),
                Position::PerCpu(offset) => (&mut *template, offset, self.per_cpu),
            };
            let bytes = &mut buffer[start as usize..][..section.size as usize];
            let address = address.wrapping_add(start);
            let mut places = self.plan.place_slots(planned).iter();
            for entry in planned.entries {
                let (relocation, howto) = decode(entry);
                let address = address.wrapping_add(relocation.offset);
                let Computed { result, .. } =
                    self.compute(&relocation, howto, address, &mut places);
                let place = &mut bytes[relocation.offset as usize..];
                if let Err(error) = howto.field.write(place, result) {
                    return Err(self.unrepresentable(error, section, entry, address, result));
                }
            }
        }
        Ok(())
    }

    /// The relocations of a section as they were done.
    pub fn computed(
        self,
        planned: &PlannedSection<'data>,
    ) -> impl Iterator<Item = (Relocation, Computed)> {
        let position = self.plan.layout().position(planned.target);
        let start = position.address(self.base, self.per_cpu);
        let mut places = self.plan.place_slots(planned).iter();
        let placed = start.map(|start| {
            planned.entries.iter().map(move |entry| {
                let (relocation, howto) = decode(entry);
                let address = start.wrapping_add(relocation.offset);
                let computed = self.compute(&relocation, howto, address, &mut places);
                (relocation, computed)
            })
        });
        placed.into_iter().flatten()
    }

    /// Computes a relocation whose place is at `address`; `places` has the slots of places
    /// that are next.
    ///
    /// Inlined, because linking has no use for most of the result.
    #[inline(always)]
    fn compute(
        &self,
        relocation: &Relocation,
        howto: &Howto,
        address: u64,
        places: &mut slice::Iter<'_, u32>,
    ) -> Computed {
        let index = relocation.symbol;
        let value = self.values[index as usize];
        let from = self.from(howto, address);
        // Addresses are 64 bits and wrap; distances between them are signed.
        let distance = |target: u64, addend: i64| {
            let result = target.wrapping_add_signed(addend).wrapping_sub(from);
            result.cast_signed()
        };
        let addend = relocation.addend;
        let (via, result) = match howto.target {
            Target::Symbol => (Via::Direct, distance(value, addend)),
            Target::Plt => {
                let direct = distance(value, addend);
                // An odd target is an error that a stub would only hide.
                match howto.field.check(direct) {
                    Err(FieldError::Overflow { .. })
                        if self.plan.symbol(index).needs_stub(howto) =>
                    {
                        let stub = self.stub(self.plan.symbol(index).stub);
                        (Via::Stub(stub), distance(stub, addend))
                    }
                    _ => (Via::Direct, direct),
                }
            }
            Target::Slot => {
                let symbol = self.plan.symbol(index);
                // A place's slot has taken up the addend but for the bias.
                let (slot, addend) = match symbol.is_section().then(|| places.next()).flatten() {
                    Some(&place) => (self.slot(place), howto.bias),
                    None => (self.slot(symbol.slot), addend),
                };
                (Via::Slot(slot), distance(slot, addend))
            }
            Target::Got => (Via::Direct, distance(self.got(), addend)),
            Target::None => (Via::Direct, 0),
        };
        Computed {
            address,
            value,
            via,
            result,
        }
    }

    /// What the value of a relocation at `address` counts from.
    #[inline]
    fn from(&self, howto: &Howto, address: u64) -> u64 {
        match howto.relative_to {
            RelativeTo::Nothing => 0,
            RelativeTo::Place => address,
            RelativeTo::Got => self.got(),
        }
    }

    /// Why a result can't be written.
    #[cold]
    fn unrepresentable(
        &self,
        error: FieldError,
        section: &Section<'_>,
        entry: &Rela,
        address: u64,
        result: i64,
    ) -> LoadError {
        let (relocation, howto) = decode(entry);
        let (symbol, offset, value) = self.meant(&relocation, howto);
        let facts = Unrepresentable {
            place: Place {
                section: Name::new(section.name),
                offset: relocation.offset,
            },
            howto,
            symbol,
            offset,
            value,
            is_missing: value == 0 && self.plan.object().is_undefined(relocation.symbol as usize),
            from: self.from(howto, address),
            result,
        };
        match error {
            FieldError::Overflow { .. } => LoadError::Overflow(facts),
            FieldError::Odd => LoadError::Odd(facts),
        }
    }

    /// What a person would say that a relocation refers to: its symbol, or for a section's
    /// symbol the one that lies there; bytes from it; its value.
    fn meant(&self, relocation: &Relocation, howto: &Howto) -> (Name, i64, u64) {
        let object = self.plan.object();
        let symbol = object.symbol(relocation.symbol as usize);
        // The assembler's addend counts from the place, the source's from the instruction.
        let addend = relocation.addend.wrapping_sub(howto.bias);
        if symbol.is_section() {
            let offset = symbol.value.wrapping_add_signed(addend);
            if let Some(named) = object.symbol_at(symbol.section, offset) {
                let inside = offset.wrapping_sub(named.value);
                return (
                    Name::new(named.name),
                    inside.cast_signed(),
                    self.values[named.index],
                );
            }
        }
        (Name::new(symbol.name), addend, self.values[symbol.index])
    }
}

/// An entry that the plan has checked, and its howto.
#[inline]
fn decode(entry: &Rela) -> (Relocation, &'static Howto) {
    let relocation = Relocation::decode(entry);
    match Howto::of(relocation.r_type) {
        Some(howto) => (relocation, howto),
        None => unreachable!("a plan's relocations are of known types"),
    }
}
