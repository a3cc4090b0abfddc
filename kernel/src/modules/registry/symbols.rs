//! Exported symbols: entered and removed in batches, found by the hashes of their names.
//!
//! What a module exports is prepared before it is entered; and what is entered of a module that
//! is loading can't be used, so nobody sees the difference. Of one name there may be an export
//! without a CRC and one with: each is found by a hash of its own.

use super::table::{ExportNumber, REGISTRY, References, Registry, read_next};
use crate::modules::error::Reason;
use crate::modules::state::{Id, State};
use crate::modules::symbol_kind::SymbolKind;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use fallible::{TryPush, with_room};
use loader::{Buckets, Growth, Object, Offer, name_hash};
use module_api::{Export, PerCpuRef};

/// Room taken at boot; beyond it the table grows, and keeps what it has grown to.
const ROOM_FOR_SYMBOLS: usize = 2048;

/// Exports that are entered, removed or listed under one hold of the lock.
const BATCH: usize = 64;

/// An exported symbol.
#[derive(Clone, Copy, Debug)]
pub struct Exported {
    /// Address; for per-CPU data, the handle.
    pub value: u64,
    /// Module that exports it; `None` for the kernel.
    pub owner: Option<Id>,
    /// The CRC of its declaration, if it has one: for whom it is (imports.rs).
    pub crc: Option<u32>,
    /// What a module's symbol names.
    kind: Option<SymbolKind>,
}

/// Which exports somebody asks for: of a name there may be one without a CRC and one with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One without, else the one with.
    PlainFirst,
    /// One with a CRC.
    Versioned,
    /// One with, else the one without.
    VersionedFirst,
}

impl Exported {
    /// What it names.
    pub fn kind(&self) -> SymbolKind {
        let in_kernel = || SymbolKind::in_kernel(self.value);
        self.kind.unwrap_or_else(in_kernel)
    }
}

/// Where an export is in the table of names: one with a CRC is found by another hash than one
/// without, so that who asks for one kind doesn't meet the other.
const fn key(hash: u32, has_crc: bool) -> u32 {
    hash ^ (has_crc as u32)
}

/// Whether an export has a CRC, by its number.
#[inline(always)]
fn has_crc(offers: &[Offer], export: usize) -> bool {
    offers.get(export).is_some_and(|offer| offer.crc.is_some())
}

/// Enters the kernel's own exports. Once, at boot.
///
/// # Errors
/// [`Reason::Heap`].
pub fn enter_kernels() -> Result<(), Reason<'static>> {
    let exports = kernel_exports();
    make_room(ROOM_FOR_SYMBOLS.max(exports.len()))?;
    for (first, batch) in (0..).step_by(BATCH).zip(exports.chunks(BATCH)) {
        let mut registry = REGISTRY.lock();
        for (number, export) in (first..).zip(batch) {
            let owner = Id::NONE;
            let hash = key(name_hash(name_of(export)), false);
            registry.symbols.enter(hash, ExportNumber { owner, number });
        }
    }
    let unused = ROOM_FOR_SYMBOLS.saturating_sub(exports.len());
    REGISTRY.lock().symbols.give_up(unused);
    Ok(())
}

/// Has room for so many more exports promised; the lock is held for a few buckets at a time,
/// and not while memory is got or given back.
fn make_room(exports: usize) -> Result<(), TryReserveError> {
    let mut memory = None;
    loop {
        let growth = REGISTRY.lock().symbols.grow(exports, &mut memory);
        match growth {
            Growth::Done => return Ok(()),
            Growth::Again | Growth::Drop(_) => {}
            Growth::Memory(names) => memory = Some(Buckets::for_names(names)?),
        }
    }
}

/// The name of an export of the kernel; none for one that isn't UTF-8, which nobody can
/// ask for.
fn name_of(export: &Export) -> &'static str {
    export.name().to_str().unwrap_or("")
}

fn kernel_exports() -> &'static [Export] {
    unsafe extern "C" {
        static __start___ksymtab: Export;
        static __stop___ksymtab: Export;
    }
    let start = &raw const __start___ksymtab;
    let bytes = &raw const __stop___ksymtab as usize - start as usize;
    // SAFETY: L5, L9: the section is for `Export` values.
    unsafe { core::slice::from_raw_parts(start, bytes / size_of::<Export>()) }
}

/// Whether the kernel itself exports a symbol.
pub fn is_kernels(name: &str) -> bool {
    let hash = name_hash(name);
    let found = REGISTRY.lock().wanted(name, hash, Wanted::PlainFirst);
    found.is_some_and(|found| found.owner.is_none())
}

/// Whether a symbol is exported without a CRC.
pub fn is_plain(name: &str) -> bool {
    let hash = name_hash(name);
    let found = REGISTRY.lock().wanted(name, hash, Wanted::PlainFirst);
    found.is_some_and(|found| found.crc.is_none())
}

/// The object of the module that exports a symbol; `None` for the kernel's symbols.
pub fn object_of(symbol: &str) -> Option<Object<'static>> {
    let hash = name_hash(symbol);
    let mut registry = REGISTRY.lock();
    let owner = registry.wanted(symbol, hash, Wanted::PlainFirst)?.owner?;
    let loaded = registry.entry(owner)?.loaded.as_ref()?;
    Some(*loaded.layout.object())
}

/// All exported symbols, the kernel's first, then by module. What comes or goes meanwhile may
/// be missing.
///
/// # Errors
/// If there is no memory for the list.
pub fn symbols() -> Result<Vec<(&'static str, Exported)>, TryReserveError> {
    let mut symbols = with_room(symbol_count())?;
    for export in kernel_exports() {
        symbols.try_push((name_of(export), exported_by_kernel(export)))?;
    }
    let mut module = Id::NONE;
    while let Some(id) = read_next(module, |entry| entry.id) {
        module = id;
        let mut first = 0;
        loop {
            let batch = REGISTRY.lock().batch(module, first);
            if batch.is_empty() {
                break;
            }
            first += batch.len();
            { batch.into_iter() }.try_for_each(|symbol| symbols.try_push(symbol))?;
        }
    }
    Ok(symbols)
}

/// Names of what the kernel exports.
pub fn kernel_symbols() -> impl Iterator<Item = &'static str> {
    kernel_exports().iter().map(name_of)
}

/// Number of symbols that are exported.
pub fn symbol_count() -> usize {
    REGISTRY.lock().symbols.count()
}

fn exported_by_kernel(export: &Export) -> Exported {
    Exported {
        value: export.value() as u64,
        owner: None,
        crc: None,
        kind: None,
    }
}

impl Registry {
    /// The export of this name, which has this hash, that somebody asks for. Inlined, as nearly
    /// always the first kind is there.
    #[inline(always)]
    fn wanted(&self, name: &str, hash: u32, wanted: Wanted) -> Option<Exported> {
        let with_crc = wanted != Wanted::PlainFirst;
        let found = self.symbol(name, hash, with_crc);
        match wanted {
            Wanted::Versioned => found,
            Wanted::PlainFirst | Wanted::VersionedFirst => {
                found.or_else(|| self.of_other_kind(name, hash, !with_crc))
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn of_other_kind(&self, name: &str, hash: u32, has_crc: bool) -> Option<Exported> {
        self.symbol(name, hash, has_crc)
    }

    /// The export of this name, which has this hash, with a CRC or the one without.
    #[inline(always)]
    fn symbol(&self, name: &str, hash: u32, has_crc: bool) -> Option<Exported> {
        let mut found = None;
        self.symbols.find(key(hash, has_crc), |export| {
            let Some((its, exported)) = self.export(export) else {
                return false;
            };
            let is_it = its == name.as_bytes();
            if is_it {
                found = Some(exported);
            }
            is_it
        });
        found
    }

    /// An export by its number, and its name.
    #[inline]
    fn export(&self, export: ExportNumber) -> Option<(&'static [u8], Exported)> {
        if export.owner == Id::NONE {
            let export = kernel_exports().get(export.number as usize)?;
            return Some((export.name().to_bytes(), exported_by_kernel(export)));
        }
        let loaded = self.entries[self.position(export.owner)?].loaded.as_ref()?;
        let symbol = loaded.exports().get(export.number as usize)?;
        let offer = loaded.linked.offer(export.number as usize);
        let exported = Exported {
            value: symbol.value,
            owner: Some(export.owner),
            crc: offer.crc,
            kind: (!offer.is_passed_on).then(|| loaded.kind_of(symbol)),
        };
        Some((symbol.name.as_bytes(), exported))
    }

    /// Some of a module's exports that are entered, from a number on.
    fn batch(&self, owner: Id, first: usize) -> heapless::Vec<(&'static str, Exported), BATCH> {
        let entry = self.position(owner).map(|at| &self.entries[at]);
        let exports = entry.map_or(&[][..], |entry| &entry.exports()[..entry.exported]);
        let mut batch = heapless::Vec::new();
        for (number, export) in (0..).zip(exports).skip(first).take(BATCH) {
            if let Some((_, exported)) = self.export(ExportNumber { owner, number }) {
                // There is room for a batch.
                let _ = batch.push((export.name, exported));
            }
        }
        batch
    }

    /// Enters those of a module's exports that come next, a batch of them; how many are left.
    fn enter_batch(&mut self, owner: Id) -> Result<usize, Reason<'static>> {
        let Some(at) = self.position(owner) else {
            return Ok(0);
        };
        let first = self.entries[at].exported;
        let (exports, offers) = (self.entries[at].exports(), self.entries[at].offers());
        let end = exports.len().min(first + BATCH);
        for (number, export) in (first..).zip(&exports[first..end]) {
            let has_crc = has_crc(offers, number);
            let hash = key(export.hash, has_crc);
            // Nearly always nobody has the hash.
            if self.symbols.find(hash, |_| true).is_some()
                && let Some(others) = self.symbol(export.name, export.hash, has_crc)
            {
                let others = others.owner.and_then(|id| self.position(id));
                let owner = others.map(|at| self.entries[at].name);
                let symbol = export.name;
                self.symbols.give_up(exports.len() - number);
                self.entries[at].exported = number;
                return Err(Reason::Duplicate { symbol, owner });
            }
            let number = number as u32;
            self.symbols.enter(hash, ExportNumber { owner, number });
        }
        let left = exports.len() - end;
        self.entries[at].exported = end;
        Ok(left)
    }

    /// Removes a batch of a module's exports, the last ones; how many are left.
    pub(super) fn remove_batch(&mut self, owner: Id) -> usize {
        let Some(entry) = self.position(owner).map(|at| &mut self.entries[at]) else {
            return 0;
        };
        let left = entry.exported.saturating_sub(BATCH);
        let (exports, offers) = (entry.exports(), entry.offers());
        for (number, export) in (left..).zip(&exports[left..entry.exported]) {
            let hash = key(export.hash, has_crc(offers, number));
            let number = number as u32;
            self.symbols.remove(hash, ExportNumber { owner, number });
        }
        entry.exported = left;
        left
    }
}

/// Enters what a module exports, which is in the list with what it owns. With an error some
/// are entered, until it is removed.
///
/// # Errors
/// [`Reason::Duplicate`], [`Reason::Heap`].
pub fn export(id: Id) -> Result<(), Reason<'static>> {
    let count = REGISTRY.lock().entry(id).map_or(0, |it| it.exports().len());
    make_room(count)?;
    while REGISTRY.lock().enter_batch(id)? != 0 {}
    Ok(())
}

impl References {
    /// Looks an exported symbol up, by its name and that one's hash, and takes a reference on
    /// its module unless that is held. `None` if nobody exports it.
    ///
    /// # Errors
    /// [`Reason::Provider`] if its module isn't live; [`Reason::Heap`].
    pub fn resolve<'a>(
        &mut self,
        symbol: &'a str,
        hash: u32,
        wanted: Wanted,
    ) -> Result<Option<Exported>, Reason<'a>> {
        let mut registry = REGISTRY.lock();
        let Some(found) = registry.wanted(symbol, hash, wanted) else {
            return Ok(None);
        };
        let Some(owner) = found.owner.filter(|owner| !self.0.contains(owner)) else {
            return Ok(Some(found));
        };
        self.0.try_reserve(1)?;
        let Some(entry) = registry.entry(owner) else {
            return Ok(None);
        };
        let refcount = entry.refcount.as_deref();
        if entry.state != State::Live || !refcount.is_some_and(PerCpuRef::try_get) {
            return Err(Reason::Provider {
                symbol,
                provider: entry.name,
                state: entry.state,
            });
        }
        self.0.try_push(owner)?;
        Ok(Some(found))
    }
}
