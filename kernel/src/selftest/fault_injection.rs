//! `fail=`: the countdown to the allocation that fails.

use super::limit::wait;
use super::{NotPassed, failed};
use crate::{check, check_eq, cpus, selftest, smp};
use core::sync::atomic::{AtomicU64, Ordering};
use faults::{Trigger, When};
use spin::Mutex;

fn one_after_another() -> Result<(), NotPassed> {
    let countdown = Trigger::new();
    check!(!countdown.is_due(), "fails without being armed");
    countdown.arm(When::nth(3), 1);
    let due = [(); 5].map(|()| countdown.is_due());
    check_eq!(due, [false, false, true, false, false]);
    countdown.arm(When::nth(1), 1);
    countdown.disarm();
    check!(!countdown.is_due(), "fails after being disarmed");
    Ok(())
}

/// CPUs that count at the same time: one fails, and the counter stops at 0.
fn one_failure_of_many() -> Result<(), NotPassed> {
    static COUNTDOWN: Trigger = Trigger::new();
    static ARRIVED: AtomicU64 = AtomicU64::new(0);
    static FAILURES: AtomicU64 = AtomicU64::new(0);
    let late: Mutex<Option<NotPassed>> = Mutex::new(None);
    let online = u64::from(cpus::online_count());
    // Who waits spins, and an emulated CPU may wait long for its turn on the host.
    for round in 0..400 / online {
        ARRIVED.store(0, Ordering::Relaxed);
        FAILURES.store(0, Ordering::Relaxed);
        COUNTDOWN.arm(When::nth(round % online + 1), 1);
        smp::run_as_task_on_each(|| {
            ARRIVED.fetch_add(1, Ordering::Relaxed);
            let all_here = || ARRIVED.load(Ordering::Relaxed) == online;
            if let Err(error) = wait("all CPUs at their start", all_here) {
                *late.lock() = Some(error);
            }
            if COUNTDOWN.is_due() {
                FAILURES.fetch_add(1, Ordering::Relaxed);
            }
        })
        .map_err(failed)?;
        if let Some(error) = late.lock().take() {
            return Err(error);
        }
        check_eq!(COUNTDOWN.left(), 0);
        check_eq!(FAILURES.load(Ordering::Relaxed), 1);
    }
    check!(!COUNTDOWN.is_due(), "it fails again");
    Ok(())
}

selftest!("fault.injection", one_after_another);
selftest!("fault.injection_on_every_cpu", one_failure_of_many);
