//! A CPU leaves: out of its idle loop, to a stop, and what it had is given back.
//!
//! ```text
//!  who leads it out                      the CPU, in its idle loop, interrupts off
//!   asks, signals ──────────────────►    isn't online any more
//!                                        was a task posted before? then it is again
//!                                        runs the functions that were called before
//!   finds it gone ◄──────────────────    gone
//!   stops and resets it                  stops itself
//! ```
//!
//! Functions of other CPUs are run by then or refused by name, as the crate `cross-call`
//! says; from there on it takes no lock and touches no memory but its stack.

use super::call;
use super::error::Error;
use super::machine::Cpus;
use super::status::Look;
use super::{belongings, task};
use crate::cpus::{self, State};
use crate::timer;
use arch::sigp::{self, Order};
use arch::{MAX_CPUS, cpu};
use core::sync::atomic::{AtomicBool, Ordering};
use cross_call::Machine;

/// Seconds that a CPU may be away from its idle loop, or a look at it may last.
const PATIENCE: u64 = 60;

/// CPUs that are to leave; who takes the word back has the say whether it does.
static ASKED: [AtomicBool; MAX_CPUS] = [const { AtomicBool::new(false) }; MAX_CPUS];

fn asked(cpu: u32) -> &'static AtomicBool {
    &ASKED[cpu as usize]
}

/// Whether this CPU is to leave. For its idle loop.
pub fn is_asked() -> bool {
    asked(cpu::number()).load(Ordering::Relaxed)
}

/// Leaves if this CPU is to, and nobody has given it anything to do. From its idle loop.
pub fn if_asked() {
    let this = cpu::number();
    if !is_asked() || !asked(this).swap(false, Ordering::Acquire) {
        return;
    }
    cpu::without_interrupts(|| {
        cpus::change(this, State::Online, State::Leaving);
        if !task::is_left_alone() {
            cpus::change(this, State::Leaving, State::Online);
            asked(this).store(true, Ordering::Release);
            return;
        }
        call::serve_last();
        timer::end_looks();
        cpus::change(this, State::Leaving, State::Gone);
        sigp::stop_this_cpu();
    });
}

/// Has a CPU leave that is online, and active no more; returns when it is offline. By the one
/// who leads CPUs in and out; interrupts on, no lock held.
///
/// # Errors
/// The CPU is online as before, but where it is [`Error::NotStopped`] or a refusal of an
/// order behind its signal: then it is gone, and waits to be [buried](bury).
pub fn leave(cpu: u32) -> Result<(), Error> {
    asked(cpu).store(true, Ordering::Release);
    let signalled = Cpus.signal(cpu);
    // Without a signal it leaves as soon as something else wakes it, which needn't be soon.
    let patience = if signalled.is_ok() { PATIENCE } else { 0 };
    let is_gone = || cpus::state(cpu) == State::Gone;
    if !task::wait_until(patience, is_gone) && asked(cpu).swap(false, Ordering::Acquire) {
        return Err(match signalled {
            Err(refusal) => Error::Refused(cpu, Order::EmergencySignal, refusal),
            Ok(()) => Error::Busy(cpu),
        });
    }
    // It is on its way; interrupts are off there.
    match task::wait_until(PATIENCE, is_gone) {
        true => bury(cpu),
        false => Err(Error::NotStopped(cpu)),
    }
}

/// Stops a CPU that is gone, and gives back what it had.
///
/// # Errors
/// It doesn't stop, or isn't reset: it is gone as before.
pub fn bury(cpu: u32) -> Result<(), Error> {
    let address = cpus::address(cpu).ok_or(Error::NotPresent(cpu))?;
    // Nobody starts it again who has stopped it for a look.
    let mut look = None;
    task::wait_until(PATIENCE, || {
        look = Look::begin(cpu);
        look.is_some()
    });
    let _look = look.ok_or(Error::NotStopped(cpu))?;
    let refused = |order: Order| move |refusal| Error::Refused(cpu, order, refusal);
    sigp::stop(address).map_err(refused(Order::Stop))?;
    // SAFETY: C11: it is stopped, and not online. It forgets its lowcore, and what pends.
    unsafe { sigp::initial_reset(address) }.map_err(refused(Order::InitialReset))?;
    belongings::give_back(cpu);
    cpus::change(cpu, State::Gone, State::Offline);
    Ok(())
}
