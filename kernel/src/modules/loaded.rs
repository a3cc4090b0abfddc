//! What a loaded module owns, and what can be asked of it.

use super::linux::LinuxParts;
use super::parameters::Strings;
use super::state::Frames;
use super::static_percpu::StaticPerCpu;
use super::symbol_kind::SymbolKind;
use super::taint::Taint;
use crate::control::Place;
use crate::memory::vmalloc::Area;
use core::ops::Range;
use loader::{ExportedSymbol, Layout, Linked, Startup, Within};

/// What a loaded module owns, but for its references on others. Fields are dropped from
/// top to bottom.
pub struct Loaded {
    /// Text and data; `None` for a module that has neither.
    pub area: Option<Area>,
    /// Its static per-CPU variables; `None` for a module without.
    pub statics: Option<StaticPerCpu>,
    /// What its parameters point to.
    #[expect(dead_code, reason = "held: parameters point into it")]
    pub strings: Strings,
    /// Symbols, GOT slots.
    pub linked: Linked<'static>,
    /// Sizes and regions.
    pub layout: Layout<'static>,
    /// The license of its `.modinfo`; empty if that names none.
    pub license: &'static str,
    /// Its functions that are called when it is loaded and unloaded.
    pub startup: Startup,
    /// What else there is of one that was compiled for Linux.
    pub linux: Option<LinuxParts>,
    /// How its code's stack frames are laid out.
    pub frames: Frames,
    /// What is to be known of it.
    pub taint: Taint,
    /// Whether the memory of its init sections is given back (L4).
    pub init_is_freed: bool,
}

impl Loaded {
    /// Lowest address; 0 for a module without text and data.
    pub fn base(&self) -> u64 {
        self.area.as_ref().map_or(0, |area| area.start() as u64)
    }

    /// Its addresses, those of init sections included.
    pub fn addresses(&self) -> Range<usize> {
        let area = self.area.as_ref();
        area.map_or(0..0, |area| area.start()..area.start() + area.bytes())
    }

    /// Bytes of text and data in memory, whole pages.
    pub fn size(&self) -> u64 {
        match self.init_is_freed {
            true => self.layout.init().0,
            false => self.layout.size(),
        }
    }

    /// Where it lies, for the control channel: its init sections are counted.
    pub fn place(&self) -> Place {
        Place {
            base: self.base(),
            bytes: self.layout.size(),
            per_cpu_bytes: self.layout.per_cpu().0,
        }
    }

    /// Handle of its static per-CPU variables; 0 if it has none.
    pub fn per_cpu(&self) -> u64 {
        self.statics.as_ref().map_or(0, StaticPerCpu::handle)
    }

    /// Bytes from its base to an address that is the module's, given back or not.
    fn offset_of(&self, address: u64) -> Option<u64> {
        let offset = address.checked_sub(self.base());
        offset.filter(|&offset| self.area.is_some() && offset < self.layout.size())
    }

    /// Whether an address is the module's, given back or not.
    pub fn owns(&self, address: u64) -> bool {
        self.offset_of(address).is_some()
    }

    /// Whether an address lies in an init section that is there no more.
    pub fn is_freed(&self, address: u64) -> bool {
        let offset = self.offset_of(address);
        self.init_is_freed && offset.is_some_and(|offset| offset >= self.layout.init().0)
    }

    /// Whether an address lies in its code.
    pub fn is_text(&self, address: u64) -> bool {
        let region = self
            .offset_of(address)
            .and_then(|offset| self.layout.region_at(offset));
        region.is_some_and(|region| region.kind.is_text()) && !self.is_freed(address)
    }

    /// What it exports.
    pub fn exports(&self) -> &[ExportedSymbol<'static>] {
        self.linked.exports()
    }

    /// What an exported symbol of the module names.
    pub fn kind_of(&self, symbol: &ExportedSymbol<'_>) -> SymbolKind {
        if symbol.is_function {
            return SymbolKind::Function;
        }
        if let Some(offset) = self.offset_of(symbol.value) {
            let region = self.layout.region_at(offset);
            return match region.is_some_and(|region| region.kind.is_writable()) {
                true => SymbolKind::Data,
                false => SymbolKind::ReadOnly,
            };
        }
        match self.has_handle(symbol.value) {
            true => SymbolKind::PerCpu,
            false => SymbolKind::Absolute,
        }
    }

    /// Whether it did something in its init that no exit takes back.
    pub fn must_stay(&self) -> bool {
        self.startup.exit.is_none() && self.startup.init.is_some()
    }

    /// The section that an address of it lies in, given back or not.
    pub fn within(&self, address: u64) -> Option<Within<'static>> {
        self.linked.within(address)
    }

    /// Whether a handle is of its static per-CPU variables.
    pub fn has_handle(&self, handle: u64) -> bool {
        let byte = handle.checked_sub(self.per_cpu());
        byte.is_some_and(|byte| byte < self.layout.per_cpu().0)
    }
}
