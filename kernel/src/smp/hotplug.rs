//! CPUs come and go: in which order what is done for them, and undone when it fails.
//!
//! | comes | leaves |
//! |---|---|
//! | prepare states, on the CPU that leads | it parks in its idle loop |
//! | lowcore, stacks, restart: online | no new threads there; refused if it has any |
//! | online states, on the CPU itself | online states, on the CPU itself, the last first |
//! | active: threads begin there | out of the idle loop: offline; stopped, reset |
//! | | what it kept for itself goes back to all |
//! | | prepare states, the last first |
//!
//! Its unit of per-CPU memory stays, and each copy in it as it was left: sums over possible
//! CPUs don't change, and what it counted goes on when it is back (P1).

use super::error::Error;
use super::hotplug_lock::Leader;
use super::leave::{Parked, reap};
use super::start::start_stopped;
use super::states::{self, Part};
use super::{thread, timers, works};
use crate::cpus::{self, State, online_count, possible, present};
use crate::memory::slab;
use crate::{percpu, sync};
use arch::cpu;
use arch::timer::Deadline;

/// Seconds in which a CPU that parked may be given a task, and another.
const PATIENCE: u64 = 60;

/// Starts present CPUs until `max` are online; logs what goes wrong. At boot.
pub fn start_all(max: u32) {
    for cpu in 1..present().min(max) {
        if let Err(error) = start(cpu) {
            log::error!("{error}");
        }
    }
    log::info!(
        "smp: {} of {} CPUs online, {} possible",
        online_count(),
        present(),
        possible()
    );
}

fn check(cpu: u32) -> Result<(), Error> {
    sync::assert_may_wait();
    match cpu {
        cpu if cpu >= possible() => Err(Error::NotPossible(cpu)),
        cpu if cpu >= present() => Err(Error::NotPresent(cpu)),
        _ => Ok(()),
    }
}

/// Starts one CPU, and waits until it is active; ten seconds at most, and as long as callbacks
/// take. From a CPU's ordinary context: interrupts on, no lock held; otherwise it panics.
///
/// # Errors
/// The CPU is offline as before, and what it was to have is given back; but for one that was
/// restarted, and isn't online after ten seconds: it is started anew by the next start.
pub fn start(cpu: u32) -> Result<(), Error> {
    check(cpu)?;
    let _leader = Leader::new()?;
    match cpus::state(cpu) {
        State::Offline => {}
        State::Online | State::Active => return Err(Error::Online(cpu)),
        State::Starting => return Err(Error::Starting(cpu)),
        State::Leaving => return Err(Error::NotStopped(cpu)),
        State::Gone => reap(cpu)?,
    }
    let states = states::lock()?;
    states.up(Part::Prepare, cpu)?;
    let started = start_stopped(cpu);
    let ready = started.and_then(|()| {
        let ready = states.up(Part::Online, cpu);
        if ready.is_err() {
            warn(Parked::new(cpu).and_then(Parked::leave));
        }
        ready
    });
    match ready {
        Ok(()) => {
            cpus::change(cpu, State::Online, State::Active);
        }
        Err(_) => warn(states.down(Part::Prepare, cpu)),
    }
    ready
}

/// Has one CPU leave, and waits until it is stopped; two minutes at most, and as long as
/// callbacks and tasks of its own take. In the contexts of [`start`].
///
/// # Errors
/// The CPU is active as before, and callbacks that had been called are undone; but for one
/// that doesn't stop: it is stopped by the next start.
pub fn offline(cpu: u32) -> Result<(), Error> {
    check(cpu)?;
    if cpu == 0 {
        return Err(Error::BootCpu);
    }
    if cpu == cpu::number() {
        return Err(Error::Itself(cpu));
    }
    if !cpus::is_online(cpu) {
        return Err(Error::NotOnline(cpu));
    }
    let deadline = Deadline::after_seconds(PATIENCE);
    loop {
        let parked = Parked::new(cpu)?;
        match lead_out(parked, cpu) {
            // It was given a task after it parked: it does that first.
            Err(Error::Busy(_)) if !deadline.is_past() => {}
            left => return left,
        }
    }
}

/// Leads a CPU out that is parked, and gives all CPUs what it kept.
fn lead_out(parked: Parked, cpu: u32) -> Result<(), Error> {
    let _leader = Leader::new()?;
    // No thread begins there from here on. A start that failed may have left it so.
    cpus::change(cpu, State::Active, State::Online);
    let left = lead_to_its_stop(parked, cpu);
    if cpus::change(cpu, State::Online, State::Active) {
        return left;
    }
    left?;
    timers::take_over(cpu);
    percpu::empty_magazine(cpu);
    slab::empty_magazine(cpu);
    percpu::counters::fold(cpu);
    warn(states::lock()?.down(Part::Prepare, cpu));
    Ok(())
}

/// Has a CPU stop that takes no new threads.
fn lead_to_its_stop(parked: Parked, cpu: u32) -> Result<(), Error> {
    works::give_up_ended();
    match thread::count_on(cpu) {
        0 => {}
        count => return Err(Error::Threads { cpu, count }),
    }
    let states = states::lock()?;
    states.down(Part::Online, cpu)?;
    parked.leave().inspect_err(|_| {
        if cpus::is_online(cpu) {
            warn(states.up(Part::Online, cpu));
        }
    })
}

/// Logs what fails where there is no way back.
fn warn(result: Result<(), Error>) {
    if let Err(error) = result {
        log::warn!("{error}");
    }
}
