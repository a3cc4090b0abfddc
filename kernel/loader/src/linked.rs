//! A linked module: what it has, and where.

use crate::object::Object;
use crate::s390x::SLOT;
use crate::section::Section;
use crate::starts::Starts;
use crate::within::Within;
use alloc::vec::Vec;
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
    /// The name's [hash](crate::name_hash()).
    pub hash: u32,
    /// Its address; for per-CPU data the handle, and for an absolute symbol the value.
    pub value: u64,
    /// Bytes of what it names; 0 if the file doesn't say.
    pub size: u64,
    /// Whether it may be called: it is a function, or a label without a type, in text.
    pub is_function: bool,
}

/// What else there is of an exported symbol, in an object that exports some with a CRC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The CRC of its declaration, by which objects compiled for Linux know it.
    pub crc: Option<u32>,
    /// Whether another object defines it, and this one vouches for it by a CRC.
    pub is_passed_on: bool,
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

/// A linked module, as long as it is loaded. Holds 16 bytes a section, and a slot of its
/// per-CPU data.
#[derive(Debug)]
pub struct Linked<'data> {
    object: Object<'data>,
    got: u64,
    starts: Starts,
    /// What slots hold of its per-CPU data, and their numbers; sorted.
    variable_slots: Vec<(u64, u32)>,
    exports: Vec<ExportedSymbol<'data>>,
    /// Of each export; none if no export has a CRC.
    offers: Vec<Offer>,
}

impl<'data> Linked<'data> {
    pub(crate) fn new(
        object: &Object<'data>,
        got: u64,
        starts: Starts,
        variable_slots: Vec<(u64, u32)>,
        (exports, offers): (Vec<ExportedSymbol<'data>>, Vec<Offer>),
    ) -> Self {
        Self {
            object: *object,
            got,
            starts,
            variable_slots,
            exports,
            offers,
        }
    }

    /// Address of the symbol of this name, which the module defines.
    pub fn address(&self, name: &str) -> Option<u64> {
        let symbol = self.object.find(name)?;
        Some(self.starts.value(symbol.section, symbol.value))
    }

    /// What the module exports, in the order of the file.
    pub fn exports(&self) -> &[ExportedSymbol<'data>] {
        &self.exports
    }

    /// What else there is of an export, by its number.
    #[inline]
    pub fn offer(&self, export: usize) -> Offer {
        self.offers.get(export).copied().unwrap_or_default()
    }

    /// The same of all exports; none if no export has a CRC.
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// The section that an address of the module lies in, or a handle of its per-CPU data.
    pub fn within(&self, address: u64) -> Option<Within<'data>> {
        let (section, offset) = self.starts.find(&self.object, address)?;
        Some(Within {
            object: self.object,
            section,
            offset,
        })
    }

    /// Symbols of functions (`STT_FUNC`) that it defines, in the order of the file. Their values
    /// are what the file says; they needn't lie in text.
    pub fn functions(&self) -> impl Iterator<Item = Symbol<'data>> {
        let functions = self
            .object
            .symbols()
            .filter(|symbol| symbol.kind == STT_FUNC && symbol.is_definition());
        functions.map(|symbol| Symbol {
            name: symbol.name,
            value: self.starts.value(symbol.section, symbol.value),
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
            let handle = self.starts.value(symbol.section, symbol.value);
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
}
