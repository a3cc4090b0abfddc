//! A linked module: what it has, and where.

use crate::apply::{Addresses, Computed};
use crate::error::LoadError;
use crate::exports::Export;
use crate::names::ByPlace;
use crate::object::Object;
use crate::plan::Plan;
use crate::relocation::Relocation;
use crate::s390x::SLOT;
use crate::section::Section;
use alloc::vec::Vec;
use fallible::collected;
use object::elf::STT_FUNC;

/// A symbol of a linked module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol<'data> {
    /// Its name in the file, not demangled; a section's symbol has that of its section.
    pub name: &'data str,
    /// Its address; for per-CPU data the handle, and for an absolute symbol the value.
    pub value: u64,
    /// Bytes of what it names; 0 if the file doesn't say.
    pub size: u64,
}

/// A symbol that the module exports; it stays as long as the module does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportedSymbol<'data> {
    /// Its name, by which others find it.
    pub name: &'data str,
    /// Its address; for per-CPU data the handle, and for an absolute symbol the value.
    pub value: u64,
    /// Bytes of what it names; 0 if the file doesn't say.
    pub size: u64,
    /// Whether it may be called: it is a function, or a label without a type, in text.
    pub is_function: bool,
}

/// A slot of the global offset table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot<'data> {
    /// Address of its eight bytes, a multiple of eight.
    pub address: u64,
    /// The symbol that it is for, not demangled; for a place in a section the symbol that
    /// lies there, or if there is none the section.
    pub name: &'data str,
    /// What it holds: the symbol's address, or the handle of per-CPU data.
    pub value: u64,
}

/// A static per-CPU variable of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable<'data> {
    /// Its name in the file, not demangled.
    pub name: &'data str,
    /// Its handle: CPU n's copy is at `handle + offset[n]`.
    pub handle: u64,
    /// Bytes of each copy, all inside the module's per-CPU area.
    pub size: u64,
    /// Address of its GOT slot, if it has one.
    pub slot: Option<u64>,
}

/// A linked module: its symbols with their values. Holds eight bytes a symbol.
#[derive(Debug)]
pub struct Linked<'data> {
    object: Object<'data>,
    base: u64,
    per_cpu: u64,
    /// Values of the symbols, by index.
    values: Vec<u64>,
    got: u64,
    /// What slots hold of its per-CPU data, and their numbers; sorted.
    variable_slots: Vec<(u64, u32)>,
    exports: Vec<Export<'data>>,
}

impl<'data> Linked<'data> {
    pub(crate) fn new(
        plan: &Plan<'data>,
        base: u64,
        per_cpu: u64,
        values: Vec<u64>,
        variable_slots: Vec<(u64, u32)>,
        exports: Vec<Export<'data>>,
    ) -> Self {
        Self {
            object: *plan.object(),
            base,
            per_cpu,
            values,
            got: base.wrapping_add(plan.layout().got().0),
            variable_slots,
            exports,
        }
    }

    /// Address of the symbol of this name, which the module defines.
    pub fn address(&self, name: &str) -> Option<u64> {
        let symbol = self.object.find(name)?;
        Some(self.values[symbol.index])
    }

    /// What the module exports, in the order of the file.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = ExportedSymbol<'data>> {
        self.exports.iter().map(|export| ExportedSymbol {
            name: export.name,
            value: self.values[export.symbol as usize],
            size: self.object.size_of(export.symbol as usize),
            is_function: export.is_function,
        })
    }

    /// Symbols of functions (`STT_FUNC`), in the order of the file, for whoever names an
    /// address. Their values are what the file says; they needn't lie in text.
    pub fn functions(&self) -> impl Iterator<Item = Symbol<'data>> {
        let functions = self
            .object
            .symbols()
            .filter(|symbol| symbol.kind == STT_FUNC);
        functions.map(|symbol| Symbol {
            name: symbol.name,
            value: self.values[symbol.index],
            size: symbol.size,
        })
    }

    /// The module's static per-CPU variables, in the order of the file.
    pub fn variables(&self) -> impl Iterator<Item = Variable<'data>> {
        let variables = self.object.symbols().filter(move |symbol| {
            let section = symbol.section_index();
            let section = section.map(|index| self.object.section(index));
            let section = section.filter(Section::is_per_cpu);
            // What reaches out of the section isn't the module's memory.
            let end = symbol.value.checked_add(symbol.size);
            let is_inside =
                section.is_some_and(|section| end.is_some_and(|end| end <= section.size));
            is_inside && !symbol.is_section() && symbol.size != 0
        });
        variables.map(|symbol| {
            let handle = self.values[symbol.index];
            Variable {
                name: symbol.name,
                handle,
                size: symbol.size,
                slot: self.slot_of(handle),
            }
        })
    }

    /// Address of a slot that holds this handle of the module's per-CPU data.
    fn slot_of(&self, handle: u64) -> Option<u64> {
        let slots = &self.variable_slots;
        let at = slots.binary_search_by_key(&handle, |&(value, _)| value);
        let (_, number) = slots[at.ok()?];
        Some(self.got.wrapping_add(u64::from(number) * SLOT))
    }

    /// The slots of the global offset table, in order. The plan is the one that the module
    /// was linked by.
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
        let values = self.values.iter().skip(1);
        self.object
            .symbols()
            .zip(values)
            .map(|(symbol, &value)| Symbol {
                name: symbol.name,
                value,
                size: symbol.size,
            })
    }

    /// Every relocation as it was done, with the section that it is in. The plan
    /// is the one that the module was linked by.
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
        Addresses {
            plan,
            base: self.base,
            per_cpu: self.per_cpu,
            values: &self.values,
        }
    }
}
