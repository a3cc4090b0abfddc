//! A module's way into the list of modules and out of it: each value here stands for an
//! entry whose state is its owner's to change (L2), and dropping it takes the entry away.

use super::debugger::{self, Change, Record};
use super::error::Reason;
use super::jump_labels;
use super::leftovers;
use super::loaded::Loaded;
use super::registry::{self, REGISTRY, References, remove};
use super::state::{Frames, Id, State};
use crate::memory::heap::try_box;
use crate::memory::sanity;
use crate::percpu::AllocError;
use crate::smp::thread;
use alloc::vec::Vec;
use module_api::PerCpuRef;
use this_cpu::NoMemory;

/// A module in state loading. Dropping it removes the module and frees what it owns.
pub struct UnformedModule {
    id: Id,
}

impl UnformedModule {
    /// Enters a module under a name that nobody has.
    ///
    /// # Errors
    /// [`Reason::Exists`], [`Reason::Heap`].
    pub fn add(name: &'static str) -> Result<Self, Reason<'static>> {
        let id = REGISTRY.lock().add(name)?;
        Ok(Self { id })
    }

    /// Hands over what the module owns and whom it uses, and enters its exports, so that
    /// its init can be called. May map pages.
    ///
    /// # Errors
    /// [`Reason::Duplicate`], [`Reason::PerCpu`], [`Reason::Heap`]; then what was handed
    /// over is freed, at the latest with this.
    pub fn complete_formation(
        &self,
        loaded: Loaded,
        uses: References,
    ) -> Result<(), Reason<'static>> {
        let is_linux = loaded.linux.is_some();
        let refcount = PerCpuRef::new().map_err(no_refcount)?;
        let refcount = try_box(refcount).map_err(|_| Reason::Heap)?;
        if let Some(entry) = REGISTRY.lock().entry(self.id) {
            entry.refcount = Some(refcount);
            entry.uses = uses;
            let loaded = entry.loaded.insert(loaded);
            debugger::module_changed(&Record {
                name: entry.name,
                loaded,
                change: Change::Formed,
            });
        }
        registry::export(self.id)?;
        if is_linux {
            jump_labels::follow_keys(self.id);
        }
        Ok(())
    }

    /// From now on the module can be used, and its init sections are gone (L4).
    pub fn make_live(self) {
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

impl Drop for UnformedModule {
    fn drop(&mut self) {
        if let Err((name, thread)) = take_out(self.id) {
            log::error!(
                "module {name}: thread {thread} of its init's runs still. It stays until that \
                 has ended, and it is unloaded"
            );
        }
    }
}

/// Takes a module out of the list and frees what it owns, unless a thread runs its code: then
/// it stays, and [`GoingModule::stop`] goes on with it.
///
/// # Errors
/// The module's name, and the thread's.
fn take_out(id: Id) -> Result<(), (&'static str, thread::Name)> {
    let (name, addresses) = {
        let mut registry = REGISTRY.lock();
        let entry = registry.entry(id);
        entry.map_or(("", 0..0), |entry| {
            let loaded = entry.loaded.as_ref();
            (entry.name, loaded.map_or(0..0, Loaded::addresses))
        })
    };
    leftovers::end_calls(name, &addresses);
    if let Some(thread) = thread::keeping(&addresses) {
        if let Some(entry) = REGISTRY.lock().entry(id) {
            entry.state = State::Going;
            entry.is_kept = true;
        }
        return Err((name, thread));
    }
    if !addresses.is_empty() {
        sanity::left_by(&(addresses.start as u64..addresses.end as u64));
    }
    drop(remove(id));
    Ok(())
}

fn no_refcount(error: NoMemory) -> Reason<'static> {
    Reason::PerCpu(AllocError::OutOfMemory {
        size: error.bytes,
        align: error.align,
    })
}

/// A module in state going, to which no reference is left.
#[must_use]
pub struct GoingModule {
    id: Id,
    /// Address of its exit, which the loader has checked (L3).
    pub exit: Option<u64>,
    /// How the stack frames of its code are laid out.
    pub frames: Frames,
    /// Addresses of what is called after that, in this order, checked too.
    pub destructors: Vec<u64>,
}

impl GoingModule {
    /// Stops the use of a live module, unless somebody holds a reference (Linux:
    /// try_stop_module); goes on with one that a thread kept, whose exit has been called.
    /// Waits for the other CPUs.
    ///
    /// # Errors
    /// [`Reason::NotLoaded`], [`Reason::Busy`], [`Reason::NoExit`], [`Reason::InUse`]; the
    /// module is as before.
    pub fn stop(name: &str) -> Result<Self, Reason<'_>> {
        let (id, exit, frames, refcount) = {
            let mut registry = REGISTRY.lock();
            let id = registry::named(&registry.entries, name).map(|entry| entry.id);
            let entry = id.and_then(|id| registry.entry(id));
            let entry = entry.ok_or(Reason::NotLoaded)?;
            if entry.is_kept {
                entry.is_kept = false;
                return Ok(Self {
                    id: entry.id,
                    exit: None,
                    frames: Frames::Plain,
                    destructors: Vec::new(),
                });
            }
            if entry.state != State::Live {
                return Err(Reason::Busy(entry.state));
            }
            let loaded = entry.loaded.as_ref().ok_or(Reason::NotLoaded)?;
            if loaded.must_stay() {
                return Err(Reason::NoExit);
            }
            let (exit, frames) = (loaded.startup.exit, loaded.frames);
            let refcount = entry.refcount.as_deref().ok_or(Reason::NotLoaded)?;
            let refcount = core::ptr::from_ref(refcount);
            entry.state = State::Going;
            (entry.id, exit, frames, refcount)
        };
        // SAFETY: L2: nobody else removes a module that is going, and with it the box that
        // the count lies in.
        let refcount = unsafe { &*refcount };
        if !refcount.kill() && refcount.resurrect() {
            let users = refcount.count();
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
            frames,
            destructors: destructors.unwrap_or_default(),
        })
    }

    /// Removes the module and frees what it owns.
    ///
    /// # Errors
    /// [`Reason::Thread`]: it stays as it is, until it is stopped again.
    pub fn remove(self) -> Result<(), Reason<'static>> {
        take_out(self.id).map_err(|(_, thread)| Reason::Thread(thread))
    }
}
