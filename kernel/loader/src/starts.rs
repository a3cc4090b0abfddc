//! Where the sections of a module begin, for the values of symbols.

use crate::error::LoadError;
use crate::layout::Layout;
use crate::object::Object;
use alloc::vec::Vec;
use fallible::collected;
use object::elf::{SHN_ABS, SHN_LORESERVE, SHN_UNDEF, SymbolSection};

/// Where a section begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start {
    /// It is none.
    None,
    /// It takes no memory.
    Nowhere,
    /// Its address; for per-CPU data its handle.
    At(u64),
}

/// Where each section begins, by its index. Holds 16 bytes a section.
#[derive(Debug)]
pub(crate) struct Starts(Vec<Start>);

impl Starts {
    /// Those of a module at `base` whose per-CPU data has the handle `per_cpu`.
    pub fn new(layout: &Layout<'_>, base: u64, per_cpu: u64) -> Result<Self, LoadError> {
        // No symbol can name a section of a reserved index.
        let sections = layout.sections().iter().take(SHN_LORESERVE.into());
        let starts = sections.map(|section| {
            if SymbolSection(section.index as u16) == SHN_UNDEF {
                return Start::None;
            }
            let address = layout.position(section.index).address(base, per_cpu);
            address.map_or(Start::Nowhere, Start::At)
        });
        Ok(Self(collected(layout.sections().len(), starts)?))
    }

    /// The section, by its index, that an address lies in, and bytes from its start. As many
    /// steps as there are sections.
    pub fn find(&self, object: &Object<'_>, address: u64) -> Option<(usize, u64)> {
        self.0.iter().enumerate().find_map(|(section, start)| {
            let &Start::At(start) = start else {
                return None;
            };
            let offset = address.wrapping_sub(start);
            (offset < object.section_size(section)).then_some((section, offset))
        })
    }

    /// Where a symbol's section begins.
    #[inline]
    pub fn of(&self, section: SymbolSection) -> Start {
        let start = self.0.get(usize::from(section.0));
        start.copied().unwrap_or(Start::None)
    }

    /// The value of a symbol that the object defines, by its section and its value there.
    pub fn value(&self, section: SymbolSection, value: u64) -> u64 {
        match self.of(section) {
            Start::At(start) => start.wrapping_add(value),
            Start::Nowhere => value,
            Start::None if section == SHN_ABS => value,
            Start::None => 0,
        }
    }
}
