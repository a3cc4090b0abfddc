//! All modules loaded and unloaded by all CPUs at once, round after round: nothing
//! is left over, and no round costs more than another.
//!
//! A CPU's round loads every shipped module and unloads every one. The CPUs get in
//! each other's way, which is the point: what another CPU has made impossible is no
//! error, anything else is.

use super::{Outcome, counters, failed};
use crate::memory::vmalloc;
use crate::modules::{self, Error, Reason, State};
use crate::{check, check_eq, cpus, percpu, println, selftest, smp, timer};
use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};
use loader::LoadError;
use spin::Mutex;

/// What rounds cost: nanoseconds, or instructions under `-icount`.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Rounds in a part: a tenth of all.
    pub part: u64,
    /// The first part.
    pub first: u64,
    /// The last part.
    pub last: u64,
    /// Loads that succeeded.
    pub loads: u64,
}

/// Whether another CPU's doings, or the address map, explain why a load failed.
fn is_expected(reason: &Reason) -> bool {
    match reason {
        // Another CPU has it, or has what it needs on its way in or out.
        Reason::Exists(_) | Reason::Provider { .. } => true,
        Reason::Object(LoadError::Unresolved(_)) => true,
        // `direct`, when far.
        Reason::Object(LoadError::Overflow(_)) => true,
        _ => false,
    }
}

/// Loads and unloads all modules once. The error is one that nothing explains.
fn round(names: &[&'static str], loads: &AtomicU64) -> Result<(), Error<'static>> {
    for name in names {
        match settled(|| modules::load(name)) {
            Ok(()) => {
                loads.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) if is_expected(&error.reason) => {}
            Err(error) => return Err(error),
        }
    }
    for name in names.iter().rev() {
        match settled(|| modules::unload(name)) {
            Ok(()) => {}
            Err(error) => match error.reason {
                Reason::NotLoaded | Reason::InUse(_) => {}
                _ => return Err(error),
            },
        }
    }
    Ok(())
}

/// Does it again for as long as another CPU has the module on its way in or out:
/// rounds that find all of them so would do nothing.
fn settled(mut work: impl FnMut() -> Result<(), Error<'static>>) -> Result<(), Error<'static>> {
    loop {
        match work() {
            Err(Error {
                reason: Reason::Exists(State::Loading | State::Going) | Reason::Busy(_),
                ..
            }) => timer::nap(50),
            result => return result,
        }
    }
}

/// Does so many rounds on all CPUs together. Every module must be away.
pub fn rounds(total: u64) -> Result<Cost, Outcome> {
    let names = modules::shipped();
    let (taken, loads) = (AtomicU64::new(0), AtomicU64::new(0));
    let part = (total / 10).max(1);
    let marks = [part, total - part].map(|mark| (mark, AtomicU64::new(0)));
    let wrong: Mutex<Option<String>> = Mutex::new(None);
    let start = arch::timer::now();
    smp::run_as_task_on_each(|| {
        loop {
            let number = taken.fetch_add(1, Ordering::Relaxed);
            for (mark, time) in &marks {
                if number == *mark {
                    time.store(arch::timer::now(), Ordering::Relaxed);
                }
            }
            if number >= total || wrong.lock().is_some() {
                break;
            }
            if let Err(error) = round(&names, &loads) {
                *wrong.lock() = Some(alloc::format!("round {number}: {error}"));
            }
        }
        // What another CPU kept this one from unloading.
        for name in names.iter().rev() {
            while matches!(
                modules::unload(name),
                Err(Error {
                    reason: Reason::Busy(_) | Reason::InUse(_),
                    ..
                })
            ) {
                timer::nap(50);
            }
        }
    })
    .map_err(failed)?;
    let end = arch::timer::now();
    if let Some(text) = wrong.into_inner() {
        return Err(failed(text));
    }
    let [first, last] = marks.map(|(_, time)| time.into_inner());
    Ok(Cost {
        part,
        first: arch::timer::nanoseconds(first - start),
        last: arch::timer::nanoseconds(end - last),
        loads: loads.into_inner(),
    })
}

/// The lists of areas keep what they have grown to: here as far as they ever will,
/// with all modules there and each CPU at loading another.
fn grow_tables() -> Result<(), Outcome> {
    let names = modules::shipped();
    for name in &names {
        match modules::load(name) {
            Err(error) if !is_expected(&error.reason) => return Err(failed(error)),
            _ => {}
        }
    }
    let cpus = cpus::online_count() as usize;
    let mut areas = Vec::new();
    let mut handles = Vec::new();
    for _ in 0..cpus {
        areas.push(vmalloc::Area::new(arch::PAGE_SIZE).map_err(failed)?);
        for _ in 0..4 {
            handles.push(percpu::alloc(8, 8).map_err(failed)?);
        }
    }
    for handle in handles {
        percpu::free(handle).map_err(failed)?;
    }
    drop(areas);
    for name in modules::loaded().into_iter().rev() {
        modules::unload(name).map_err(failed)?;
    }
    Ok(())
}

fn rounds_leave_nothing(total: u64) -> Result<(), Outcome> {
    let _silence = super::modules::Silence::begin();
    let _away = super::modules::Away::all()?;
    grow_tables()?;
    rounds(10)?;
    percpu::trim();
    let before = counters::read();
    let cost = rounds(total)?;
    let left = modules::loaded();
    check!(left.is_empty(), "left over: {left:?}");
    percpu::trim();
    percpu::verify().map_err(failed)?;
    check_eq!(counters::read(), before);
    println!(
        "# stress.modules: {total} rounds, {} loads; first {} rounds {} us, last {} us",
        cost.loads,
        cost.part,
        cost.first / 1000,
        cost.last / 1000
    );
    // A round may find all of them brought by other CPUs, but not every round.
    let least = total / u64::from(cpus::online_count());
    check!(cost.loads >= least, "only {} loads", cost.loads);
    Ok(())
}

fn short() -> Result<(), Outcome> {
    rounds_leave_nothing(20)
}

fn long() -> Result<(), Outcome> {
    rounds_leave_nothing(1000)
}

/// The same for the benchmark, without a word on the console.
pub fn measured(total: u64) -> Result<Cost, String> {
    let text = |outcome| match outcome {
        Outcome::Failed(text) => text,
        Outcome::Skipped(reason) => String::from(reason),
    };
    let _silence = super::modules::Silence::begin();
    let _away = super::modules::Away::all().map_err(text)?;
    rounds(10).map_err(text)?;
    rounds(total).map_err(text)
}

selftest!("stress.modules_short", short);
selftest!("stress.modules", long, on_request);
