//! What a loaded module owns, and what can be asked of it.

use super::error::Reason;
use super::parameters::Strings;
use super::registry::Providers;
use crate::memory::vmalloc::Area;
use crate::percpu::{self, Handle};
use crate::{cpus, symbols};
use loader::{ExportedSymbol, Layout, Linked, Startup, Symbol};

/// What a loaded module owns. Fields are dropped from top to bottom.
pub struct Loaded {
    /// Text and data; `None` for a module that has neither.
    pub(super) area: Option<Area>,
    #[expect(dead_code, reason = "held, to be freed with the module")]
    pub(super) statics: Option<Statics>,
    #[expect(dead_code, reason = "held: parameters point into it")]
    pub(super) strings: Strings,
    /// Symbols, slots.
    pub linked: Linked<'static>,
    /// Sizes and regions.
    pub layout: Layout<'static>,
    /// What it says its license is; empty if it doesn't.
    pub license: &'static str,
    /// Its functions that are called when it comes and goes.
    pub(super) startup: Startup,
    /// Hash of its image as linked; only for a load that ends there.
    pub hash: Option<u64>,
    /// Handle of its static per-CPU variables; 0 if it has none.
    pub per_cpu: u64,
    /// Whether the memory of its init sections is given back.
    pub(super) init_is_freed: bool,
    /// Modules that it uses.
    pub providers: Providers,
}

impl Loaded {
    /// Lowest address; 0 for a module without text and data.
    pub fn base(&self) -> u64 {
        self.area.as_ref().map_or(0, |area| area.start() as u64)
    }

    /// Bytes of text and data in memory.
    pub fn size(&self) -> u64 {
        match self.init_is_freed {
            true => self.layout.init().0,
            false => self.layout.size(),
        }
    }

    /// Whether an address is the module's, freed or not.
    pub fn owns(&self, address: u64) -> bool {
        let offset = address.checked_sub(self.base());
        self.area.is_some() && offset.is_some_and(|offset| offset < self.layout.size())
    }

    /// Whether an address lies in an init section that is there no more.
    pub fn is_freed(&self, address: u64) -> bool {
        self.init_is_freed && self.owns(address) && address - self.base() >= self.layout.init().0
    }

    /// What it exports.
    pub fn exports(&self) -> impl Iterator<Item = ExportedSymbol<'static>> + '_ {
        self.linked.exports()
    }

    /// Address of its exit function.
    pub fn exit(&self) -> Option<u64> {
        self.startup.exit
    }

    /// Whether it did something in its init that no exit takes back.
    pub fn must_stay(&self) -> bool {
        self.startup.exit.is_none() && self.startup.init.is_some()
    }

    /// The function that an address lies in.
    pub fn symbol_at(&self, address: u64) -> Option<symbols::Located<'static>> {
        let inside = |symbol: &Symbol<'_>| {
            symbol.value <= address && address < symbol.value + symbol.size.max(1)
        };
        let symbol = self.linked.functions().find(inside)?;
        Some(symbols::Located {
            name: symbol.name,
            offset: address - symbol.value,
            size: symbol.size,
        })
    }
}

/// The copies of a module's static per-CPU variables; freed when dropped.
pub(super) struct Statics(pub(super) Handle);

impl Statics {
    pub(super) fn new((bytes, align): (u64, u64)) -> Result<Option<Self>, Reason> {
        if bytes == 0 {
            return Ok(None);
        }
        let handle = percpu::alloc_reserved(bytes as usize, align as usize)?;
        Ok(Some(Self(handle)))
    }

    /// Copies the template to every possible CPU.
    pub(super) fn fill(&self, template: &[u8]) {
        for cpu in 0..cpus::possible() {
            let address = self.0.0.wrapping_add(percpu::offset(cpu));
            let copy = core::ptr::with_exposed_provenance_mut::<u8>(address);
            // SAFETY: P1: the copies of an area that is this module's alone, and
            // as long as the template.
            unsafe { copy.copy_from_nonoverlapping(template.as_ptr(), template.len()) };
        }
    }
}

impl Drop for Statics {
    fn drop(&mut self) {
        if let Err(error) = percpu::free(self.0) {
            unreachable!("a module's per-CPU area is freed once: {error}");
        }
    }
}
