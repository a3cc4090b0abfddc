//! The modules there are, and the symbols that they and the kernel export.
//!
//! ```text
//!            claim            publish, init        release
//!  (nothing) ─────► loading ────────────► live ─────────────► going ─► (nothing)
//!                      │ any failure                │ in use: back to live
//!                      └──────────► (nothing)
//! ```
//!
//! One lock guards all of it, and is held for look-ups only: never while module
//! code runs, while memory is mapped, or while another CPU is waited for. What a
//! module owns (its memory, its per-CPU variables) is dropped outside it.
//!
//! Whoever put an entry into *loading* or *going* is the only one who takes it
//! out of there (L2).

use super::error::Reason;
use super::loaded::Loaded;
use crate::memory::heap::try_box;
use crate::percpu::AllocError;
use crate::sync::{Lock, rank};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use hashbrown::HashMap;
use module_api::{Export, PerCpuRef};
use this_cpu::NoMemory;

/// Where a module is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Being linked, or in its init.
    Loading,
    /// In use, or free to be used.
    Live,
    /// In its exit, or being taken down.
    Going,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Loading => "loading",
            State::Live => "live",
            State::Going => "going",
        })
    }
}

/// Tells modules apart, also two of one name after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(u64);

/// A module in the list.
pub struct Entry {
    /// Its number.
    pub id: Id,
    /// Its name.
    pub name: &'static str,
    /// Where it is in its life.
    pub state: State,
    /// Who uses it; there from before it is live.
    references: Option<Box<PerCpuRef>>,
    /// What it owns; there from before its init runs.
    pub loaded: Option<Loaded>,
}

impl Entry {
    /// References that others hold.
    pub fn users(&self) -> i64 {
        let references = self.references.as_ref();
        references.map_or(0, |references| references.count())
    }
}

/// An exported symbol.
#[derive(Clone, Copy, Debug)]
pub struct Exported {
    /// Address; for per-CPU data, the handle.
    pub value: u64,
    /// Module that exports it; `None` for the kernel.
    pub owner: Option<Id>,
}

/// All modules, all exports.
pub struct Registry {
    /// In the order in which they came.
    pub entries: Vec<Entry>,
    symbols: Option<HashMap<&'static str, Exported>>,
    next: u64,
}

static REGISTRY: Lock<Registry, { rank::MODULES }> = Lock::new(Registry {
    entries: Vec::new(),
    symbols: None,
    next: 0,
});

/// Room taken at boot; beyond it both grow, and keep what they have grown to.
const ROOM_FOR_SYMBOLS: usize = 3000;
const ROOM_FOR_MODULES: usize = 64;

/// Enters the kernel's own exports. Once, at boot.
pub fn init() {
    let mut registry = REGISTRY.lock();
    let kernel = kernel_exports().iter().filter_map(|export| {
        let value = export.value() as u64;
        Some((
            export.name().to_str().ok()?,
            Exported { value, owner: None },
        ))
    });
    let mut symbols = HashMap::with_capacity(ROOM_FOR_SYMBOLS);
    symbols.extend(kernel);
    registry.symbols = Some(symbols);
    registry.entries.reserve(ROOM_FOR_MODULES);
}

/// Whether the kernel itself exports a symbol.
pub fn is_kernels(name: &str) -> bool {
    let found = REGISTRY.lock().symbol(name);
    found.is_some_and(|found| found.owner.is_none())
}

/// Looks at all exported symbols, with the lock held.
pub fn each_symbol(mut look: impl FnMut(&str, u64)) {
    let registry = REGISTRY.lock();
    for (name, exported) in registry.symbols.iter().flatten() {
        look(name, exported.value);
    }
}

/// Number of symbols that are exported.
pub fn symbol_count() -> usize {
    let registry = REGISTRY.lock();
    registry.symbols.as_ref().map_or(0, HashMap::len)
}

fn kernel_exports() -> &'static [Export] {
    unsafe extern "C" {
        static __start___ksymtab: Export;
        static __stop___ksymtab: Export;
    }
    let start = &raw const __start___ksymtab;
    let bytes = &raw const __stop___ksymtab as usize - start as usize;
    // SAFETY: the linker put nothing but `Export` values between the two symbols.
    unsafe { core::slice::from_raw_parts(start, bytes / size_of::<Export>()) }
}

/// Looks at the modules, unless another CPU holds the list: for a panic.
pub fn try_read<R>(look: impl FnOnce(&[Entry]) -> R) -> Option<R> {
    Some(look(&REGISTRY.try_lock()?.entries))
}

/// Looks at the modules.
pub fn read<R>(look: impl FnOnce(&[Entry]) -> R) -> R {
    look(&REGISTRY.lock().entries)
}

impl Registry {
    fn entry(&mut self, id: Id) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.id == id)
    }

    fn symbol(&self, name: &str) -> Option<Exported> {
        self.symbols.as_ref()?.get(name).copied()
    }

    fn remove_symbols(&mut self, id: Id) {
        if let Some(symbols) = &mut self.symbols {
            symbols.retain(|_, exported| exported.owner != Some(id));
        }
    }
}

/// A module that is on its way in. Dropping it takes all back.
pub struct Claim {
    id: Id,
}

impl Claim {
    /// Enters a module under a name that nobody has.
    pub fn new(name: &'static str) -> Result<Self, Reason> {
        let mut registry = REGISTRY.lock();
        if let Some(entry) = registry.entries.iter().find(|entry| entry.name == name) {
            return Err(Reason::Exists(entry.state));
        }
        registry.entries.try_reserve(1).map_err(|_| Reason::Heap)?;
        registry.next += 1;
        let id = Id(registry.next);
        registry.entries.push(Entry {
            id,
            name,
            state: State::Loading,
            references: None,
            loaded: None,
        });
        Ok(Self { id })
    }

    /// Hands over what the module owns and makes its exports known, so that its
    /// init can be called.
    pub fn publish(&self, loaded: Loaded) -> Result<(), Reason> {
        let references = PerCpuRef::new().map_err(no_references)?;
        let references = try_box(references).map_err(|_| Reason::Heap)?;
        let mut registry = REGISTRY.lock();
        for export in loaded.exports() {
            if let Some(found) = registry.symbol(export.name) {
                let owner = found.owner.and_then(|id| registry.entry(id));
                let owner = owner.map(|entry| entry.name);
                let symbol = export.name;
                return Err(Reason::Duplicate { symbol, owner });
            }
        }
        let count = loaded.exports().count();
        if let Some(symbols) = &mut registry.symbols {
            symbols.try_reserve(count).map_err(|_| Reason::Heap)?;
            symbols.extend(loaded.exports().map(|export| {
                let owner = Some(self.id);
                let value = export.value;
                (export.name, Exported { value, owner })
            }));
        }
        if let Some(entry) = registry.entry(self.id) {
            entry.references = Some(references);
            entry.loaded = Some(loaded);
        }
        Ok(())
    }

    /// The module is there from now on, its init sections aren't.
    pub fn live(self) {
        let mut registry = REGISTRY.lock();
        if let Some(entry) = registry.entry(self.id) {
            entry.state = State::Live;
            if let Some(loaded) = &mut entry.loaded {
                loaded.init_is_freed = true;
            }
        }
        core::mem::forget(self);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        drop(remove(self.id));
    }
}

/// Takes a module out of the list; its caller drops it, outside the lock.
fn remove(id: Id) -> Option<Entry> {
    let mut registry = REGISTRY.lock();
    registry.remove_symbols(id);
    let at = registry.entries.iter().position(|entry| entry.id == id)?;
    Some(registry.entries.remove(at))
}

fn no_references(error: NoMemory) -> Reason {
    Reason::PerCpu(AllocError::OutOfMemory {
        size: error.bytes,
        align: error.align,
    })
}

/// A module on its way out, to which no reference is left. Dropping it removes
/// the module.
pub struct Farewell {
    id: Id,
    /// Address of its exit.
    pub exit: Option<u64>,
    /// What is called after that.
    pub destructors: Vec<u64>,
}

impl Farewell {
    /// Ends a module's life, unless somebody uses it.
    pub fn begin(name: &str) -> Result<Self, Reason> {
        let (id, exit, references) = {
            let mut registry = REGISTRY.lock();
            let entry = registry.entries.iter_mut().find(|entry| entry.name == name);
            let entry = entry.ok_or(Reason::NotLoaded)?;
            if entry.state != State::Live {
                return Err(Reason::Busy(entry.state));
            }
            let loaded = entry.loaded.as_ref().ok_or(Reason::NotLoaded)?;
            let exit = loaded.exit();
            if loaded.must_stay() {
                return Err(Reason::NoExit);
            }
            let references = entry.references.as_deref().ok_or(Reason::NotLoaded)?;
            let references = core::ptr::from_ref(references);
            entry.state = State::Going;
            (entry.id, exit, references)
        };
        // SAFETY: L2: nobody else removes a module that is going.
        let references = unsafe { &*references };
        if !references.kill() && references.resurrect() {
            let users = references.count();
            if let Some(entry) = REGISTRY.lock().entry(id) {
                entry.state = State::Live;
            }
            return Err(Reason::InUse(users));
        }
        let mut registry = REGISTRY.lock();
        let loaded = registry.entry(id).and_then(|entry| entry.loaded.as_mut());
        let destructors = loaded.map(|loaded| core::mem::take(&mut loaded.startup.destructors));
        Ok(Self {
            id,
            exit,
            destructors: destructors.unwrap_or_default(),
        })
    }
}

impl Drop for Farewell {
    fn drop(&mut self) {
        drop(remove(self.id));
    }
}

/// References to other modules, given up when dropped.
#[derive(Debug, Default)]
pub struct Providers(Vec<Id>);

impl Providers {
    /// The value of an exported symbol; takes a reference on its module, once.
    pub fn resolve(&mut self, symbol: &'static str) -> Result<Option<u64>, Reason> {
        let mut registry = REGISTRY.lock();
        let Some(found) = registry.symbol(symbol) else {
            return Ok(None);
        };
        let Some(owner) = found.owner.filter(|owner| !self.0.contains(owner)) else {
            return Ok(Some(found.value));
        };
        self.0.try_reserve(1).map_err(|_| Reason::Heap)?;
        let Some(entry) = registry.entry(owner) else {
            return Ok(None);
        };
        let references = entry.references.as_deref();
        if entry.state != State::Live || !references.is_some_and(PerCpuRef::try_get) {
            return Err(Reason::Provider {
                symbol,
                provider: entry.name,
                state: entry.state,
            });
        }
        self.0.push(owner);
        Ok(Some(found.value))
    }

    /// Whether the module is among them.
    pub fn contains(&self, id: Id) -> bool {
        self.0.contains(&id)
    }
}

impl Drop for Providers {
    fn drop(&mut self) {
        let mut registry = REGISTRY.lock();
        for &id in &self.0 {
            let references = registry
                .entry(id)
                .and_then(|entry| entry.references.as_ref());
            // Who takes the last one away sees so in `Farewell::begin`.
            let _last = references.map(|references| references.put());
        }
    }
}
