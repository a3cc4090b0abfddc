//! Functions in the other CPUs' idle loops, interrupts on.
//!
//! What runs there may do all that the boot CPU may: wait, call other CPUs, load
//! modules. An interrupt handler may not. The protocol is the crate `cross-call`'s.

use super::error::Error;
use super::machine::Cpus;
use arch::MAX_CPUS;
use cross_call::Tasks;

static TASKS: Tasks<Cpus, MAX_CPUS> = Tasks::new(Cpus);

/// Whether this CPU has a task. For its idle loop: with interrupts off, a signal for a
/// later one stays pending.
pub fn is_waiting() -> bool {
    TASKS.is_waiting()
}

/// Runs this CPU's task, if it has one.
pub fn serve() {
    TASKS.serve();
}

/// Runs a closure on every online CPU at once, each in its ordinary course, this one
/// included; returns when all have ended.
///
/// For the boot CPU's ordinary course, the one that is no idle loop: interrupts on, no
/// lock held; otherwise it panics. A task that starts tasks gets [`Error::Nested`]. An
/// error is the first of those that CPUs gave: the closure never runs on those.
pub fn run_as_task_on_each(work: impl Fn() + Sync) -> Result<(), Error> {
    Ok(TASKS.run_on_each(&work)?)
}
