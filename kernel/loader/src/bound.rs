//! A symbol as relocations use it: value, slot and stub in one entry of one table.
//!
//! The plan gives slots and stubs to the symbols that need them; linking copies the table,
//! and gives each symbol its value.

use crate::error::LoadError;
use crate::object::Object;
use crate::s390x::Howto;
use crate::section::{Section, section_index};
use alloc::vec::Vec;
use fallible::collected;
use object::elf::SHN_LORESERVE;

/// What a symbol is to relocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No relocation has asked for more than its value.
    Unknown,
    /// No symbol, or something in the module's memory.
    Near,
    /// A section of the module's memory.
    Section,
    /// What another object defines, an absolute address, or one outside of its section.
    Far,
    /// Something in a section that takes no memory.
    Nowhere,
}

/// How many values a symbol of each section can have that name a place in it or its end, by
/// index; 0 for what takes no memory.
#[derive(Debug)]
pub(crate) struct Places(Vec<u64>);

impl Places {
    pub fn new(sections: &[Section<'_>]) -> Result<Self, LoadError> {
        // No symbol can name a section of a reserved index.
        let sections = sections.iter().take(SHN_LORESERVE.into());
        let places = sections.map(|section| match section.is_allocated() {
            true => section.size.saturating_add(1),
            false => 0,
        });
        Ok(Self(collected(places.len(), places)?))
    }

    /// What the symbol of this index is.
    #[inline(always)]
    pub fn kind(&self, object: &Object<'_>, symbol: usize) -> Kind {
        let (section, value) = object.place_of(symbol);
        match self.0.get(usize::from(section.0)) {
            Some(&places) if value < places && !object.is_section_symbol(symbol) => Kind::Near,
            places => Self::other_kind(object, symbol, places.copied()),
        }
    }

    /// As [`kind`](Self::kind), of a symbol that isn't [`Kind::Near`] for its section's places.
    fn other_kind(object: &Object<'_>, symbol: usize, places: Option<u64>) -> Kind {
        let (section, _) = object.place_of(symbol);
        match section_index(section) {
            None if symbol == 0 => Kind::Near,
            None => Kind::Far,
            Some(_) if places == Some(0) => Kind::Nowhere,
            Some(_) if object.is_section_symbol(symbol) => Kind::Section,
            Some(_) => Kind::Far,
        }
    }
}

/// The number of a slot or stub that isn't there.
pub(crate) const NONE: u32 = u32::MAX;

/// A symbol, its value, and the numbers of what it has been given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    /// Its address, or what else it stands for; 0 in the plan.
    pub value: u64,
    /// Bytes from its value to its stub, if no long call reaches both; else 0.
    pub detour: u64,
    /// Number of its slot, or `NONE`.
    pub slot: u32,
    /// Number of its stub, or `NONE`.
    pub stub: u32,
    pub kind: Kind,
}

impl Bound {
    /// Nothing has been given.
    pub const NEW: Bound = Bound {
        value: 0,
        detour: 0,
        slot: NONE,
        stub: NONE,
        kind: Kind::Unknown,
    };

    /// Whether a call may not reach it.
    #[inline]
    pub fn needs_stub(&self, howto: &Howto) -> bool {
        self.kind == Kind::Far || self.kind == Kind::Near && howto.field.is_short()
    }
}
