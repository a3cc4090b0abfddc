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
//! | file | what |
//! |---|---|
//! | `table.rs` | the list of modules, its lock, references on modules |
//! | `symbols.rs` | exported symbols: entered, found with a reference, removed |
//!
//! One lock guards all of it, and is held for look-ups and changes of the two tables
//! only: never while module code runs, while something is printed, while memory is
//! mapped, or while another CPU is waited for. What a module owns (its memory, its
//! per-CPU variables) is dropped outside it. `lifecycle.rs` has the way from one state
//! to the next.
//!
//! It is held for as many steps as there are modules, and for at most a batch of exports.

mod symbols;
mod table;

use super::debugger::{self, Change, Record};
use super::error::Reason;
use super::leftovers;
use super::state::Id;

pub use symbols::{
    Exported, Wanted, export, is_kernels, is_plain, kernel_symbols, object_of, symbol_count,
    symbols,
};
pub use table::{Entry, REGISTRY, References, named, read, read_in_handler, read_next, try_read};

/// Room taken at boot; beyond it the list grows, and keeps what it has grown to.
const ROOM_FOR_MODULES: usize = 64;

/// Makes room for modules, and enters the kernel's own exports. Once, at boot.
///
/// # Errors
/// [`Reason::Heap`].
pub fn init() -> Result<(), Reason<'static>> {
    REGISTRY.lock().entries.try_reserve(ROOM_FOR_MODULES)?;
    symbols::enter_kernels()
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
