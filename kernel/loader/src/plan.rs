//! What a module needs, worked out before anything is allocated.
//!
//! Relocations are read twice. The plan checks each of them, and gives its symbol a GOT slot
//! or a PLT stub where it asks for one; so it is known how large both tables are. Linking
//! reads them again, and finds what each is bound to by its symbol.
//!
//! There is one slot for each distinct target, and one stub for each function that a
//! call may not reach: one of another object, at an absolute address or outside of its
//! section, or, if the call's field is short, any.
//!
//! A slot's target is a symbol, or a place in a section. The latter because LLVM
//! names a local variable's slot by the section's symbol and an offset:
//! `R_390_GOTENT .data..percpu+0xa` is the slot of the variable at offset 8, the
//! 2 being the field's distance from its instruction. By the letter of the ABI
//! the addend would count from the section's slot, and two variables of one
//! module would share it.

use crate::error::{LoadError, Name, Place};
use crate::layout::Layout;
use crate::object::Object;
use crate::relocation::Relocation;
use crate::s390x::{Howto, Target};
use crate::section::{Section, section_index};
use crate::tables::Rela;
use alloc::vec::Vec;
use fallible::{TryPush, collected, filled};

/// What a GOT slot holds the address of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SlotTarget {
    pub symbol: u32,
    /// For a section's symbol, the offset in the section; otherwise 0.
    pub offset: i64,
}

/// What a symbol is to relocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// No symbol, or something in the module's memory.
    Near,
    /// A section of the module's memory.
    Section,
    /// What another object defines, an absolute address, or one outside of its section.
    Far,
    /// Something in a section that takes no memory.
    Nowhere,
}

impl Kind {
    fn of(object: &Object<'_>, sections: &[Section<'_>], symbol: usize) -> Self {
        let (section, value) = object.place_of(symbol);
        match section_index(section) {
            None if symbol == 0 => Kind::Near,
            None => Kind::Far,
            Some(section) if !sections[section].is_allocated() => Kind::Nowhere,
            Some(_) if object.is_section_symbol(symbol) => Kind::Section,
            Some(section) if value > sections[section].size => Kind::Far,
            Some(_) => Kind::Near,
        }
    }
}

/// A symbol, and the numbers of what it has been given; `NONE` for nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlannedSymbol {
    kind: Kind,
    pub slot: u32,
    pub stub: u32,
}

const NONE: u32 = u32::MAX;

impl PlannedSymbol {
    /// Whether its slots are those of places in it.
    pub fn is_section(&self) -> bool {
        self.kind == Kind::Section
    }

    /// Whether a call may not reach it.
    pub fn needs_stub(&self, howto: &Howto) -> bool {
        self.kind == Kind::Far || self.kind == Kind::Near && howto.field.is_short()
    }
}

/// The relocations of a section, all of them checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlannedSection<'data> {
    /// Index of the section that they apply to.
    pub target: usize,
    pub entries: &'data [Rela],
    /// How many relocations before them refer to slots of places.
    places: usize,
}

/// The plan of a load: a layout, and what the relocations are bound to.
#[derive(Debug)]
pub struct Plan<'data> {
    layout: Layout<'data>,
    /// By index in the file.
    symbols: Vec<PlannedSymbol>,
    /// By number.
    slots: Vec<SlotTarget>,
    /// By number: the slot that a stub loads its target from.
    stubs: Vec<u32>,
    sections: Vec<PlannedSection<'data>>,
    /// The slots of places in sections, in the order of the relocations that refer to them.
    place_slots: Vec<u32>,
}

impl<'data> Plan<'data> {
    /// Checks all relocations of an object, and plans its layout.
    ///
    /// Holds 12 bytes a symbol, 16 a slot, and as many a relocation of a place's slot; that
    /// goes with the plan, whose [layout](Plan::into_layout) can be kept.
    ///
    /// # Errors
    /// If a relocation or a section can't be in a module, or there is no memory.
    pub fn new(object: &Object<'data>) -> Result<Self, LoadError> {
        let sections = (0..object.section_count()).map(|index| object.section(index));
        let sections = collected(object.section_count(), sections)?;
        let mut planner = Planner::new(object, &sections)?;
        let mut relocations = Vec::new();
        for (target, entries) in object.relocations() {
            relocations.try_push(PlannedSection {
                target,
                entries,
                places: planner.places.len(),
            })?;
            planner.section(&sections[target], entries)?;
        }
        let place_slots = planner.number_places()?;
        let Planner {
            symbols,
            slots,
            stubs,
            ..
        } = planner;
        Ok(Self {
            layout: Layout::new(object, sections, slots.len() as u32, stubs.len() as u32)?,
            symbols,
            slots,
            stubs,
            sections: relocations,
            place_slots,
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

    /// What a relocation's symbol has been given.
    #[inline]
    pub(crate) fn symbol(&self, index: u32) -> &PlannedSymbol {
        &self.symbols[index as usize]
    }

    /// All relocations, section by section, as the file has them.
    pub(crate) fn sections(&self) -> &[PlannedSection<'data>] {
        &self.sections
    }

    /// The slots of places that a section's relocations refer to, in their order.
    pub(crate) fn place_slots(&self, section: &PlannedSection<'_>) -> &[u32] {
        &self.place_slots[section.places..]
    }
}

struct Planner<'a, 'data> {
    object: &'a Object<'data>,
    sections: &'a [Section<'data>],
    symbols: Vec<PlannedSymbol>,
    slots: Vec<SlotTarget>,
    stubs: Vec<u32>,
    /// Targets of slots that are places in sections, in the order of the relocations that
    /// refer to them.
    places: Vec<SlotTarget>,
}

impl<'a, 'data> Planner<'a, 'data> {
    fn new(object: &'a Object<'data>, sections: &'a [Section<'data>]) -> Result<Self, LoadError> {
        let symbols = (0..object.symbol_count()).map(|symbol| PlannedSymbol {
            kind: Kind::of(object, sections, symbol),
            slot: NONE,
            stub: NONE,
        });
        Ok(Self {
            object,
            sections,
            symbols: collected(object.symbol_count(), symbols)?,
            slots: Vec::new(),
            stubs: Vec::new(),
            places: Vec::new(),
        })
    }

    /// Checks the relocations of a section. Not inlined: a loop of its own has registers for
    /// all that it needs.
    #[inline(never)]
    fn section(&mut self, target: &Section<'_>, entries: &[Rela]) -> Result<(), LoadError> {
        for entry in entries {
            let Relocation {
                offset,
                r_type,
                symbol: index,
                addend,
            } = Relocation::decode(entry);
            let howto = Howto::of(r_type).filter(|howto| has_room(target, offset, howto));
            let symbol = self.symbols.get(index as usize);
            let (Some(howto), Some(symbol)) = (howto, symbol) else {
                return Err(self.refused(target, entry));
            };
            match howto.target {
                Target::None | Target::Got => {}
                _ if symbol.kind == Kind::Nowhere => return Err(self.refused(target, entry)),
                Target::Symbol => {}
                Target::Plt if !symbol.needs_stub(howto) => {}
                Target::Plt => self.give_stub(index)?,
                Target::Slot if symbol.is_section() => self.places.try_push(SlotTarget {
                    symbol: index,
                    offset: addend.wrapping_sub(howto.bias),
                })?,
                Target::Slot => self.give_slot(index)?,
            }
        }
        Ok(())
    }

    #[inline]
    fn give_slot(&mut self, symbol: u32) -> Result<(), LoadError> {
        let slot = &mut self.symbols[symbol as usize].slot;
        if *slot == NONE {
            *slot = self.slots.len() as u32;
            self.slots.try_push(SlotTarget { symbol, offset: 0 })?;
        }
        Ok(())
    }

    #[inline]
    fn give_stub(&mut self, symbol: u32) -> Result<(), LoadError> {
        if self.symbols[symbol as usize].stub == NONE {
            self.give_slot(symbol)?;
            let planned = &mut self.symbols[symbol as usize];
            planned.stub = self.stubs.len() as u32;
            self.stubs.try_push(planned.slot)?;
        }
        Ok(())
    }

    /// Gives slots to places in sections: behind those of symbols, in the order of the places.
    /// Returns them in the order of the relocations.
    fn number_places(&mut self) -> Result<Vec<u32>, LoadError> {
        let mut order = collected(self.places.len(), 0..self.places.len() as u32)?;
        order.sort_unstable_by_key(|&index| self.places[index as usize]);
        let mut slots = filled(self.places.len(), NONE)?;
        let mut last = None;
        for index in order {
            let target = self.places[index as usize];
            if last != Some(target) {
                self.slots.try_push(target)?;
                last = Some(target);
            }
            slots[index as usize] = self.slots.len() as u32 - 1;
        }
        Ok(slots)
    }

    /// What is wrong with a relocation.
    #[cold]
    fn refused(&self, target: &Section<'_>, entry: &Rela) -> LoadError {
        let entry = Relocation::decode(entry);
        let place = Place {
            section: Name::new(target.name),
            offset: entry.offset,
        };
        let Some(howto) = Howto::of(entry.r_type) else {
            return LoadError::RelocationType {
                place,
                r_type: entry.r_type,
            };
        };
        if !has_room(target, entry.offset, howto) {
            return LoadError::RelocationOutside {
                place,
                howto,
                size: target.size,
            };
        }
        if entry.symbol as usize >= self.symbols.len() {
            return LoadError::RelocationSymbol {
                place,
                symbol: entry.symbol,
            };
        }
        // A symbol of a debug section has no address that could be written.
        let symbol = self.object.symbol(entry.symbol as usize);
        let section = symbol.section_index();
        let section = section.map_or("", |section| self.sections[section].name);
        LoadError::NotInMemory {
            place,
            howto,
            symbol: Name::new(symbol.name),
            section: Name::new(section),
        }
    }
}

/// Whether a relocation's field lies inside what the file has of the section that it
/// applies to.
#[inline]
fn has_room(target: &Section<'_>, offset: u64, howto: &Howto) -> bool {
    let end = offset.checked_add(howto.field.bytes() as u64);
    end.is_some_and(|end| end <= target.bytes.len() as u64)
}
