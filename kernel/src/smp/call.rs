//! Functions on other CPUs, in their interrupt handlers.
//!
//! The protocol is the crate `cross-call`'s, which keeps C13 and P6. One CPU at a time
//! calls. All of these:
//!
//! * are for a CPU's ordinary context: interrupts on, no lock held; otherwise they panic,
//!   naming the lock. A called function that calls gets [`Error::Nested`].
//! * run the function with interrupts off. It may take locks, and it may not wait for
//!   another CPU.
//! * return when it has ended on all CPUs concerned. On an error it has not run on the
//!   CPU that the error is of, and never will.
//! * don't survive a function that panics, as no CPU does.

use super::error::Error;
use super::machine::Cpus;
use crate::cpus::possible;
use arch::MAX_CPUS;
use cross_call::Calls;

/// A function for another CPU, as C and modules see it.
pub type Function = extern "C" fn(*mut ());

static CALLS: Calls<Cpus, MAX_CPUS> = Calls::new(Cpus);

/// Runs what another CPU wants of this one, if anything.
///
/// # Safety
/// P6: from a handler of external interruptions: interrupts are off, and what it interrupted
/// was in no interrupts-off section.
pub unsafe fn serve_mailbox() {
    CALLS.serve();
}

/// As [`serve_mailbox`], on a CPU that isn't online any more: nothing is called here after
/// that. From its idle loop, interrupts off.
pub fn serve_last() {
    CALLS.serve_last();
}

fn check(cpu: u32) -> Result<(), Error> {
    if cpu < possible() {
        Ok(())
    } else {
        Err(Error::NotPossible(cpu))
    }
}

/// Runs `function(argument)` on the CPU, and waits for it to end.
pub fn call_on(cpu: u32, function: Function, argument: *mut ()) -> Result<(), Error> {
    check(cpu)?;
    Ok(CALLS.call_on(cpu, &with(function, argument))?)
}

/// Runs `function(argument)` on every online CPU at once, the caller's included, and
/// waits for all to end. An error is the first of those that CPUs gave.
pub fn on_each_cpu(function: Function, argument: *mut ()) -> Result<(), Error> {
    Ok(CALLS.on_each(&with(function, argument))?)
}

/// Runs a closure on the CPU, and returns what it returned.
pub fn run_on<R: Send>(cpu: u32, work: impl FnOnce() -> R + Send) -> Result<R, Error> {
    check(cpu)?;
    Ok(CALLS.run_on(cpu, work)?)
}

/// Runs a closure on every online CPU at once, as [`on_each_cpu`] does.
pub fn run_on_each(work: impl Fn() + Sync) -> Result<(), Error> {
    Ok(CALLS.on_each(&work)?)
}

/// Runs a closure on every other online CPU at once, and `own` here meanwhile, interrupts off,
/// as [`Calls::on_others`] says.
pub fn run_on_others<R>(
    work: impl Fn() + Sync,
    own: impl FnOnce(Result<u32, Error>) -> R,
) -> Result<R, Error> {
    Ok(CALLS.on_others(&work, |posted| own(posted.map_err(Error::from)))?)
}

/// The call as a closure. The argument is the function's concern, wherever it runs.
fn with(function: Function, argument: *mut ()) -> impl Fn() + Sync {
    let argument = argument.expose_provenance();
    move || function(core::ptr::with_exposed_provenance_mut(argument))
}
