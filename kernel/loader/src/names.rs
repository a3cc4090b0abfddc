//! Symbols by the place they name, for the slots of places in sections.

use crate::error::LoadError;
use crate::fallible::collected;
use crate::object::Object;
use crate::section::section_index;
use alloc::vec::Vec;
use object::elf::SymbolSection;

/// The definitions of an object, sorted by section, value and size.
pub(crate) struct ByPlace<'a, 'data> {
    object: &'a Object<'data>,
    order: Vec<u32>,
}

impl<'a, 'data> ByPlace<'a, 'data> {
    /// Sorts an object's definitions.
    pub fn new(object: &'a Object<'data>) -> Result<Self, LoadError> {
        let named = |&index: &usize| {
            let (section, _) = object.place_of(index);
            section_index(section).is_some() && !object.is_section_symbol(index)
        };
        let all = || (1..object.symbol_count()).filter(named);
        let mut order = collected(all().count(), all().map(|index| index as u32))?;
        order.sort_unstable_by_key(|&index| {
            let (section, value) = object.place_of(index as usize);
            (section.0, value, object.size_of(index as usize))
        });
        Ok(Self { object, order })
    }

    /// Name of the symbol that this byte belongs to: of several, the one that
    /// starts last.
    pub fn find(&self, section: SymbolSection, offset: u64) -> Option<&'data str> {
        let after = self.order.partition_point(|&index| {
            let (of, value) = self.object.place_of(index as usize);
            (of.0, value) <= (section.0, offset)
        });
        let nearest = self.order[..after].last()?;
        let symbol = self.object.symbol(*nearest as usize);
        let inside = symbol.section == section && symbol.holds(offset);
        inside.then_some(symbol.name)
    }
}
