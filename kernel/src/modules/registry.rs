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

use super::error::Reason;
use super::loaded::Loaded;
use super::state::{Id, State};
use super::symbol_kind::SymbolKind;
use crate::sync::{Lock, rank};
use alloc::boxed::Box;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use fallible::{TryPush, collected};
use hashbrown::HashMap;
use loader::Object;
use module_api::{Export, PerCpuRef};

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
}

impl Entry {
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
    /// What it names.
    pub kind: SymbolKind,
    /// Module that exports it; `None` for the kernel.
    pub owner: Option<Id>,
}

/// All modules, all exports.
pub struct Registry {
    /// In the order in which they came.
    pub entries: Vec<Entry>,
    symbols: Option<HashMap<&'static str, Exported>>,
    last: Id,
}

/// The one of this kernel.
pub static REGISTRY: Lock<Registry, { rank::MODULES }> = Lock::new(Registry {
    entries: Vec::new(),
    symbols: None,
    last: Id::NONE,
});

/// Room taken at boot; beyond it both grow, and keep what they have grown to.
const ROOM_FOR_SYMBOLS: usize = 3000;
const ROOM_FOR_MODULES: usize = 64;

/// Enters the kernel's own exports. Once, at boot, when per-CPU memory is set up.
///
/// # Errors
/// [`Reason::Heap`].
pub fn init() -> Result<(), Reason<'static>> {
    let mut symbols = HashMap::new();
    symbols.try_reserve(ROOM_FOR_SYMBOLS.max(kernel_exports().len()))?;
    for export in kernel_exports() {
        let Ok(name) = export.name().to_str() else {
            continue;
        };
        let value = export.value() as u64;
        let exported = Exported {
            value,
            kind: SymbolKind::in_kernel(value),
            owner: None,
        };
        enter(&mut symbols, name, exported);
    }
    let mut registry = REGISTRY.lock();
    registry.symbols = Some(symbols);
    registry.entries.try_reserve(ROOM_FOR_MODULES)?;
    Ok(())
}

/// Enters a symbol, for which there is room; returns the one of that name before.
fn enter(
    symbols: &mut HashMap<&'static str, Exported>,
    name: &'static str,
    exported: Exported,
) -> Option<Exported> {
    #[expect(clippy::disallowed_methods, reason = "there is room")]
    symbols.insert(name, exported)
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
    let found = REGISTRY.lock().symbol(name);
    found.is_some_and(|found| found.owner.is_none())
}

/// The object of the module that exports a symbol; `None` for the kernel's symbols.
pub fn object_of(symbol: &str) -> Option<Object<'static>> {
    let mut registry = REGISTRY.lock();
    let owner = registry.symbol(symbol)?.owner?;
    let loaded = registry.entry(owner)?.loaded.as_ref()?;
    Some(*loaded.layout.object())
}

/// All exported symbols, in no order.
///
/// # Errors
/// If there is no memory for the list.
pub fn symbols() -> Result<Vec<(&'static str, Exported)>, TryReserveError> {
    let registry = REGISTRY.lock();
    let count = registry.symbols.as_ref().map_or(0, HashMap::len);
    let all = registry.symbols.iter().flatten();
    collected(count, all.map(|(&name, &exported)| (name, exported)))
}

/// Number of symbols that are exported.
pub fn symbol_count() -> usize {
    let registry = REGISTRY.lock();
    registry.symbols.as_ref().map_or(0, HashMap::len)
}

/// Looks at the modules, unless a CPU holds the list: for a panic. `look` doesn't print.
pub fn try_read<R>(look: impl FnOnce(&[Entry]) -> R) -> Option<R> {
    Some(look(&REGISTRY.try_lock()?.entries))
}

/// Looks at the modules. `look` doesn't print, wait or map.
pub fn read<R>(look: impl FnOnce(&[Entry]) -> R) -> R {
    look(&REGISTRY.lock().entries)
}

impl Registry {
    /// Enters a module in state loading under a name that nobody has.
    ///
    /// # Errors
    /// [`Reason::Exists`], [`Reason::Heap`].
    pub fn add(&mut self, name: &'static str) -> Result<Id, Reason<'static>> {
        if let Some(entry) = self.entries.iter().find(|entry| entry.name == name) {
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
        })?;
        self.last = id;
        Ok(id)
    }

    /// The module of this number, while it is in the list.
    pub fn entry(&mut self, id: Id) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.id == id)
    }

    fn symbol(&self, name: &str) -> Option<Exported> {
        self.symbols.as_ref()?.get(name).copied()
    }

    /// Enters what a module exports: all of it or, with an error, none.
    ///
    /// # Errors
    /// [`Reason::Duplicate`], [`Reason::Heap`].
    pub fn export(&mut self, id: Id, loaded: &Loaded) -> Result<(), Reason<'static>> {
        let Some(symbols) = &mut self.symbols else {
            return Ok(());
        };
        symbols.try_reserve(loaded.exports().len())?;
        for (number, export) in loaded.exports().iter().enumerate() {
            let exported = Exported {
                value: export.value,
                kind: loaded.kind_of(export),
                owner: Some(id),
            };
            let Some(others) = enter(symbols, export.name, exported) else {
                continue;
            };
            // All is as before.
            let symbol = export.name;
            enter(symbols, symbol, others);
            for export in &loaded.exports()[..number] {
                symbols.remove(export.name);
            }
            let owner = others.owner.and_then(|id| self.entry(id));
            let owner = owner.map(|entry| entry.name);
            return Err(Reason::Duplicate { symbol, owner });
        }
        Ok(())
    }
}

/// Takes a module and its exports out of the list; its caller drops it, outside the lock.
/// Takes as many steps as the module has exports, whatever others have.
pub fn remove(id: Id) -> Option<Entry> {
    let mut registry = REGISTRY.lock();
    let at = registry.entries.iter().position(|entry| entry.id == id)?;
    let entry = registry.entries.remove(at);
    // What it owns is in the list exactly if its exports have been entered.
    if let (Some(symbols), Some(loaded)) = (&mut registry.symbols, &entry.loaded) {
        for export in loaded.exports() {
            symbols.remove(export.name);
        }
    }
    Some(entry)
}

/// References on the modules whose exports somebody uses, one a module (Linux: struct
/// module_use); given up when dropped. While one is held its module isn't unloaded.
#[derive(Debug, Default)]
pub struct References(Vec<Id>);

impl References {
    /// Looks an exported symbol up, and takes a reference on its module unless that is
    /// held. `None` if nobody exports it.
    ///
    /// # Errors
    /// [`Reason::Provider`] if its module isn't live; [`Reason::Heap`].
    pub fn resolve<'a>(&mut self, symbol: &'a str) -> Result<Option<Exported>, Reason<'a>> {
        let mut registry = REGISTRY.lock();
        let Some(found) = registry.symbol(symbol) else {
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
