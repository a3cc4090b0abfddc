//! What the relocations of a linked module are bound to, for whoever shows a module.

use crate::apply::{Addresses, Computed};
use crate::bound::Bound;
use crate::error::LoadError;
use crate::linked::{Slot, Symbol};
use crate::names::ByPlace;
use crate::object::Object;
use crate::plan::Plan;
use crate::relocation::Relocation;
use crate::section::Section;
use alloc::vec::Vec;
use fallible::collected;

/// All symbols of a linked module with their values, those of other objects too. Holds 32
/// bytes a symbol. The plan that its methods take is the one that the module was linked by.
#[derive(Debug)]
pub struct Bindings<'data> {
    object: Object<'data>,
    base: u64,
    per_cpu: u64,
    /// By index.
    symbols: Vec<Bound>,
}

impl<'data> Bindings<'data> {
    pub(crate) fn new(plan: &Plan<'data>, base: u64, per_cpu: u64, symbols: Vec<Bound>) -> Self {
        Self {
            object: *plan.object(),
            base,
            per_cpu,
            symbols,
        }
    }

    /// The slots of the global offset table, in order.
    ///
    /// # Errors
    /// If there is no memory for the list.
    pub fn slots(&self, plan: &Plan<'data>) -> Result<Vec<Slot<'data>>, LoadError> {
        let addresses = self.addresses(plan);
        let names = ByPlace::new(&self.object)?;
        let slots = (0..).zip(plan.slots()).map(|(number, target)| {
            let symbol = self.object.symbol(target.symbol as usize);
            let place = symbol.value.wrapping_add_signed(target.offset);
            let named = match symbol.is_section() {
                true => names.find(symbol.section, place),
                false => None,
            };
            Slot {
                address: addresses.slot(number),
                name: named.unwrap_or(symbol.name),
                value: addresses.target(target),
            }
        });
        Ok(collected(plan.slots().len(), slots)?)
    }

    /// All symbols with their values, by index in the file.
    pub fn symbols(&self) -> impl Iterator<Item = Symbol<'data>> {
        let bound = self.symbols.iter().skip(1);
        self.object
            .symbols()
            .zip(bound)
            .map(|(symbol, bound)| Symbol {
                name: symbol.name,
                value: bound.value,
                size: symbol.size,
            })
    }

    /// Every relocation as it was done, with the section that it is in.
    pub fn relocations<'a>(
        &'a self,
        plan: &'a Plan<'data>,
    ) -> impl Iterator<Item = (Section<'data>, Relocation, Computed)> + use<'a, 'data> {
        let addresses = self.addresses(plan);
        plan.sections().iter().flat_map(move |planned| {
            let section = *plan.layout().section(planned.target);
            let computed = addresses.computed(planned);
            computed.map(move |(relocation, computed)| (section, relocation, computed))
        })
    }

    fn addresses<'a>(&'a self, plan: &'a Plan<'data>) -> Addresses<'a, 'data> {
        Addresses::new(plan, self.base, self.per_cpu, &self.symbols)
    }
}
