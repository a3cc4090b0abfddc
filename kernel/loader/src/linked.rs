//! A linked module: what it has, and where.

use crate::apply::{Addresses, Computed};
use crate::error::LoadError;
use crate::exports::Export;
use crate::object::Object;
use crate::plan::Plan;
use crate::relocation::Relocation;
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

/// A linked module: its symbols with their values. Holds eight bytes a symbol and about
/// fifty a slot.
#[derive(Debug)]
pub struct Linked<'data> {
    object: Object<'data>,
    base: u64,
    per_cpu: u64,
    /// Values of the symbols, by index.
    values: Vec<u64>,
    got: u64,
    /// By slot number, so in the order of their addresses.
    slots: Vec<Slot<'data>>,
    /// Slot numbers, sorted by value.
    by_value: Vec<u32>,
    exports: Vec<Export<'data>>,
}

impl<'data> Linked<'data> {
    pub(crate) fn new(
        plan: &Plan<'data>,
        base: u64,
        per_cpu: u64,
        values: Vec<u64>,
        slots: Vec<Slot<'data>>,
        exports: Vec<Export<'data>>,
    ) -> Result<Self, LoadError> {
        let mut by_value = collected(slots.len(), 0..slots.len() as u32)?;
        by_value.sort_unstable_by_key(|&slot| slots[slot as usize].value);
        Ok(Self {
            object: *plan.object(),
            base,
            per_cpu,
            values,
            got: base.wrapping_add(plan.layout().got().0),
            slots,
            by_value,
            exports,
        })
    }

    /// Address of the symbol of this name, which the module defines.
    pub fn address(&self, name: &str) -> Option<u64> {
        let symbol = self.object.find(name)?;
        Some(self.values[symbol.index])
    }

    /// What the module exports, sorted by name.
    pub fn exports(&self) -> impl Iterator<Item = ExportedSymbol<'data>> {
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

    /// Address of a slot that holds this value.
    fn slot_of(&self, value: u64) -> Option<u64> {
        let slot = |number: u32| self.slots[number as usize];
        let at = self
            .by_value
            .binary_search_by_key(&value, |&number| slot(number).value);
        Some(slot(self.by_value[at.ok()?]).address)
    }

    /// The address of the global offset table, and its slots in order.
    pub fn got(&self) -> (u64, &[Slot<'data>]) {
        (self.got, &self.slots)
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
        let addresses = Addresses {
            plan,
            base: self.base,
            per_cpu: self.per_cpu,
            values: &self.values,
        };
        plan.sections().flat_map(move |(section, relocations)| {
            let position = plan.layout().position(section.index);
            let start = position.address(self.base, self.per_cpu);
            let placed = start.map(|start| {
                relocations.map(move |relocation| {
                    let address = start.wrapping_add(relocation.entry.offset);
                    let computed = addresses.compute(&relocation, address);
                    (*section, relocation.entry, computed)
                })
            });
            placed.into_iter().flatten()
        })
    }
}
