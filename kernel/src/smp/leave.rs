//! A CPU leaves: out of its idle loop, to a stop, and what it had is given back.
//!
//! ```text
//!  who leads it out                      the CPU, in its idle loop
//!   asks, signals ──────────────────►    parks: it does errands, begins no task
//!   becomes the one who leads,
//!   runs callbacks, by errands
//!   says go ────────────────────────►    interrupts off; isn't online any more
//!                                        was a task posted before? then it is again
//!                                        runs the functions that were called before
//!   finds it gone ◄──────────────────    gone
//!   resets it ◄──────────────────────    stops itself
//! ```
//!
//! It parks before anybody keeps others from leading CPUs for it: a CPU that is away from its
//! idle loop may itself wait for who leads. Functions of other CPUs are run by then or refused
//! by name, as the crate `cross-call` says; once gone, it takes no lock and touches no memory
//! but its stack.

use super::call;
use super::error::Error;
use super::machine::{Cpus, NAP};
use super::status::Look;
use super::stop_machine::stop_machine;
use super::{resources, task, wait};
use crate::cpus::{self, State};
use crate::timer;
use arch::sigp::{self, Order};
use arch::{MAX_CPUS, cpu};
use core::sync::atomic::{AtomicU32, Ordering};
use cross_call::Machine;

/// Seconds that a CPU may be away from its idle loop, or a look at it may last.
const PATIENCE: u64 = 60;

/// Times that others are asked to hold still for one that is gone: there is no way back.
const TRIES: u32 = 3;

/// It isn't to leave.
const STAYS: u32 = 0;
/// It is to park.
const ASKED: u32 = 1;
/// It is parked, until who asked says what next.
const PARKED: u32 = 2;
/// It is to leave now.
const GO: u32 = 3;
/// It leaves, unless there is something to do.
const GOES: u32 = 4;

static WORDS: [AtomicU32; MAX_CPUS] = [const { AtomicU32::new(STAYS) }; MAX_CPUS];

fn word(cpu: u32) -> &'static AtomicU32 {
    &WORDS[cpu as usize]
}

fn change(cpu: u32, from: u32, to: u32) -> bool {
    let changed = word(cpu).compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed);
    changed.is_ok()
}

/// Whether this CPU is to park. For its idle loop.
pub fn is_asked() -> bool {
    word(cpu::number()).load(Ordering::Relaxed) == ASKED
}

/// Parks this CPU if it is to, and leaves if that is asked then. From its idle loop.
pub fn if_asked() {
    let this = cpu::number();
    if !is_asked() || !change(this, ASKED, PARKED) {
        return;
    }
    loop {
        match word(this).load(Ordering::Acquire) {
            PARKED => {}
            GO if change(this, GO, GOES) => {
                cpu::without_interrupts(|| try_to_leave(this));
                // There was a task.
                word(this).store(STAYS, Ordering::Release);
                return;
            }
            _ => return,
        }
        wait::nap(NAP);
    }
}

/// Leaves, unless somebody has given this CPU something to do. Interrupts off.
fn try_to_leave(this: u32) {
    cpus::change(this, State::Online, State::Leaving);
    if !task::is_left_alone() {
        cpus::change(this, State::Leaving, State::Online);
        return;
    }
    call::serve_last();
    timer::end_looks();
    word(this).store(STAYS, Ordering::Relaxed);
    cpus::change(this, State::Leaving, State::Gone);
    sigp::stop_this_cpu();
}

/// A CPU that is parked in its idle loop; it goes on when this is dropped.
pub struct Parked(u32);

impl Parked {
    /// Has an online CPU park. Interrupts on, no lock held.
    ///
    /// # Errors
    /// It isn't in its idle loop for a minute, refuses the signal, or is parked already.
    pub fn new(cpu: u32) -> Result<Self, Error> {
        if !change(cpu, STAYS, ASKED) {
            return Err(Error::Busy(cpu));
        }
        let signalled = Cpus.signal(cpu);
        // Without a signal it parks when something else wakes it, which needn't be soon.
        let patience = if signalled.is_ok() { PATIENCE } else { 0 };
        let is_parked = || word(cpu).load(Ordering::Acquire) == PARKED;
        wait::wait_until(patience, || is_parked() || !cpus::is_online(cpu));
        if !change(cpu, ASKED, STAYS) {
            return Ok(Self(cpu));
        }
        if !cpus::is_online(cpu) {
            return Err(Error::NotOnline(cpu));
        }
        Err(match signalled {
            Err(refusal) => Error::Refused(cpu, Order::EmergencySignal, refusal),
            Ok(()) => Error::Busy(cpu),
        })
    }

    /// Has it leave, which is active no more; returns when it is offline. By the one who leads
    /// CPUs in and out; interrupts on, no lock held.
    ///
    /// # Errors
    /// [`Error::Busy`], and the CPU is online as before; or it is gone, and waits to be
    /// [reaped](reap).
    pub fn leave(self) -> Result<(), Error> {
        let cpu = self.0;
        change(cpu, PARKED, GO);
        core::mem::forget(self);
        let is_decided = || {
            let stays = word(cpu).load(Ordering::Acquire) == STAYS;
            stays && cpus::state(cpu) != State::Leaving
        };
        if !wait::wait_until(PATIENCE, is_decided) && !change(cpu, GO, STAYS) {
            // It goes at this moment, interrupts off.
            wait::wait_until(PATIENCE, is_decided);
        }
        match cpus::state(cpu) {
            State::Gone => reap(cpu),
            State::Leaving => Err(Error::NotStopped(cpu)),
            _ => Err(Error::Busy(cpu)),
        }
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        change(self.0, PARKED, STAYS);
    }
}

/// Waits until a CPU that is gone is stopped, and gives back what it had.
///
/// # Errors
/// It doesn't stop, or isn't reset: it is gone as before.
pub fn reap(cpu: u32) -> Result<(), Error> {
    let address = cpus::address(cpu).ok_or(Error::NotPresent(cpu))?;
    // Nobody starts it again who has stopped it for a look.
    let mut look = None;
    wait::wait_until(PATIENCE, || {
        look = Look::begin(cpu);
        look.is_some()
    });
    let _look = look.ok_or(Error::NotStopped(cpu))?;
    // It stops itself: an order to do so could be its emulator's end (docs/QEMU.md).
    if !wait::wait_until(PATIENCE, || sigp::is_stopped(address) == Ok(true)) {
        return Err(Error::NotStopped(cpu));
    }
    // SAFETY: C11: it is stopped, and not online. It forgets its lowcore, and what pends.
    let reset = || stop_machine(|| unsafe { sigp::initial_reset(address) });
    let reset = (1..TRIES).fold(reset(), |done, _| done.or_else(|_| reset()));
    reset?.map_err(|refusal| Error::Refused(cpu, Order::InitialReset, refusal))?;
    resources::give_back(cpu);
    cpus::change(cpu, State::Gone, State::Offline);
    Ok(())
}
