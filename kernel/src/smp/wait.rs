//! Waits in a CPU's ordinary course: it does its errands meanwhile, and its threads have turns.

use super::machine::NAP;
use super::{task, thread};
use crate::timer;
use arch::timer::Deadline;
use arch::{cpu, lowcore};

/// Waits for some microseconds at most, in a loop that waits for another CPU: this one does
/// its errand meanwhile, and its threads have turns. Interrupts on, no lock held.
pub fn nap(microseconds: u64) {
    task::serve_errand();
    thread::give_way();
    timer::nap(microseconds);
}

/// Lets other courses of this CPU go on; if there are none, and interrupts come, the CPU rests
/// for a moment. Who waits for another CPU by looks of its own leaves it the host's that way; and
/// its turn, where an emulator gives CPUs turns.
pub fn rest() {
    let is_alone = !thread::give_way();
    if is_alone && cpu::interrupts_enabled() && lowcore::held_ranks() == 0 {
        timer::nap(NAP);
    }
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
