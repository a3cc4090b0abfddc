//! Waits in a CPU's ordinary context: it does its errands meanwhile, and its threads have turns.

use super::machine::NAP;
use super::{task, thread};
use crate::timer;
use arch::timer::Deadline;

/// Waits for some microseconds at most, in a loop that waits for another CPU: this one does
/// its errand meanwhile, and its threads have turns. Interrupts on, no lock held.
pub fn nap(microseconds: u64) {
    task::serve_errand();
    thread::yield_now();
    timer::nap(microseconds);
}

/// Waits until `done`, for so many seconds at most; returns whether it is. Does this CPU's
/// errands meanwhile, and its threads have turns. Interrupts on, no lock held.
pub fn wait_until(seconds: u64, mut done: impl FnMut() -> bool) -> bool {
    let deadline = Deadline::after_seconds(seconds);
    while !done() {
        if deadline.is_past() {
            return false;
        }
        nap(NAP);
    }
    true
}
