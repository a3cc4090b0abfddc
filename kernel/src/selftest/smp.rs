//! Several CPUs: calls, signals, stacks, lines on the console.

use super::{Outcome, failed};
use crate::sync::{Lock, rank};
use crate::{check, check_eq, cpus, interrupts, selftest, smp};
use arch::cpu;
use arch::sigp::{self, Order, Refusal};
use core::sync::atomic::{AtomicU64, Ordering};
use this_cpu::Variable;

fn numbers() -> Result<(), Outcome> {
    for cpu in cpus::online() {
        let (number, address) =
            smp::run_on(cpu, || (cpu::number(), cpu::address())).map_err(failed)?;
        check_eq!(number, cpu);
        check_eq!(Some(address), cpus::address(cpu));
    }
    Ok(())
}

fn each_runs_once() -> Result<(), Outcome> {
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

fn calls_cross() -> Result<(), Outcome> {
    if cpus::online_count() < 2 {
        return Err(Outcome::Skipped("one CPU"));
    }
    // Every CPU calls every other at the same time, with interruptions off.
    static CALLS: AtomicU64 = AtomicU64::new(0);
    static ERRORS: AtomicU64 = AtomicU64::new(0);
    CALLS.store(0, Ordering::Relaxed);
    ERRORS.store(0, Ordering::Relaxed);
    extern "C" fn count(_: *mut ()) {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }
    // The outer call must end before the inner ones start: a called function
    // may not call, so each CPU is told to do so from its timer tick.
    static DONE: AtomicU64 = AtomicU64::new(0);
    DONE.store(0, Ordering::Relaxed);
    fn tick() {
        crate::timer::stop();
        for cpu in cpus::online() {
            if smp::call_on(cpu, count, core::ptr::null_mut()).is_err() {
                ERRORS.fetch_add(1, Ordering::Relaxed);
            }
        }
        DONE.fetch_add(1, Ordering::Release);
    }
    smp::run_on_each(|| crate::timer::start(100, tick)).map_err(failed)?;
    let online = u64::from(cpus::online_count());
    while DONE.load(Ordering::Acquire) < online {
        cpu::relax();
    }
    check_eq!(ERRORS.load(Ordering::Relaxed), 0);
    check_eq!(CALLS.load(Ordering::Relaxed), online * online);
    Ok(())
}

fn locks_exclude() -> Result<(), Outcome> {
    static COUNT: Lock<u64, { rank::TEST }> = Lock::new(0);
    *COUNT.lock() = 0;
    smp::run_on_each(|| {
        for _ in 0..2000 {
            let mut count = COUNT.lock();
            let value = *count;
            core::hint::black_box(&count);
            *count = value + 1;
        }
    })
    .map_err(failed)?;
    check_eq!(*COUNT.lock(), 2000 * u64::from(cpus::online_count()));
    Ok(())
}

fn signals_are_counted() -> Result<(), Outcome> {
    if cpus::online_count() < 2 {
        return Err(Outcome::Skipped("one CPU"));
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

fn wrong_cpus() -> Result<(), Outcome> {
    extern "C" fn nothing(_: *mut ()) {}
    let beyond = cpus::possible();
    let result = smp::call_on(beyond, nothing, core::ptr::null_mut());
    check_eq!(result, Err(smp::Error::NotPossible(beyond)));
    check_eq!(smp::start(beyond), Err(smp::Error::NotPossible(beyond)));
    check_eq!(smp::start(0), Err(smp::Error::Online(0)));
    let refusal = sigp::signal(0xfff0, Order::Sense, 0);
    check_eq!(refusal, Err(Refusal::NotOperational));
    Ok(())
}

selftest!("smp.numbers", numbers);
selftest!("smp.each_runs_once", each_runs_once);
selftest!("smp.calls_cross", calls_cross);
selftest!("smp.locks_exclude", locks_exclude);
selftest!("smp.signals_are_counted", signals_are_counted);
selftest!("smp.wrong_cpus", wrong_cpus);
