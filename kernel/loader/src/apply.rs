//! What a relocation comes to, and the bytes it writes.
//!
//! [`Addresses::compute`] works out a relocation from addresses alone; linking writes
//! what it says, and whoever wants to show a module asks it again.

use crate::bound::{Bound, Kind};
use crate::error::{LoadError, Name, Place, Unrepresentable};
use crate::layout::Position;
use crate::plan::{Plan, PlannedSection, SlotTarget};
use crate::refusal;
use crate::relocation::Relocation;
use crate::s390x::{Field, FieldError, Howto, RelativeTo, SLOT, STUB, Target};
use crate::tables::Rela;
use core::slice;
use object::elf::{
    R_390_64, R_390_GOTENT, R_390_PC32, R_390_PC32DBL, R_390_PLT32DBL, RelocationType,
};

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
    /// The symbols, by index.
    pub symbols: &'a [Bound],
    /// Addresses of the GOT and the PLT.
    pub got: u64,
    pub plt: u64,
}

impl<'a, 'data> Addresses<'a, 'data> {
    pub fn new(plan: &'a Plan<'data>, base: u64, per_cpu: u64, symbols: &'a [Bound]) -> Self {
        Self {
            plan,
            base,
            per_cpu,
            symbols,
            got: base.wrapping_add(plan.layout().got().0),
            plt: base.wrapping_add(plan.layout().plt().0),
        }
    }

    /// Address of a slot, by its number.
    pub fn slot(&self, number: u32) -> u64 {
        self.got.wrapping_add(u64::from(number) * SLOT)
    }

    /// What a slot holds.
    #[inline]
    pub fn target(&self, target: &SlotTarget) -> u64 {
        let symbol = &self.symbols[target.symbol as usize];
        symbol.value.wrapping_add_signed(target.offset)
    }

    /// Address of a stub, by its number.
    fn stub(&self, number: u32) -> u64 {
        self.plt.wrapping_add(u64::from(number) * STUB)
    }

    /// Checks every relocation, and applies it to the image or the per-CPU template.
    pub fn relocate(&self, image: &mut [u8], template: &mut [u8]) -> Result<(), LoadError> {
        for planned in self.plan.sections() {
            let section = self.plan.layout().section(planned.target);
            let (buffer, start, address) = match self.plan.layout().position(section.index) {
                Position::Nowhere => continue,
                Position::Image(offset) => (&mut *image, offset, self.base),
                Position::PerCpu(offset) => (&mut *template, offset, self.per_cpu),
            };
            let bytes = &mut buffer[start as usize..][..section.bytes.len()];
            let start = address.wrapping_add(start);
            let mut entries = planned.entries;
            let mut places = self.plan.place_slots(planned).iter();
            while let [entry, rest @ ..] = self.apply_usual(entries, bytes, start, &mut places) {
                if !self.apply_other(entry, bytes, start, &mut places) {
                    let index = planned.entries.len() - rest.len() - 1;
                    return Err(self.refusal(planned, index));
                }
                entries = rest;
            }
        }
        Ok(())
    }

    /// Checks that no relocation is against what takes no memory.
    pub fn check_symbols(&self) -> Result<(), LoadError> {
        for planned in self.plan.sections() {
            let is_nowhere = |entry: &Rela| {
                let symbol = self.symbols.get(Relocation::decode(entry).symbol as usize);
                symbol.is_some_and(|symbol| symbol.kind == Kind::Nowhere)
            };
            for (index, entry) in planned.entries.iter().enumerate() {
                let needs_symbol = || match Target::of(Relocation::type_of(entry)) {
                    None | Some(Target::None | Target::Got) => false,
                    Some(Target::Symbol | Target::Slot | Target::Plt) => true,
                };
                if is_nowhere(entry) && needs_symbol() {
                    return Err(self.refusal(planned, index));
                }
            }
        }
        Ok(())
    }

    /// Applies relocations of a section, whose bytes are those that the file has of it, at an
    /// address, up to one that takes a closer look.
    ///
    /// Nearly all are of a few types. For each of these the compiler makes a copy of `apply`
    /// that has nothing left to decide, and takes half as many instructions. They are chosen
    /// in two steps: a choice of all would be a jump through a table, which takes as many as
    /// the rest. And as it calls nothing, all that the loop needs is in registers.
    #[inline(never)]
    fn apply_usual<'e>(
        &self,
        mut entries: &'e [Rela],
        bytes: &mut [u8],
        start: u64,
        places: &mut slice::Iter<'_, u32>,
    ) -> &'e [Rela] {
        const ADDRESS: Howto = Howto::known(R_390_64);
        const DISTANCE: Howto = Howto::known(R_390_PC32DBL);
        const DATA_DISTANCE: Howto = Howto::known(R_390_PC32);
        const SLOT: Howto = Howto::known(R_390_GOTENT);
        // Up to there every field has room: one comparison takes the place of two.
        let Some(last) = bytes.len().checked_sub(Field::DOUBLEWORD.bytes()) else {
            return entries;
        };
        while let [entry, rest @ ..] = entries {
            let relocation = Relocation::decode(entry);
            if relocation.offset as usize > last {
                break;
            }
            let r_type = RelocationType(relocation.r_type);
            let is_done = if r_type.0 > R_390_PLT32DBL.0 {
                match r_type {
                    R_390_64 => self.apply(&ADDRESS, entry, bytes, start, places),
                    R_390_GOTENT => self.apply(&SLOT, entry, bytes, start, places),
                    _ => false,
                }
            } else if r_type.0 >= R_390_PC32DBL.0 {
                // The two are neighbours.
                match r_type {
                    R_390_PLT32DBL => self.apply_call(entry, bytes, start),
                    _ => self.apply(&DISTANCE, entry, bytes, start, places),
                }
            } else {
                r_type == R_390_PC32 && self.apply(&DATA_DISTANCE, entry, bytes, start, places)
            };
            if !is_done {
                break;
            }
            entries = rest;
        }
        entries
    }

    #[inline(never)]
    fn apply_other(
        &self,
        entry: &Rela,
        bytes: &mut [u8],
        start: u64,
        places: &mut slice::Iter<'_, u32>,
    ) -> bool {
        let howto = Howto::of(Relocation::type_of(entry));
        howto.is_some_and(|howto| self.apply(howto, entry, bytes, start, places))
    }

    /// Applies a long call; `false` if that takes a closer look.
    #[inline(always)]
    fn apply_call(&self, entry: &Rela, bytes: &mut [u8], start: u64) -> bool {
        const CALL: Howto = Howto::known(R_390_PLT32DBL);
        let relocation = Relocation::decode(entry);
        let Some(symbol) = self.symbols.get(relocation.symbol as usize) else {
            return false;
        };
        let address = start.wrapping_add(relocation.offset);
        let target = symbol.value.wrapping_add(symbol.detour);
        let result = self.distance(&CALL, address, target, relocation.addend);
        write(&CALL, &relocation, bytes, result)
    }

    /// Applies a relocation; `false` if it can't be.
    #[inline(always)]
    fn apply(
        &self,
        howto: &Howto,
        entry: &Rela,
        bytes: &mut [u8],
        start: u64,
        places: &mut slice::Iter<'_, u32>,
    ) -> bool {
        let relocation = Relocation::decode(entry);
        let Some(symbol) = self.symbols.get(relocation.symbol as usize) else {
            return false;
        };
        let address = start.wrapping_add(relocation.offset);
        let computed = self.compute(&relocation, howto, symbol, address, places);
        write(howto, &relocation, bytes, computed.result)
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
                let symbol = &self.symbols[relocation.symbol as usize];
                let address = start.wrapping_add(relocation.offset);
                let computed = self.compute(&relocation, howto, symbol, address, &mut places);
                (relocation, computed)
            })
        });
        placed.into_iter().flatten()
    }

    /// Computes a relocation of a symbol, whose place is at `address`; `places` has the slots
    /// of places that are next.
    ///
    /// Inlined, because linking has no use for most of the result.
    #[inline(always)]
    fn compute(
        &self,
        relocation: &Relocation,
        howto: &Howto,
        symbol: &Bound,
        address: u64,
        places: &mut slice::Iter<'_, u32>,
    ) -> Computed {
        let value = symbol.value;
        let distance = |target, addend| self.distance(howto, address, target, addend);
        let addend = relocation.addend;
        let (via, result) = match howto.target {
            Target::Symbol => (Via::Direct, distance(value, addend)),
            Target::Plt => {
                let direct = distance(value, addend);
                // An odd target is an error that a stub would only hide.
                match howto.field.check(direct) {
                    Err(FieldError::Overflow { .. }) if symbol.needs_stub(howto) => {
                        let stub = self.stub(symbol.stub);
                        (Via::Stub(stub), distance(stub, addend))
                    }
                    _ => (Via::Direct, direct),
                }
            }
            Target::Slot => {
                let is_place = symbol.kind == Kind::Section;
                // A place's slot has taken up the addend but for the bias.
                let (slot, addend) = match is_place.then(|| places.next()).flatten() {
                    Some(&place) => (self.slot(place), howto.bias),
                    None => (self.slot(symbol.slot), addend),
                };
                (Via::Slot(slot), distance(slot, addend))
            }
            Target::Got => (Via::Direct, distance(self.got, addend)),
            Target::None => (Via::Direct, 0),
        };
        Computed {
            address,
            value,
            via,
            result,
        }
    }

    /// So much behind a target, from what the value of a relocation at `address` counts from.
    #[inline(always)]
    fn distance(&self, howto: &Howto, address: u64, target: u64, addend: i64) -> i64 {
        // Addresses are 64 bits and wrap; distances between them are signed.
        let target = target.wrapping_add_signed(addend);
        target.wrapping_sub(self.from(howto, address)).cast_signed()
    }

    /// What the value of a relocation at `address` counts from.
    #[inline]
    fn from(&self, howto: &Howto, address: u64) -> u64 {
        match howto.relative_to {
            RelativeTo::Nothing => 0,
            RelativeTo::Place => address,
            RelativeTo::Got => self.got,
        }
    }

    /// Why a relocation of a section can't be applied, by its index. Those before it have been.
    #[cold]
    fn refusal(&self, planned: &PlannedSection<'data>, index: usize) -> LoadError {
        let layout = self.plan.layout();
        let entry = Relocation::decode(&planned.entries[index]);
        let refusal = refusal::find(layout.object(), layout.sections(), planned.target, &entry);
        if let Some(refusal) = refusal {
            return refusal;
        }
        let (_, howto) = decode(&planned.entries[index]);
        let Some((relocation, computed)) = self.computed(planned).nth(index) else {
            unreachable!("a section that is relocated lies somewhere");
        };
        let Computed {
            address, result, ..
        } = computed;
        let section = layout.section(planned.target);
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
        match howto.field.check(result) {
            Err(FieldError::Odd) => LoadError::Odd(facts),
            Err(FieldError::Overflow { .. }) => LoadError::Overflow(facts),
            Ok(()) => unreachable!("{relocation:?} has nothing wrong"),
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
                    self.symbols[named.index].value,
                );
            }
        }
        (
            Name::new(symbol.name),
            addend,
            self.symbols[symbol.index].value,
        )
    }
}

/// Writes what a relocation comes to into a section's bytes; `false` if it doesn't fit, or if
/// its place isn't inside of them.
#[inline(always)]
fn write(howto: &Howto, relocation: &Relocation, bytes: &mut [u8], result: i64) -> bool {
    let place = bytes.get_mut(relocation.offset as usize..);
    let place = place.filter(|place| place.len() >= howto.field.bytes());
    place.is_some_and(|place| howto.field.write(place, result).is_ok())
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
