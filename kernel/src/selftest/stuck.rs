//! CPUs that are stuck, on purpose: the watchdog must find each, and say what it does.
//!
//! Those that end the run are for `selftest=ending.stuck_NAME`; one goes on, where
//! `watchdog=warn` says so.

use super::{NotPassed, failed};
use crate::sync::{Lock, rank};
use crate::{check, check_eq, cpus, modules, selftest, smp, timer};
use arch::cpu;
use arch::timer::Deadline;
use core::sync::atomic::{AtomicBool, Ordering};

/// Spins, interruptions off, for so many microseconds.
fn spin(microseconds: u64) {
    let end = Deadline::after_microseconds(microseconds);
    cpu::without_interrupts(|| {
        while !end.is_past() {
            cpu::relax();
        }
    });
}

const FOR_EVER: u64 = u64::MAX >> 12;

fn needs_two() -> Result<(), NotPassed> {
    match cpus::online_count() < 2 {
        true => Err(NotPassed::Skipped("one CPU")),
        false => Ok(()),
    }
}

/// A called function doesn't end: its caller waits, interruptions off.
fn called_function() -> Result<(), NotPassed> {
    needs_two()?;
    smp::run_on(1, || spin(FOR_EVER)).map_err(failed)
}

/// Nobody waits for the CPU: its neighbour misses its beats.
fn interrupts_off() -> Result<(), NotPassed> {
    needs_two()?;
    smp::run_as_task_on_each(|| {
        if cpu::number() == 1 {
            spin(FOR_EVER);
        }
    })
    .map_err(failed)
}

static LOCK: Lock<u64, { rank::TEST }> = Lock::new(0);
static TAKEN: AtomicBool = AtomicBool::new(false);

/// A lock is never released, and another CPU wants it.
fn lock() -> Result<(), NotPassed> {
    needs_two()?;
    smp::run_as_task_on_each(|| match cpu::number() {
        1 => {
            let _held = LOCK.lock();
            TAKEN.store(true, Ordering::Release);
            spin(FOR_EVER);
        }
        0 => {
            while !TAKEN.load(Ordering::Acquire) {
                timer::nap(50);
            }
            *LOCK.lock() += 1;
        }
        _ => {}
    })
    .map_err(failed)
}

/// The console's lock is never released: its holder can't report, and who waits for it
/// can't print.
fn console_lock() -> Result<(), NotPassed> {
    static CONSOLE: Lock<u64, { rank::CONSOLE }> = Lock::new(0);
    needs_two()?;
    smp::run_as_task_on_each(|| {
        if cpu::number() == 1 {
            let _held = CONSOLE.lock();
            spin(FOR_EVER);
        }
    })
    .map_err(failed)
}

/// The boot CPU alone: the machine's watchdog timer asks.
fn alone() -> Result<(), NotPassed> {
    spin(FOR_EVER);
    Ok(())
}

fn init() -> Result<(), NotPassed> {
    modules::load("looping").map_err(failed)
}

/// A CPU is late, is reported, and goes on where it was, with its lock.
fn late() -> Result<(), NotPassed> {
    const SECONDS: u64 = 4;
    needs_two()?;
    if crate::watchdog::dies() {
        return Err(NotPassed::Skipped("watchdog=panic"));
    }
    TAKEN.store(false, Ordering::Relaxed);
    let before = (*LOCK.lock(), crate::watchdog::warnings());
    smp::run_as_task_on_each(|| match cpu::number() {
        1 => {
            let mut held = LOCK.lock();
            TAKEN.store(true, Ordering::Release);
            spin(SECONDS * 1_000_000);
            *held += 1;
        }
        0 => {
            while !TAKEN.load(Ordering::Acquire) {
                timer::nap(50);
            }
            *LOCK.lock() += 1;
        }
        _ => {}
    })
    .map_err(failed)?;
    check_eq!(*LOCK.lock(), before.0 + 2);
    check!(
        crate::watchdog::warnings() > before.1,
        "nobody was reported"
    );
    check_eq!(smp::run_on(1, cpu::number), Ok(1));
    Ok(())
}

selftest!("ending.stuck_called_function", called_function, on_request);
selftest!("ending.stuck_interrupts_off", interrupts_off, on_request);
selftest!("ending.stuck_lock", lock, on_request);
selftest!("ending.stuck_console_lock", console_lock, on_request);
selftest!("ending.stuck_alone", alone, on_request);
selftest!("ending.stuck_init", init, on_request);
selftest!("smp.late_cpu_goes_on", late, on_request);
