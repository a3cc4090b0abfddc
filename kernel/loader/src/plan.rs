//! What a module needs, worked out before anything is allocated.
//!
//! Relocations are read twice. The plan looks at those that ask for a GOT slot or a PLT stub,
//! and gives their symbols one; so it is known how large both tables are. Linking reads them
//! again, checks them, and finds what each is bound to by its symbol.
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

use crate::bound::{Bound, Kind, NONE, Places};
use crate::error::LoadError;
use crate::layout::Layout;
use crate::object::Object;
use crate::refusal;
use crate::relocation::Relocation;
use crate::s390x::{Howto, TYPES, Target};
use crate::section::Section;
use crate::tables::Rela;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use fallible::{TryPush, collected, filled};
use object::elf::{R_390_GOTENT, R_390_PLT32DBL, RelocationType};

/// What a GOT slot holds the address of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SlotTarget {
    pub symbol: u32,
    /// For a section's symbol, the offset in the section; otherwise 0.
    pub offset: i64,
}

/// The relocations of a section.
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
    symbols: Vec<Bound>,
    /// By number.
    slots: Vec<SlotTarget>,
    /// By number: the slot that a stub loads its target from.
    stubs: Vec<u32>,
    sections: Vec<PlannedSection<'data>>,
    /// The slots of places in sections, in the order of the relocations that refer to them.
    place_slots: Vec<u32>,
}

impl<'data> Plan<'data> {
    /// Gives slots and stubs to the relocations of an object that ask for them, and plans its
    /// layout.
    ///
    /// Holds 32 bytes a symbol, 16 a slot, and as many a relocation of a place's slot; that
    /// goes with the plan, whose [layout](Plan::into_layout) can be kept.
    ///
    /// # Errors
    /// If such a relocation, the type of any, or a section can't be in a module, or there is
    /// no memory.
    pub fn new(object: &Object<'data>) -> Result<Self, LoadError> {
        let sections = (0..object.section_count()).map(|index| object.section(index));
        let sections = collected(object.section_count(), sections)?;
        let mut planner = Planner::new(object, &sections)?;
        let mut symbols = filled(object.symbol_count(), Bound::NEW)?;
        let mut relocations = Vec::new();
        for (target, entries) in object.relocations() {
            relocations.try_push(PlannedSection {
                target,
                entries,
                places: planner.places.len(),
            })?;
            planner.section(&mut symbols, target, entries)?;
        }
        let place_slots = planner.number_places()?;
        let Planner { slots, stubs, .. } = planner;
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

    /// What the symbols have been given, by index in the file.
    pub(crate) fn symbols(&self) -> &[Bound] {
        &self.symbols
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

/// Whether a relocation has what it asks for.
enum Given {
    All,
    NoMemory,
    Refused,
}

impl Given {
    fn of(result: Result<(), TryReserveError>) -> Self {
        result.map_or(Self::NoMemory, |()| Self::All)
    }
}

/// Whether a relocation of a type may ask for a slot or a stub: one look at a bit, as half of
/// all relocations don't. Types that are the same modulo 64 share the bit; what is no type is
/// refused when it is applied, if not here.
#[inline]
fn may_ask(r_type: u32) -> bool {
    const ASK: u64 = {
        let mut bits = 0;
        let mut r_type = 0;
        while r_type < TYPES {
            if !matches!(Target::of(r_type), Some(Target::Symbol)) {
                bits |= 1 << (63 - r_type % 64);
            }
            r_type += 1;
        }
        bits
    };
    // The bit is moved to where the sign is.
    ASK.wrapping_shl(r_type).cast_signed() < 0
}

/// As [`TryPush::try_push`], into a list that takes room for the calls and slots of a small
/// module at once.
#[inline(always)]
fn push_first_of_many<T>(list: &mut Vec<T>, value: T) -> Result<(), TryReserveError> {
    if list.capacity() == 0 {
        list.try_reserve_exact(256)?;
    }
    list.try_push(value)
}

struct Planner<'a, 'data> {
    object: &'a Object<'data>,
    sections: &'a [Section<'data>],
    places_of: Places,
    slots: Vec<SlotTarget>,
    stubs: Vec<u32>,
    /// Targets of slots that are places in sections, in the order of the relocations that
    /// refer to them.
    places: Vec<SlotTarget>,
}

impl<'a, 'data> Planner<'a, 'data> {
    fn new(object: &'a Object<'data>, sections: &'a [Section<'data>]) -> Result<Self, LoadError> {
        Ok(Self {
            object,
            sections,
            places_of: Places::new(sections)?,
            slots: Vec::new(),
            stubs: Vec::new(),
            places: Vec::new(),
        })
    }

    /// Looks at the relocations of a section. Not inlined: a loop of its own has registers
    /// for all that it needs.
    #[inline(never)]
    fn section(
        &mut self,
        symbols: &mut [Bound],
        target: usize,
        entries: &[Rela],
    ) -> Result<(), LoadError> {
        for entry in entries {
            let r_type = Relocation::type_of(entry);
            if !may_ask(r_type) {
                continue;
            }
            let Relocation { symbol: index, .. } = Relocation::decode(entry);
            let symbol = symbols.get_mut(index as usize);
            let symbol = symbol.map(|symbol| self.known(index, symbol));
            // By far the most of those that ask, and few are the first of their symbol.
            let given = match (RelocationType(r_type), symbol) {
                (R_390_PLT32DBL, Some(symbol)) if symbol.kind == Kind::Near => continue,
                (R_390_PLT32DBL, Some(symbol)) if symbol.stub != NONE => continue,
                (R_390_PLT32DBL, Some(symbol)) if symbol.kind == Kind::Far => {
                    Given::of(self.give_stub(index, symbol))
                }
                (R_390_GOTENT, Some(symbol)) if symbol.slot != NONE => continue,
                (R_390_GOTENT, Some(symbol)) if matches!(symbol.kind, Kind::Near | Kind::Far) => {
                    Given::of(self.give_slot(index, symbol))
                }
                _ => self.give(symbols, entry),
            };
            match given {
                Given::All => {}
                Given::NoMemory => return Err(LoadError::OutOfMemory),
                Given::Refused => {
                    let entry = Relocation::decode(entry);
                    return Err(refusal::of(self.object, self.sections, target, &entry));
                }
            }
        }
        Ok(())
    }

    /// Gives a relocation what its type asks for.
    #[inline(never)]
    fn give(&mut self, symbols: &mut [Bound], entry: &Rela) -> Given {
        let entry = Relocation::decode(entry);
        let Some(howto) = Howto::of(entry.r_type) else {
            return Given::Refused;
        };
        if !matches!(howto.target, Target::Slot | Target::Plt) {
            return Given::All;
        }
        let Some(symbol) = symbols.get_mut(entry.symbol as usize) else {
            return Given::Refused;
        };
        let result = match howto.target {
            _ if symbol.kind == Kind::Nowhere => return Given::Refused,
            Target::Slot if symbol.kind == Kind::Section => self.places.try_push(SlotTarget {
                symbol: entry.symbol,
                offset: entry.addend.wrapping_sub(howto.bias),
            }),
            Target::Slot if symbol.slot == NONE => self.give_slot(entry.symbol, symbol),
            Target::Plt if symbol.stub == NONE && symbol.needs_stub(howto) => {
                self.give_stub(entry.symbol, symbol)
            }
            _ => return Given::All,
        };
        Given::of(result)
    }

    /// A symbol, its kind known.
    #[inline(always)]
    fn known<'s>(&self, index: u32, symbol: &'s mut Bound) -> &'s mut Bound {
        if symbol.kind == Kind::Unknown {
            symbol.kind = self.places_of.kind(self.object, index as usize);
        }
        symbol
    }

    #[inline(always)]
    fn give_slot(&mut self, symbol: u32, bound: &mut Bound) -> Result<(), TryReserveError> {
        bound.slot = self.slots.len() as u32;
        push_first_of_many(&mut self.slots, SlotTarget { symbol, offset: 0 })
    }

    #[inline(never)]
    fn give_stub(&mut self, symbol: u32, bound: &mut Bound) -> Result<(), TryReserveError> {
        if bound.slot == NONE {
            self.give_slot(symbol, bound)?;
        }
        bound.stub = self.stubs.len() as u32;
        push_first_of_many(&mut self.stubs, bound.slot)
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
}
