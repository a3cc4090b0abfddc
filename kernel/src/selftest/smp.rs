//! Several CPUs: calls, signals, stacks, lines on the console.

use super::hotplug::Away;
use super::{NotPassed, failed, resources, share};
use crate::fail::{self, Site};
use crate::sync::{Lock, TryLock, rank};
use crate::{check, check_eq, cpus, interrupts, selftest, smp, waiting};
use arch::cpu;
use arch::sigp::{self, Order, Refusal};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use this_cpu::Variable;

fn numbers() -> Result<(), NotPassed> {
    for cpu in cpus::online() {
        let (number, address) =
            smp::run_on(cpu, || (cpu::number(), cpu::address())).map_err(failed)?;
        check_eq!(number, cpu);
        check_eq!(Some(address), cpus::address(cpu));
    }
    Ok(())
}

fn each_runs_once() -> Result<(), NotPassed> {
    for round in 0..100 {
        let mask = AtomicU64::new(0);
        let calls = AtomicU64::new(0);
        smp::run_on_each(|| {
            mask.fetch_or(1 << (cpu::number() % 64), Ordering::Relaxed);
            calls.fetch_add(1, Ordering::Relaxed);
        })
        .map_err(failed)?;
        let wanted = cpus::online().fold(0, |mask, cpu| mask | 1 << (cpu % 64));
        check!(
            mask.into_inner() == wanted,
            "round {round}: not every CPU ran"
        );
        check_eq!(calls.into_inner(), u64::from(cpus::online_count()));
    }
    Ok(())
}

fn calls_cross() -> Result<(), NotPassed> {
    if cpus::online_count() < 2 {
        return Err(NotPassed::Skipped("one CPU"));
    }
    extern "C" fn count(calls: *mut ()) {
        // SAFETY: C13: the counter lives until `call_on` has returned.
        unsafe { (*calls.cast::<AtomicU64>()).fetch_add(1, Ordering::Relaxed) };
    }
    let calls = AtomicU64::new(0);
    let errors = AtomicU64::new(0);
    let online = cpus::online_count();
    let others = share(800, 4).min(50 * online);
    // Every CPU calls the next ones at the same time, each in its ordinary context.
    smp::run_as_task_on_each(|| {
        let this = cpu::number() as usize;
        for cpu in cpus::online().cycle().skip(this).take(others as usize) {
            if smp::call_on(cpu, count, (&raw const calls).cast_mut().cast()).is_err() {
                errors.fetch_add(1, Ordering::Relaxed);
            }
        }
    })
    .map_err(failed)?;
    check_eq!(errors.into_inner(), 0);
    check_eq!(calls.into_inner(), u64::from(others * online));
    Ok(())
}

fn a_refused_function_never_runs() -> Result<(), NotPassed> {
    if cpus::online_count() < 2 {
        return Err(NotPassed::Skipped("one CPU"));
    }
    let refused = Err(smp::Error::Refused(
        1,
        Order::EmergencySignal,
        Refusal::NotOperational,
    ));
    let others = u64::from(cpus::online_count()) - 1;
    let runs = AtomicU64::new(0);
    let run = || {
        runs.fetch_add(1, Ordering::Relaxed);
    };
    fail::arm(Site::Signal, 1);
    let call = smp::run_on(1, run);
    fail::arm(Site::Signal, 1);
    let calls = smp::run_on_each(run);
    fail::arm(Site::Signal, 1);
    let tasks = smp::run_as_task_on_each(run);
    fail::arm(Site::Signal, 0);
    // The signals of these find what the first ones left behind, if anything.
    smp::run_on_each(|| ()).map_err(failed)?;
    smp::run_as_task_on_each(|| ()).map_err(failed)?;
    check_eq!(call, refused);
    check_eq!(calls, refused);
    // A CPU that is in its idle loop already, awake, needs no signal for its task.
    check!(
        tasks == refused || tasks == Ok(()),
        "a round of tasks: {tasks:?}"
    );
    let wanted = 2 * others + u64::from(tasks.is_ok());
    check_eq!(runs.into_inner(), wanted);
    Ok(())
}

fn a_called_function_may_not_call() -> Result<(), NotPassed> {
    if cpus::online_count() < 2 {
        return Err(NotPassed::Skipped("one CPU"));
    }
    let nested = smp::run_on(1, || smp::run_on(0, || ())).map_err(failed)?;
    check_eq!(nested, Err(smp::Error::Nested));
    let own = AtomicU64::new(0);
    smp::run_on_each(|| {
        if smp::run_on_each(|| ()) == Err(smp::Error::Nested) {
            own.fetch_add(1, Ordering::Relaxed);
        }
    })
    .map_err(failed)?;
    check_eq!(own.into_inner(), u64::from(cpus::online_count()));
    Ok(())
}

/// What a CPU was to have is given back when part of it can't be had; with memory it
/// starts.
fn start_without_memory() -> Result<(), NotPassed> {
    /// Blocks of frames that a CPU has: lowcore and stacks.
    const BLOCKS: u64 = 4;
    let (cpu, _away) = Away::some()?;
    let before = resources::in_use();
    for nth in 1..=BLOCKS {
        fail::arm(Site::Frames, nth);
        check_eq!(smp::start(cpu), Err(smp::Error::OutOfMemory(cpu)));
        check_eq!(fail::left(Site::Frames), 0);
        check_eq!(resources::in_use(), before);
    }
    smp::start(cpu).map_err(failed)?;
    check_eq!(smp::start(cpu), Err(smp::Error::Online(cpu)));
    check_eq!(smp::run_on(cpu, cpu::number), Ok(cpu));
    Ok(())
}

fn locks_exclude() -> Result<(), NotPassed> {
    static COUNT: Lock<u64, { rank::TEST }> = Lock::new(0);
    *COUNT.lock() = 0;
    let online = cpus::online_count();
    let rounds = share(8000, 4);
    // Tasks: interrupts come in between, and are off no longer than a hold.
    smp::run_as_task_on_each(|| {
        for _ in 0..rounds {
            let mut count = COUNT.lock();
            let value = *count;
            core::hint::black_box(&count);
            *count = value + 1;
        }
    })
    .map_err(failed)?;
    check_eq!(*COUNT.lock(), u64::from(rounds * online));
    Ok(())
}

/// A CPU that waits for a lock whose holder has its interrupts on takes calls meanwhile, from
/// that holder, too.
fn who_waits_takes_calls() -> Result<(), NotPassed> {
    /// Seconds.
    const PATIENCE: u64 = 10;
    static LOCK: lock_api::Mutex<TryLock<{ rank::TEST }>, ()> = lock_api::Mutex::new(());
    let Some(waiter) = cpus::online().find(|&cpu| cpu != 0) else {
        return Err(NotPassed::Skipped("one CPU"));
    };
    let is_held = AtomicBool::new(false);
    let result = spin::Mutex::new(Ok(()));
    let work = || match cpu::number() {
        0 => {
            let _held = LOCK.lock();
            is_held.store(true, Ordering::Release);
            let waits = smp::wait_until(PATIENCE, || waiting::of(waiter).is_some());
            *result.lock() = match waits {
                true => smp::run_on(waiter, || ()).map_err(failed),
                false => Err(failed("it doesn't wait")),
            };
        }
        this if this == waiter => {
            smp::wait_until(PATIENCE, || is_held.load(Ordering::Acquire));
            drop(LOCK.lock());
        }
        _ => {}
    };
    smp::run_as_task_on_each(work).map_err(failed)?;
    result.into_inner()
}

fn signals_are_counted() -> Result<(), NotPassed> {
    if cpus::online_count() < 2 {
        return Err(NotPassed::Skipped("one CPU"));
    }
    let read = || smp::run_on(1, || interrupts::SIGNALS.read()).map_err(failed);
    let before = read()?;
    for _ in 0..10 {
        smp::run_on(1, || ()).map_err(failed)?;
    }
    let taken = read()? - before;
    // Each call is one signal; the second `read` is itself served in one.
    check!((1..=11).contains(&taken), "{taken} signals for 11 calls");
    Ok(())
}

fn wrong_cpus() -> Result<(), NotPassed> {
    extern "C" fn nothing(_: *mut ()) {}
    let beyond = cpus::possible();
    let result = smp::call_on(beyond, nothing, core::ptr::null_mut());
    check_eq!(result, Err(smp::Error::NotPossible(beyond)));
    check_eq!(smp::start(beyond), Err(smp::Error::NotPossible(beyond)));
    check_eq!(smp::start(0), Err(smp::Error::Online(0)));
    let refusal = sigp::sense(0xfff0);
    check_eq!(refusal, Err(Refusal::NotOperational));
    Ok(())
}

/// Waits for other CPUs with a lock held: a panic that names the lock.
fn wait_with_lock() -> Result<(), NotPassed> {
    static LOCK: Lock<(), { rank::TEST }> = Lock::new(());
    let _held = LOCK.lock();
    smp::run_on_each(|| ()).map_err(failed)
}

/// Waits for other CPUs with interrupts off: a panic.
fn wait_with_interrupts_off() -> Result<(), NotPassed> {
    cpu::without_interrupts(|| smp::run_as_task_on_each(|| ())).map_err(failed)
}

selftest!("ending.wait_with_lock", wait_with_lock, on_request);
selftest!(
    "ending.wait_with_interrupts_off",
    wait_with_interrupts_off,
    on_request
);
selftest!("smp.numbers", numbers);
selftest!("smp.each_runs_once", each_runs_once);
selftest!("smp.calls_cross", calls_cross);
selftest!("smp.refused", a_refused_function_never_runs);
selftest!("smp.nested", a_called_function_may_not_call);
selftest!("smp.start_without_memory", start_without_memory);
selftest!("smp.locks_exclude", locks_exclude);
selftest!("smp.who_waits_takes_calls", who_waits_takes_calls);
selftest!("smp.signals_are_counted", signals_are_counted);
selftest!("smp.wrong_cpus", wrong_cpus);
