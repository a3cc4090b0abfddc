//! What a relocation comes to, and the bytes it writes.
//!
//! [`Addresses::compute`] works out a relocation from addresses alone; linking writes
//! what it says, and whoever wants to show a module asks it again.

use crate::error::{LoadError, Name, Place, Unrepresentable};
use crate::layout::Position;
use crate::plan::{Bound, Plan, PlannedRelocation};
use crate::s390x::{FieldError, RelativeTo, SLOT, STUB};
use crate::section::Section;

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

impl Addresses<'_, '_> {
    /// Address of the GOT.
    pub fn got(&self) -> u64 {
        self.base.wrapping_add(self.plan.layout().got().0)
    }

    /// Address of a slot, by its number.
    pub fn slot(&self, number: u32) -> u64 {
        self.got().wrapping_add(u64::from(number) * SLOT)
    }

    /// Address of a stub, by its number.
    fn stub(&self, number: u32) -> u64 {
        let offset = self.plan.layout().plt().0 + u64::from(number) * STUB;
        self.base.wrapping_add(offset)
    }

    /// Applies every relocation to the image and the per-CPU template.
    pub fn relocate(&self, image: &mut [u8], template: &mut [u8]) -> Result<(), LoadError> {
        for (section, relocations) in self.plan.sections() {
            let (buffer, start, address) = match self.plan.layout().position(section.index) {
                Position::Nowhere => continue,
                Position::Image(offset) => (&mut *image, offset, self.base),
                Position::PerCpu(offset) => (&mut *template, offset, self.per_cpu),
            };
            let bytes = &mut buffer[start as usize..][..section.size as usize];
            let address = address.wrapping_add(start);
            for relocation in relocations {
                let address = address.wrapping_add(relocation.entry.offset);
                self.apply(section, &relocation, address, bytes)?;
            }
        }
        Ok(())
    }

    /// Applies one relocation, whose place is at `address`, to its section's bytes.
    fn apply(
        &self,
        section: &Section<'_>,
        relocation: &PlannedRelocation,
        address: u64,
        bytes: &mut [u8],
    ) -> Result<(), LoadError> {
        if relocation.bound == Bound::Nothing {
            return Ok(());
        }
        let computed = self.compute(relocation, address);
        let field = relocation.howto.field;
        let place = &mut bytes[relocation.entry.offset as usize..][..field.bytes()];
        let written = field.write(place, computed.result);
        written.map_err(|error| self.unrepresentable(error, section, relocation, &computed))
    }

    /// Computes a relocation whose place is at `address`.
    pub fn compute(&self, relocation: &PlannedRelocation, address: u64) -> Computed {
        let PlannedRelocation {
            entry,
            howto,
            bound,
        } = relocation;
        let value = self.values[entry.symbol as usize];
        let from = self.from(relocation, address);
        // Addresses are 64 bits and wrap; distances between them are signed.
        let distance = |target: u64, addend: i64| {
            let result = target.wrapping_add_signed(addend).wrapping_sub(from);
            result.cast_signed()
        };
        let (via, result) = match *bound {
            Bound::Nothing => (Via::Direct, 0),
            Bound::Symbol => (Via::Direct, distance(value, entry.addend)),
            Bound::Got => (Via::Direct, distance(self.got(), entry.addend)),
            Bound::Slot(number) => {
                let slot = self.slot(number);
                (Via::Slot(slot), distance(slot, entry.addend))
            }
            Bound::PlaceSlot(number) => {
                let slot = self.slot(number);
                (Via::Slot(slot), distance(slot, howto.bias))
            }
            Bound::Stub(number) => {
                let direct = distance(value, entry.addend);
                match howto.field.check(direct) {
                    Err(FieldError::Overflow { .. }) => {
                        let stub = self.stub(number);
                        (Via::Stub(stub), distance(stub, entry.addend))
                    }
                    // An odd target is an error that a stub would only hide.
                    Ok(()) | Err(FieldError::Odd) => (Via::Direct, direct),
                }
            }
        };
        Computed {
            address,
            value,
            via,
            result,
        }
    }

    /// What the value of a relocation at `address` counts from.
    fn from(&self, relocation: &PlannedRelocation, address: u64) -> u64 {
        match relocation.howto.relative_to {
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
        relocation: &PlannedRelocation,
        computed: &Computed,
    ) -> LoadError {
        let (symbol, offset, value) = self.meant(relocation);
        let entry = relocation.entry.symbol as usize;
        let facts = Unrepresentable {
            place: place(section, relocation),
            howto: relocation.howto,
            symbol,
            offset,
            value,
            is_missing: value == 0 && self.plan.object().is_undefined(entry),
            from: self.from(relocation, computed.address),
            result: computed.result,
        };
        match error {
            FieldError::Overflow { .. } => LoadError::Overflow(facts),
            FieldError::Odd => LoadError::Odd(facts),
        }
    }

    /// What a person would say that a relocation refers to: its symbol, or for a section's
    /// symbol the one that lies there; bytes from it; its value.
    fn meant(&self, relocation: &PlannedRelocation) -> (Name, i64, u64) {
        let object = self.plan.object();
        let symbol = object.symbol(relocation.entry.symbol as usize);
        // The assembler's addend counts from the place, the source's from the instruction.
        let addend = relocation.entry.addend.wrapping_sub(relocation.howto.bias);
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

fn place(section: &Section<'_>, relocation: &PlannedRelocation) -> Place {
    Place {
        section: Name::new(section.name),
        offset: relocation.entry.offset,
    }
}
