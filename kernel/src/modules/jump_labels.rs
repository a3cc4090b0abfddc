//! Branches that keys decide on, in modules compiled for Linux (Linux: jump labels).
//!
//! ```text
//!  brcl 0,..    c0 04 ....     the branch isn't taken: a no-op
//!  brcl 15,..   c0 f4 ....     it is
//! ```
//!
//! One byte of an instruction differs, so a CPU that runs there takes the old branch or the new
//! one. It is changed through its real address, where no page's protection says anything: text
//! is never writable. The list's lock keeps the module, and two changes of a word apart.

use super::loaded::Loaded;
use super::registry;
use super::state::Id;
use crate::smp;
use arch::{dat, fault_safe};
use loader::linux::Jump;

/// Branches that are changed under one hold of the list's lock.
const BATCH: usize = 64;

/// Makes the branches of a module what their keys say: once it is in the list, where changes of
/// keys find it, and before its code runs.
pub fn follow_keys(id: Id) {
    let mut first = 0;
    while registry::read(|entries| {
        let mut its = entries.iter().filter(|entry| entry.id == id);
        let loaded = its.next().and_then(|entry| entry.loaded.as_ref());
        loaded.is_some_and(|loaded| change(loaded, |tables| tables.jumps(), first))
    }) {
        first += BATCH;
    }
}

/// Makes the branches of a key what it says, in all modules; no CPU runs the old ones when this
/// returns. Waits for other CPUs: with interrupts on, no lock held.
///
/// # Errors
/// Why not all CPUs were signalled.
pub fn key_changed(key: u64) -> Result<(), smp::Error> {
    let mut module = Id::NONE;
    let mut first = 0;
    while let Some((id, more)) = registry::read_next(module, |entry| {
        let more = entry
            .loaded
            .as_ref()
            .is_some_and(|loaded| change(loaded, |tables| tables.jumps_of(key), first));
        (entry.id, more)
    }) {
        match more {
            true => first += BATCH,
            false => (module, first) = (id, 0),
        }
    }
    // What comes to a signal's handler has serialized.
    smp::run_on_each(|| {})
}

/// Changes a batch of a module's branches; whether there are more.
fn change<'a>(
    loaded: &'a Loaded,
    jumps: impl Fn(&'a loader::linux::Tables) -> &'a [Jump],
    first: usize,
) -> bool {
    let Some(parts) = &loaded.linux else {
        return false;
    };
    let jumps = jumps(&parts.tables);
    for jump in jumps.iter().skip(first).take(BATCH) {
        if !loaded.is_freed(jump.site) {
            set(jump);
        }
    }
    jumps.len() > first + BATCH
}

/// Makes a branch what its key says; one whose key can't be read stays as it was compiled.
fn set(jump: &Jump) {
    let Ok(count) = fault_safe::read_u32(jump.key as usize) else {
        return;
    };
    let mask = jump.mask(count.cast_signed() > 0);
    let place = (jump.site + Jump::MASK) as usize;
    if fault_safe::read_u8(place) == Ok(mask) {
        return;
    }
    // SAFETY: M1, M2: a byte of a module's text that the loader has checked, of an instruction
    // that is right with either value; the list's lock keeps the module, and other changes away.
    unsafe { dat::patch_code(place, mask) };
}
