//! Lock holds, counted: what a test did is in the table. On request, as it needs the word
//! `lockstat`.

use super::{NotPassed, failed};
use crate::sync::counting::{LONG, summaries};
use crate::sync::{Lock, rank};
use crate::{check, check_eq, cpus, selftest, smp};
use ::sync::Summary;
use arch::timer::{nanoseconds, now};
use arch::{cpu, traps};
use core::arch::asm;
use core::sync::atomic::{AtomicU32, Ordering};
use this_cpu::with_interrupts_off;

static OUTER: Lock<(), { rank::TEST }> = Lock::new(());
static INNER: Lock<(), { rank::EXPORTS }> = Lock::new(());

/// Longer than anything but a hold of this file's tests.
const VERY_LONG: u64 = 100_000_000;

fn known(name: &str) -> Result<Summary, NotPassed> {
    let mut all = summaries().ok_or(failed("nothing is counted: boot with lockstat"))?;
    let found = all.find(|(known, _)| *known == name);
    Ok(found.ok_or(failed(name))?.1)
}

/// Counts of the outer lock, of the inner, and of stretches with interrupts off.
fn counts() -> Result<[Summary; 3], NotPassed> {
    let name = |rank: u8| rank::NAMES[usize::from(rank)];
    Ok([
        known(name(rank::TEST))?,
        known(name(rank::EXPORTS))?,
        known("interrupts off")?,
    ])
}

fn pass(time: u64) {
    let start = now();
    while nanoseconds(now() - start) <= time {
        cpu::relax();
    }
}

/// Both are counted, and long, whichever is dropped first.
fn holds() -> Result<(), NotPassed> {
    let [outer, inner, stretches] = counts()?;
    for is_first in [false, true] {
        let guards = (OUTER.lock(), INNER.lock());
        if is_first {
            drop(guards.0);
            pass(2 * LONG);
            drop(guards.1);
        } else {
            pass(2 * LONG);
            drop(guards.1);
            drop(guards.0);
        }
    }
    drop(OUTER.try_lock());
    let [outer_now, inner_now, stretches_now] = counts()?;
    check_eq!(outer_now.count, outer.count + 3);
    check_eq!(inner_now.count, inner.count + 2);
    check!(
        outer_now.long > outer.long,
        "the outer lock wasn't held long"
    );
    check_eq!(inner_now.long, inner.long + 2);
    check!(
        stretches_now.count >= stretches.count + 3,
        "each was a stretch with interrupts off"
    );
    Ok(())
}

/// The longest stretch has the length that it had, however it was begun.
fn stretches() -> Result<(), NotPassed> {
    let begin: [fn(u64); 3] = [
        |time| cpu::without_interrupts(|| pass(time)),
        |time| with_interrupts_off(|_| pass(time)),
        |time| {
            // A section inside another, ended by a program check.
            // SAFETY: C7: an instruction that doesn't exist changes nothing. C10: what is
            // left undone is a section.
            let _caught = unsafe {
                traps::catch(|| {
                    cpu::push_interrupts_off();
                    pass(time);
                    asm!(".short 0x0000", options(nostack));
                })
            };
        },
    ];
    for (number, begin) in begin.into_iter().enumerate() {
        let time = VERY_LONG * (number as u64 + 1);
        begin(time);
        let [.., known] = counts()?;
        let longest = known.longest[0];
        check!(
            longest.length >= time,
            "{number}: {} ns, not {time} at least",
            longest.length
        );
        check!(cpu::interrupts_enabled(), "{number}: interrupts stay off");
    }
    Ok(())
}

/// What one CPU has, another takes from its hands.
fn contended() -> Result<(), NotPassed> {
    if cpus::online_count() < 2 {
        return Err(NotPassed::Skipped("one CPU"));
    }
    let [before, ..] = counts()?;
    let ready = AtomicU32::new(0);
    smp::run_as_task_on_each(|| {
        let guard = OUTER.lock();
        ready.fetch_add(1, Ordering::Relaxed);
        // The others want it meanwhile; those that the host has kept away come later.
        pass(20_000_000);
        drop(guard);
    })
    .map_err(failed)?;
    let [after, ..] = counts()?;
    let taken = u64::from(ready.into_inner());
    check_eq!(after.count, before.count + taken);
    check!(after.contended > before.contended, "nobody had to wait");
    Ok(())
}

selftest!("smp.lock_holds", holds, on_request);
selftest!("smp.lock_stretches", stretches, on_request);
selftest!("smp.lock_contended", contended, on_request);
