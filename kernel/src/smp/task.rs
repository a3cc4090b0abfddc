//! Functions in the other CPUs' idle loops, with interruptions on.
//!
//! What runs there may do all that the boot CPU may: wait, call other CPUs, load
//! modules. An interrupt handler may not.

use super::call::{Mailbox, wake};
use super::{CPUS, Error};
use crate::cpus::online;
use crate::timer;
use arch::cpu;

fn own() -> &'static Mailbox {
    &CPUS[cpu::number() as usize].task
}

/// Whether this CPU has a task.
pub fn is_waiting() -> bool {
    !own().is_empty()
}

/// Runs this CPU's task.
pub fn serve() {
    own().serve();
}

/// Runs a closure on every online CPU at once, each in its ordinary course, this
/// one included; returns when all have ended. For the boot CPU's own course: one
/// round of tasks at a time.
pub fn run_as_task_on_each<F: Fn() + Sync>(work: F) -> Result<(), Error> {
    extern "C" fn run<F: Fn()>(work: *mut ()) {
        // SAFETY: `run_as_task_on_each` passes its own closure and waits for all.
        unsafe { (*work.cast::<F>())() }
    }
    let this = cpu::number();
    let others = || online().filter(|&cpu| cpu != this);
    let mut result = Ok(());
    for cpu in others() {
        CPUS[cpu as usize]
            .task
            .fill(run::<F>, (&raw const work).cast_mut().cast());
        if let Err(error) = wake(cpu) {
            result = Err(error);
        }
    }
    work();
    for cpu in others() {
        while !CPUS[cpu as usize].task.is_empty() {
            timer::nap(50);
        }
    }
    result
}
