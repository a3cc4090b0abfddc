//! The modules there are, and the symbols that they and the kernel export.
//!
//! ```text
//!            UnformedModule::add     make_live            GoingModule::stop
//!  (nothing) ───────────────► loading ────────► live ─────────────► going ─► (nothing)
//!                                │ any failure   ▲                   │
//!                                ▼               └───────────────────┘
//!                            (nothing)                   in use
//! ```
//!
//! One lock guards all of it, and is held for look-ups and changes of the two tables
//! only: never while module code runs, while something is printed, while memory is
//! mapped, or while another CPU is waited for. What a module owns (its memory, its
//! per-CPU variables) is dropped outside it. `lifecycle.rs` has the way from one state
//! to the next.
//!
//! It is held for as many steps as there are modules, and for at most [`BATCH`] exports.
//! What a module exports is prepared before, and entered and removed in batches; what is
//! entered of a module that is loading can't be used, so nobody sees the difference.

use super::debugger::{self, Change, Record};
use super::error::Reason;
use super::leftovers;
use super::loaded::Loaded;
use super::state::{Id, State};
use super::symbol_kind::SymbolKind;
use crate::initrd::plain_name;
use crate::sync::{Lock, rank};
use alloc::boxed::Box;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use arch::timer::Deadline;
use fallible::{TryPush, with_room};
use loader::{Buckets, ExportedSymbol, Growth, NameTable, Object, Offer, name_hash};
use module_api::{Export, PerCpuRef};
use words::is_same;

/// A module in the list.
pub struct Entry {
    /// Its number.
    pub id: Id,
    /// Its name.
    pub name: &'static str,
    /// Where it is in its life.
    pub state: State,
    /// Counts who uses it; there from before it is live.
    pub refcount: Option<Box<PerCpuRef>>,
    /// What it owns; there from before its init runs.
    pub loaded: Option<Loaded>,
    /// Whom it uses; dropped after what it owns.
    pub uses: References,
    /// How many of its exports are entered.
    pub exported: usize,
    /// Whether nobody takes it down, though it is going: a thread keeps it.
    pub is_kept: bool,
}

impl Entry {
    /// What it exports, entered or not.
    fn exports(&self) -> &[ExportedSymbol<'static>] {
        self.loaded.as_ref().map_or(&[], Loaded::exports)
    }

    /// What else there is of those; none if none has a CRC.
    fn offers(&self) -> &[Offer] {
        { self.loaded.as_ref() }.map_or(&[], |loaded| loaded.linked.offers())
    }

    /// References that others hold.
    pub fn users(&self) -> i64 {
        self.refcount.as_ref().map_or(0, |count| count.count())
    }
}

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

/// An export, by its owner, [`Id::NONE`] for the kernel, and its number among the owner's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ExportNumber {
    owner: Id,
    number: u32,
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

/// All modules, all exports.
pub struct Registry {
    /// In the order in which they came, which is that of their numbers.
    pub entries: Vec<Entry>,
    symbols: NameTable<ExportNumber>,
    last: Id,
}

/// The one of this kernel.
pub static REGISTRY: Lock<Registry, { rank::MODULES }> = Lock::new(Registry {
    entries: Vec::new(),
    symbols: NameTable::new(),
    last: Id::NONE,
});

/// Room taken at boot; beyond it both grow, and keep what they have grown to.
const ROOM_FOR_SYMBOLS: usize = 2048;
const ROOM_FOR_MODULES: usize = 64;

/// Exports that are entered, removed or listed under one hold of the lock.
const BATCH: usize = 64;

/// Enters the kernel's own exports. Once, at boot.
///
/// # Errors
/// [`Reason::Heap`].
pub fn init() -> Result<(), Reason<'static>> {
    REGISTRY.lock().entries.try_reserve(ROOM_FOR_MODULES)?;
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

/// Looks at the modules, unless a CPU holds the list: for a panic. `look` doesn't print.
pub fn try_read<R>(look: impl FnOnce(&[Entry]) -> R) -> Option<R> {
    Some(look(&REGISTRY.try_lock()?.entries))
}

/// Looks at the modules from a handler of what their code ran into: waits for a CPU that holds
/// the list, for a second at most. `look` doesn't print.
pub fn read_in_handler<R>(look: impl Fn(&[Entry]) -> R) -> Option<R> {
    /// Seconds.
    const PATIENCE: u64 = 1;
    let deadline = Deadline::after_seconds(PATIENCE);
    loop {
        match try_read(&look) {
            None if deadline.is_past() => return None,
            None => arch::cpu::relax(),
            found => return found,
        }
    }
}

/// Looks at the modules. `look` doesn't print, wait or map.
pub fn read<R>(look: impl FnOnce(&[Entry]) -> R) -> R {
    look(&REGISTRY.lock().entries)
}

/// Looks at the module that came next after another; `None` if there is none. `look` doesn't
/// print, wait or map.
pub fn read_next<R>(after: Id, look: impl FnOnce(&Entry) -> R) -> Option<R> {
    let registry = REGISTRY.lock();
    let next = registry.entries.partition_point(|entry| entry.id <= after);
    registry.entries.get(next).map(look)
}

/// The module of this name, in which `-` and `_` are the same; it may be a path, and end as
/// files do.
pub fn named<'a>(entries: &'a [Entry], name: &str) -> Option<&'a Entry> {
    // Nearly always it is given as the module has it.
    let exactly = entries.iter().find(|entry| entry.name == name);
    exactly.or_else(|| {
        let name = plain_name(name);
        let mut as_long = entries
            .iter()
            .filter(|entry| entry.name.len() == name.len());
        as_long.find(|entry| is_same(entry.name, name))
    })
}

impl Registry {
    /// Enters a module in state loading under a name that nobody has.
    ///
    /// # Errors
    /// [`Reason::Exists`], [`Reason::Heap`].
    pub fn add(&mut self, name: &'static str) -> Result<Id, Reason<'static>> {
        let mut as_long = self.entries.iter().filter(|it| it.name.len() == name.len());
        if let Some(entry) = as_long.find(|entry| is_same(entry.name, name)) {
            return Err(Reason::Exists(entry.state));
        }
        let id = self.last.next();
        self.entries.try_push(Entry {
            id,
            name,
            state: State::Loading,
            refcount: None,
            loaded: None,
            uses: References::default(),
            exported: 0,
            is_kept: false,
        })?;
        self.last = id;
        Ok(id)
    }

    /// The module of this number, while it is in the list.
    pub fn entry(&mut self, id: Id) -> Option<&mut Entry> {
        let at = self.position(id)?;
        self.entries.get_mut(at)
    }

    fn position(&self, id: Id) -> Option<usize> {
        let at = self.entries.binary_search_by_key(&id, |entry| entry.id);
        at.ok()
    }

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
    fn remove_batch(&mut self, owner: Id) -> usize {
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

/// Takes a module and its exports out of the list; its caller drops it, outside the lock.
/// Takes as many steps as the module has exports, whatever others have.
pub fn remove(id: Id) -> Option<Entry> {
    while REGISTRY.lock().remove_batch(id) != 0 {}
    let entry = {
        let mut registry = REGISTRY.lock();
        let at = registry.position(id)?;
        registry.entries.remove(at)
    };
    if let Some(loaded) = &entry.loaded {
        leftovers::take_away(entry.name, loaded);
        debugger::module_changed(&Record {
            name: entry.name,
            loaded,
            change: Change::Removed,
        });
    }
    Some(entry)
}

/// References on the modules whose exports somebody uses, one a module (Linux: struct
/// module_use); given up when dropped. While one is held its module isn't unloaded.
#[derive(Debug, Default)]
pub struct References(Vec<Id>);

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

    /// Whether a reference on the module is among them.
    pub fn contains(&self, id: Id) -> bool {
        self.0.contains(&id)
    }
}

impl Drop for References {
    fn drop(&mut self) {
        if self.0.is_empty() {
            return;
        }
        let mut registry = REGISTRY.lock();
        for &id in &self.0 {
            let refcount = registry.entry(id).and_then(|entry| entry.refcount.as_ref());
            // Who takes the last one away sees so in `GoingModule::stop`.
            let _last = refcount.map(|refcount| refcount.put());
        }
    }
}
