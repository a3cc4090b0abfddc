//! Ctrl-C: the person at the console wants what runs to stop.
//!
//! Nothing is interrupted. Work that may take long asks at its own good places, and ends
//! there; code of modules doesn't ask. Only a session at the console listens, so for any
//! other run the question costs a load.

use super::device;
use arch::timer;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What a terminal sends for Ctrl-C.
pub const CTRL_C: u8 = 3;

/// Microseconds between two looks at what was typed: each is a call of the service
/// processor.
const BETWEEN_LOOKS: u64 = 20_000;

/// Whether a command of a session runs.
static LISTENS: AtomicBool = AtomicBool::new(false);

/// Whether Ctrl-C has come since it began.
static CAME: AtomicBool = AtomicBool::new(false);

/// When to look again, in the clock's units.
static NEXT_LOOK: AtomicU64 = AtomicU64::new(0);

/// A command of a session begins: what came before doesn't concern it.
pub fn listen() {
    CAME.store(false, Ordering::Relaxed);
    LISTENS.store(true, Ordering::Relaxed);
}

/// Whether Ctrl-C has come since the command began that runs: then the work ends. Any CPU,
/// with no lock held.
pub fn is_interrupted() -> bool {
    LISTENS.load(Ordering::Relaxed) && (CAME.load(Ordering::Relaxed) || look())
}

#[cold]
fn look() -> bool {
    if timer::now() < NEXT_LOOK.load(Ordering::Relaxed) {
        return false;
    }
    let came = device::was_typed(CTRL_C);
    let next = timer::now() + timer::from_microseconds(BETWEEN_LOOKS);
    NEXT_LOOK.store(next, Ordering::Relaxed);
    if came {
        CAME.store(true, Ordering::Relaxed);
    }
    came
}
