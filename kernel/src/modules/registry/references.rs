//! Who uses whose exports.

use super::{Exported, REGISTRY, Wanted};
use crate::modules::error::Reason;
use crate::modules::state::{Id, State};
use alloc::vec::Vec;
use fallible::TryPush;
use module_api::PerCpuRef;

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
