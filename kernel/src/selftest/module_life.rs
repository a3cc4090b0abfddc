//! Modules' lives where they touch each other or a caller; every allocation of every
//! load failing once.

use super::modules::{Away, Silence};
use super::{Outcome, counters, failed};
use crate::fail::{self, Site};
use crate::modules::{self, Error, Reason, State};
use crate::{check, check_eq, cpus, initrd, percpu, println, selftest, smp};
use alloc::vec::Vec;
use arch::timer;
use core::sync::atomic::{AtomicBool, Ordering};

fn init_loads_another() -> Result<(), Outcome> {
    modules::load("loads-another").map_err(failed)?;
    check_eq!(modules::state("notes"), Some(State::Live));
    modules::unload("loads-another").map_err(failed)?;
    check_eq!(modules::state("notes"), Some(State::Live));
    modules::unload("notes").map_err(failed)
}

/// While a CPU is in a function of the module, the module stays.
fn caller_inside() -> Result<(), Outcome> {
    if cpus::online_count() < 2 {
        return Err(Outcome::Skipped("one CPU"));
    }
    modules::load("waiter").map_err(failed)?;
    let this = arch::cpu::number();
    let other = cpus::online().find(|&cpu| cpu != this);
    let deadline = timer::now() + timer::from_microseconds(10_000_000);
    let (refused, late) = (AtomicBool::new(false), AtomicBool::new(false));
    let ask = |symbol| modules::call(symbol, 0).unwrap_or(0);
    smp::run_as_task_on_each(|| {
        if Some(arch::cpu::number()) == other {
            ask("waiter_wait");
        } else if arch::cpu::number() == this {
            while ask("waiter_inside") == 0 {
                if timer::now() > deadline {
                    late.store(true, Ordering::Relaxed);
                    break;
                }
            }
            let result = modules::unload("waiter");
            let in_use = matches!(
                result,
                Err(Error {
                    reason: Reason::InUse(1),
                    ..
                })
            );
            refused.store(in_use, Ordering::Relaxed);
            ask("waiter_leave");
        }
    })
    .map_err(failed)?;
    check!(!late.into_inner(), "the other CPU never came");
    check!(refused.into_inner(), "it was not refused as in use");
    check_eq!(modules::state("waiter"), Some(State::Live));
    modules::unload("waiter").map_err(failed)
}

/// Every module file that can be loaded and unloaded, after those that it needs.
fn all() -> Vec<&'static str> {
    let mut names = modules::shipped();
    let fixtures = initrd::files().filter(|file| file.path.starts_with("fixtures/"));
    let fixtures = fixtures.filter_map(|file| initrd::module_name(file.path));
    // `no-exit` would stay; `sections` needs `notes`, which sorts before it, and
    // `loads-another` brings it.
    // The C tests have their own way of loading, and one that ends the run.
    let chosen =
        |name: &&str| !name.starts_with("ctest") && !["no-exit", "loads-another"].contains(name);
    names.extend(fixtures.filter(chosen));
    names
}

/// Makes the `nth` allocation at a site fail in a load; whether it came to that.
fn fail_once(
    name: &'static str,
    whole: bool,
    site: Site,
    nth: u64,
) -> Result<(bool, bool), Outcome> {
    percpu::trim();
    let before = counters::read();
    fail::arm(site, nth);
    let result = modules::load(name);
    let reached = fail::left(site) == 0;
    fail::arm(site, 0);
    let failure = result.is_err();
    match result {
        Ok(()) => modules::unload(name).map_err(failed)?,
        Err(error) => check!(
            reached || !whole,
            "{name} fails by itself at {site:?} {nth}: {error}"
        ),
    }
    percpu::trim();
    let after = counters::read();
    check!(
        after == before,
        "{name}, {site:?} {nth}: {after:x?}, not {before:x?}"
    );
    Ok((reached, failure))
}

/// Every allocation that a load makes fails in turn, for every module there is: an
/// error each time, and nothing is left over.
fn every_allocation_fails_once() -> Result<(), Outcome> {
    let _silence = Silence::begin();
    let _away = Away::all()?;
    let (mut failures, mut modules_loaded) = (0, 0);
    // Those that load stay, for others may need them.
    let mut held = Vec::new();
    for name in all() {
        let whole = match modules::load(name) {
            Ok(()) => modules::unload(name).map_err(failed).map(|()| true)?,
            Err(_) => false,
        };
        for site in [Site::Frames, Site::Vmalloc, Site::PerCpu, Site::Heap] {
            for nth in 1.. {
                let (reached, failure) = fail_once(name, whole, site, nth)?;
                failures += u32::from(reached && failure);
                if !reached {
                    break;
                }
            }
        }
        if whole {
            modules_loaded += 1;
            modules::load(name).map_err(failed)?;
            held.push(name);
        }
    }
    for name in held.into_iter().rev() {
        modules::unload(name).map_err(failed)?;
    }
    println!(
        "# module.every_allocation_fails_once: {failures} loads of {modules_loaded} modules failed cleanly"
    );
    check!(failures > 100, "only {failures} loads failed");
    check!(modules_loaded > 8, "only {modules_loaded} modules");
    Ok(())
}

fn newer_machine() -> Result<(), Outcome> {
    modules::load("crash").map_err(failed)?;
    modules::call("crash_newer", 0).map_err(failed)?;
    Ok(())
}

selftest!("module.init_loads_another", init_loads_another);
selftest!("module.caller_inside", caller_inside);
selftest!(
    "module.every_allocation_fails_once",
    every_allocation_fails_once
);
selftest!("ending.newer_machine", newer_machine, on_request);
