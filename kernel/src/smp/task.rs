//! Functions in the other CPUs' idle loops, interrupts on: tasks and errands.
//!
//! What runs there may do all that the boot CPU may: wait, call other CPUs, load
//! modules. An interrupt handler may not. The protocol is the crate `cross-call`'s.

use super::error::Error;
use super::machine::Cpus;
use crate::cpus::possible;
use arch::MAX_CPUS;
use cross_call::Tasks;

static TASKS: Tasks<Cpus, MAX_CPUS> = Tasks::new(Cpus);

/// Whether this CPU has a task or an errand. For its idle loop: with interrupts off, a signal
/// for a later one stays pending.
pub fn is_waiting() -> bool {
    TASKS.is_waiting()
}

/// Runs this CPU's task and its errand, if it has any.
pub fn serve() {
    TASKS.serve();
}

/// Does this CPU's errand, if it has one: where it waits.
pub fn serve_errand() {
    TASKS.serve_errand();
}

/// Whether nobody has given this CPU anything to do, which isn't online any more: from now on
/// nobody does. Interrupts off.
pub fn is_left_alone() -> bool {
    TASKS.is_left_alone()
}

/// Runs a closure on one CPU in its ordinary context, and waits for it to end: as an errand,
/// which it does in its idle loop or while it waits itself, or at once on the running CPU.
/// Interrupts on, no lock held.
///
/// # Errors
/// It hasn't run then, and never will. An errand that gives errands gets [`Error::Nested`].
pub fn run_as_errand(cpu: u32, work: impl Fn() + Sync) -> Result<(), Error> {
    match cpu < possible() {
        true => Ok(TASKS.run_on(cpu, &work)?),
        false => Err(Error::NotPossible(cpu)),
    }
}

/// Runs a closure on every online CPU at once, each in its ordinary context, this one
/// included; returns when all have ended.
///
/// For the boot CPU's ordinary context, the one that is no idle loop: interrupts on, no
/// lock held; otherwise it panics. A task that starts tasks gets [`Error::Nested`]. An
/// error is the first of those that CPUs gave: the closure never runs on those.
pub fn run_as_task_on_each(work: impl Fn() + Sync) -> Result<(), Error> {
    Ok(TASKS.run_on_each(&work)?)
}
