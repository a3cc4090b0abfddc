//! What a module needs, worked out before anything is allocated.
//!
//! Relocations are read once. Each is checked, gets its howto, and is bound to what it
//! refers to: a symbol, a GOT slot, a PLT stub. The plan keeps that, so applying one looks
//! nothing up and can't fail to find it.
//!
//! There is one slot for each distinct target, and one stub for each function that a
//! call may not reach: one of another object, or, if the call's field is short, any.
//!
//! A slot's target is a symbol, or a place in a section. The latter because LLVM
//! names a local variable's slot by the section's symbol and an offset:
//! `R_390_GOTENT .data..percpu+0xa` is the slot of the variable at offset 8, the
//! 2 being the field's distance from its instruction. By the letter of the ABI
//! the addend would count from the section's slot, and two variables of one
//! module would share it.

use crate::error::{LoadError, Name, Place};
use crate::fallible::{TryPush, filled, with_room};
use crate::layout::Layout;
use crate::object::{Object, RelocationSection};
use crate::relocation::Relocation;
use crate::s390x::{Howto, Target};
use crate::section::Section;
use alloc::vec::Vec;

/// What a relocation refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Nothing.
    Nothing,
    /// Its symbol.
    Symbol,
    /// Its symbol if that is in reach, else the stub of this number.
    Stub(u32),
    /// The slot of this number.
    Slot(u32),
    /// The slot of this number, whose target has taken up the addend but for the bias.
    SectionSlot(u32),
    /// The GOT.
    Got,
}

/// What the plan adds to an entry of the file.
#[derive(Clone, Copy, Debug)]
struct Planned {
    howto: &'static Howto,
    bound: Bound,
}

/// A relocation that has been checked: its place holds the field, its symbol exists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlannedRelocation {
    pub entry: Relocation,
    pub howto: &'static Howto,
    pub bound: Bound,
}

/// What a GOT slot holds the address of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SlotTarget {
    pub symbol: u32,
    /// For a section's symbol, the offset in the section; otherwise 0.
    pub offset: i64,
}

/// The plan of a load: a layout, and every relocation bound to its target.
#[derive(Debug)]
pub struct Plan<'data> {
    layout: Layout<'data>,
    /// By number.
    slots: Vec<SlotTarget>,
    /// By number: the slot that a stub loads its target from.
    stubs: Vec<u32>,
    sections: Vec<RelocationSection<'data>>,
    /// Of all sections' entries, one after another.
    planned: Vec<Planned>,
}

impl<'data> Plan<'data> {
    /// Checks all relocations of an object, and plans its layout.
    ///
    /// Holds 16 bytes a relocation and a slot; most of that goes with the plan, whose
    /// [layout](Plan::into_layout) can be kept.
    ///
    /// # Errors
    /// If a relocation or a section can't be in a module, or there is no memory.
    pub fn new(object: &Object<'data>) -> Result<Self, LoadError> {
        let mut planner = Planner::new(object)?;
        let mut sections = Vec::new();
        for section in object.relocations() {
            sections.try_push(section)?;
            planner.section(&section)?;
        }
        planner.number_section_slots()?;
        let Planner {
            slots,
            stubs,
            planned,
            ..
        } = planner;
        Ok(Self {
            layout: Layout::new(object, slots.len() as u32, stubs.len() as u32)?,
            slots,
            stubs,
            sections,
            planned,
        })
    }

    /// What is planned.
    pub fn object(&self) -> &Object<'data> {
        self.layout.object()
    }

    /// Where everything goes.
    pub fn layout(&self) -> &Layout<'data> {
        &self.layout
    }

    /// The layout alone, for as long as the module lives.
    pub fn into_layout(self) -> Layout<'data> {
        self.layout
    }

    /// What each slot is for, by number.
    pub(crate) fn slots(&self) -> &[SlotTarget] {
        &self.slots
    }

    /// The number of the slot that each stub loads its target from, by stub number.
    pub(crate) fn stubs(&self) -> &[u32] {
        &self.stubs
    }

    /// All relocations, section by section, as the file has them.
    pub(crate) fn sections(
        &self,
    ) -> impl Iterator<
        Item = (
            Section<'data>,
            impl Iterator<Item = PlannedRelocation> + use<'_, 'data>,
        ),
    > {
        let mut rest = &self.planned[..];
        self.sections.iter().map(move |section| {
            let (planned, after) = rest.split_at(section.entries.len());
            rest = after;
            let relocations =
                section
                    .entries
                    .iter()
                    .zip(planned)
                    .map(|(entry, planned)| PlannedRelocation {
                        entry: Relocation::decode(entry),
                        howto: planned.howto,
                        bound: planned.bound,
                    });
            (section.target, relocations)
        })
    }
}

const NONE: u32 = u32::MAX;

struct Planner<'a, 'data> {
    object: &'a Object<'data>,
    planned: Vec<Planned>,
    slots: Vec<SlotTarget>,
    stubs: Vec<u32>,
    /// Slot of each symbol, or `NONE`.
    symbol_slots: Vec<u32>,
    /// Stub of each symbol, or `NONE`.
    symbol_stubs: Vec<u32>,
    /// Targets of slots that are places in sections, each with the relocation, by its
    /// index, that refers to it.
    section_slots: Vec<(SlotTarget, u32)>,
}

impl<'a, 'data> Planner<'a, 'data> {
    fn new(object: &'a Object<'data>) -> Result<Self, LoadError> {
        let relocations = object.relocations().map(|section| section.entries.len());
        Ok(Self {
            object,
            planned: with_room(relocations.sum())?,
            slots: Vec::new(),
            stubs: Vec::new(),
            symbol_slots: filled(object.symbol_count(), NONE)?,
            symbol_stubs: filled(object.symbol_count(), NONE)?,
            section_slots: Vec::new(),
        })
    }

    fn section(&mut self, section: &RelocationSection<'_>) -> Result<(), LoadError> {
        for entry in section.entries {
            let entry = Relocation::decode(entry);
            let howto = check(self.object, &section.target, &entry)?;
            let bound = self.bind(howto, &entry)?;
            self.planned.try_push(Planned { howto, bound })?;
        }
        Ok(())
    }

    fn bind(&mut self, howto: &'static Howto, entry: &Relocation) -> Result<Bound, LoadError> {
        let symbol = entry.symbol as usize;
        Ok(match howto.target {
            Target::None => Bound::Nothing,
            Target::Got => Bound::Got,
            Target::Symbol => Bound::Symbol,
            Target::Slot if self.object.is_section_symbol(symbol) => {
                let target = SlotTarget {
                    symbol: entry.symbol,
                    offset: entry.addend.wrapping_sub(howto.bias),
                };
                let relocation = self.planned.len() as u32;
                self.section_slots.try_push((target, relocation))?;
                // Its number is known when all targets are.
                Bound::SectionSlot(NONE)
            }
            Target::Slot => Bound::Slot(self.symbol_slot(entry.symbol)?),
            Target::Plt => {
                let is_short = howto.field.is_short() && !self.object.is_section_symbol(symbol);
                if self.object.is_undefined(symbol) || is_short {
                    Bound::Stub(self.stub(entry.symbol)?)
                } else {
                    Bound::Symbol
                }
            }
        })
    }

    fn symbol_slot(&mut self, symbol: u32) -> Result<u32, LoadError> {
        let slot = &mut self.symbol_slots[symbol as usize];
        if *slot == NONE {
            *slot = self.slots.len() as u32;
            self.slots.try_push(SlotTarget { symbol, offset: 0 })?;
        }
        Ok(*slot)
    }

    fn stub(&mut self, symbol: u32) -> Result<u32, LoadError> {
        let slot = self.symbol_slot(symbol)?;
        let stub = &mut self.symbol_stubs[symbol as usize];
        if *stub == NONE {
            *stub = self.stubs.len() as u32;
            self.stubs.try_push(slot)?;
        }
        Ok(*stub)
    }

    /// Slots of places in sections come behind those of symbols, in the order of their
    /// places.
    fn number_section_slots(&mut self) -> Result<(), LoadError> {
        self.section_slots.sort_unstable();
        let mut last = None;
        for &(target, relocation) in &self.section_slots {
            if last != Some(target) {
                self.slots.try_push(target)?;
                last = Some(target);
            }
            let slot = self.slots.len() as u32 - 1;
            self.planned[relocation as usize].bound = Bound::SectionSlot(slot);
        }
        Ok(())
    }
}

/// Checks a relocation against the section that it applies to.
fn check(
    object: &Object<'_>,
    target: &Section<'_>,
    entry: &Relocation,
) -> Result<&'static Howto, LoadError> {
    let place = || Place {
        section: Name::new(target.name),
        offset: entry.offset,
    };
    let r_type = entry.r_type;
    let howto = Howto::of(r_type).ok_or_else(|| LoadError::RelocationType {
        place: place(),
        r_type,
    })?;
    let end = entry.offset.checked_add(howto.field.bytes() as u64);
    if end.is_none_or(|end| end > target.size) || !target.has_bytes() {
        return Err(LoadError::RelocationOutside {
            place: place(),
            howto,
            size: target.size,
        });
    }
    if entry.symbol as usize >= object.symbol_count() {
        return Err(LoadError::RelocationSymbol {
            place: place(),
            symbol: entry.symbol,
        });
    }
    Ok(howto)
}
