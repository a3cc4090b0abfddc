//! The list of modules, behind its lock; and references on them.

use crate::initrd::plain_name;
use crate::modules::error::Reason;
use crate::modules::loaded::Loaded;
use crate::modules::state::{Id, State};
use crate::sync::{Lock, rank};
use alloc::boxed::Box;
use alloc::vec::Vec;
use arch::timer::Deadline;
use fallible::TryPush;
use loader::{ExportedSymbol, NameTable, Offer};
use module_api::PerCpuRef;
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
    pub(super) fn exports(&self) -> &[ExportedSymbol<'static>] {
        self.loaded.as_ref().map_or(&[], Loaded::exports)
    }

    /// What else there is of those; none if none has a CRC.
    pub(super) fn offers(&self) -> &[Offer] {
        { self.loaded.as_ref() }.map_or(&[], |loaded| loaded.linked.offers())
    }

    /// References that others hold.
    pub fn users(&self) -> i64 {
        self.refcount.as_ref().map_or(0, |count| count.count())
    }
}

/// An export, by its owner, [`Id::NONE`] for the kernel, and its number among the owner's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportNumber {
    /// Its owner.
    pub owner: Id,
    /// Its number.
    pub number: u32,
}

/// All modules, all exports.
pub struct Registry {
    /// In the order in which they came, which is that of their numbers.
    pub entries: Vec<Entry>,
    pub(super) symbols: NameTable<ExportNumber>,
    last: Id,
}

/// The one of this kernel.
pub static REGISTRY: Lock<Registry, { rank::MODULES }> = Lock::new(Registry {
    entries: Vec::new(),
    symbols: NameTable::new(),
    last: Id::NONE,
});

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

    pub(super) fn position(&self, id: Id) -> Option<usize> {
        let at = self.entries.binary_search_by_key(&id, |entry| entry.id);
        at.ok()
    }
}

/// References on the modules whose exports somebody uses, one a module (Linux: struct
/// module_use); given up when dropped. While one is held its module isn't unloaded.
#[derive(Debug, Default)]
pub struct References(pub(super) Vec<Id>);

impl References {
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
