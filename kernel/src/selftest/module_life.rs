//! Modules' lives where they touch each other or a caller; every allocation of every
//! load failing once.

use super::held::Held;
use super::limit::wait;
use super::{NotPassed, call, failed, resources, stride};
use crate::fail::{self, Site};
use crate::load_unload_rounds::{AllUnloaded, LogOff};
use crate::memory::vmalloc;
use crate::modules::{self, Error, Reason, State};
use crate::percpu::AllocError;
use crate::{check, check_eq, cpus, initrd, percpu, println, selftest, smp};
use ::memory::areas::AreaError;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, Ordering};
use spin::Mutex;

fn init_loads_another() -> Result<(), NotPassed> {
    modules::load("loads-another").map_err(failed)?;
    check_eq!(modules::state("notes"), Some(State::Live));
    modules::unload("loads-another").map_err(failed)?;
    check_eq!(modules::state("notes"), Some(State::Live));
    modules::unload("notes").map_err(failed)
}

/// While a CPU is in a function of the module, the module stays.
fn caller_inside() -> Result<(), NotPassed> {
    if cpus::online_count() < 2 {
        return Err(NotPassed::Skipped("one CPU"));
    }
    modules::load("waiter").map_err(failed)?;
    let this = arch::cpu::number();
    let other = cpus::online().find(|&cpu| cpu != this);
    let refused = AtomicBool::new(false);
    let left = AtomicBool::new(false);
    let late: Mutex<Option<NotPassed>> = Mutex::new(None);
    let ask = |symbol| call(symbol, 0).unwrap_or(0);
    smp::run_as_task_on_each(|| {
        if Some(arch::cpu::number()) == other {
            left.store(ask("waiter_wait") == 1, Ordering::Relaxed);
        } else if arch::cpu::number() == this {
            if let Err(error) = wait("the other CPU inside", || ask("waiter_inside") == 1) {
                *late.lock() = Some(error);
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
    if let Some(error) = late.into_inner() {
        return Err(error);
    }
    check!(refused.into_inner(), "it was not refused as in use");
    check!(left.into_inner(), "the other CPU gave up");
    check_eq!(modules::state("waiter"), Some(State::Live));
    modules::unload("waiter").map_err(failed)
}

/// Every module file that can be loaded and unloaded, after those that it needs.
fn all() -> Result<Vec<&'static str>, NotPassed> {
    let mut names = modules::shipped().map_err(failed)?;
    let fixtures = initrd::files().filter(|file| file.path.starts_with("fixtures/"));
    let fixtures = fixtures.filter_map(|file| initrd::module_name(file.path));
    // `no-exit` would stay; `sections` needs `notes`, which sorts before it, and
    // `loads-another` brings it; `looping` doesn't end.
    // The C tests have their own way of loading, and one that ends the run.
    let chosen = |name: &&str| {
        !name.starts_with("ctest") && !["no-exit", "loads-another", "looping"].contains(name)
    };
    names.extend(fixtures.filter(chosen));
    Ok(names)
}

/// Makes the `nth` allocation at a site fail in a load; whether it came to that.
fn fail_once(
    name: &'static str,
    whole: bool,
    site: Site,
    nth: u64,
) -> Result<(bool, bool), NotPassed> {
    percpu::trim();
    let before = resources::in_use();
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
    let after = resources::in_use();
    check!(
        after == before,
        "{name}, {site:?} {nth}: {after:x?}, not {before:x?}"
    );
    Ok((reached, failure))
}

/// Every allocation that a load makes fails in turn, for every module there is: an
/// error each time, and nothing is left over.
fn every_allocation_fails_once() -> Result<(), NotPassed> {
    let _log = LogOff::new();
    let _unloaded = AllUnloaded::new().map_err(failed)?;
    let (mut failures, mut modules_loaded) = (0, 0);
    // Those that load stay, for others may need them.
    let mut held = Vec::new();
    for name in all()? {
        let whole = match modules::load(name) {
            Ok(()) => modules::unload(name).map_err(failed).map(|()| true)?,
            Err(_) => false,
        };
        for site in [
            Site::Frames,
            Site::Vmalloc,
            Site::PerCpu,
            Site::Heap,
            Site::Slab,
            Site::Tables,
            Site::Sclp,
        ] {
            for nth in (1..).step_by(stride()) {
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
    check!(
        failures > 100 / stride() as u32,
        "only {failures} loads failed"
    );
    check!(modules_loaded > 8, "only {modules_loaded} modules");
    Ok(())
}

/// Every allocation of a piece of work fails in turn: each time the result is what `check`
/// takes, and nothing is left over.
fn without_memory<R>(
    what: &str,
    work: impl Fn() -> R,
    is_right: impl Fn(&R) -> bool,
) -> Result<u64, NotPassed>
where
    R: core::fmt::Debug,
{
    for nth in (1..).step_by(stride()) {
        percpu::trim();
        let before = resources::in_use();
        fail::arm(Site::Heap, nth);
        let result = work();
        let reached = fail::left(Site::Heap) == 0;
        fail::arm(Site::Heap, 0);
        check!(is_right(&result), "{what}, allocation {nth}: {result:?}");
        drop(result);
        for name in modules::loaded().map_err(failed)?.into_iter().rev() {
            modules::unload(name).map_err(failed)?;
        }
        percpu::trim();
        check_eq!(resources::in_use(), before);
        if !reached {
            return Ok(nth - 1);
        }
    }
    Ok(0)
}

fn is_heap(reason: &Reason<'_>) -> bool {
    match reason {
        Reason::Heap => true,
        Reason::Memory(error) => matches!(error, vmalloc::Error::Area(AreaError::NoMemory)),
        // Per-CPU memory for the variables, or for the reference count.
        Reason::PerCpu(error) => matches!(error, AllocError::OutOfMemory { .. }),
        _ => false,
    }
}

/// Every allocation of a dependency search, and of the loads that follow, fails in turn.
fn search_without_memory() -> Result<(), NotPassed> {
    let _log = LogOff::new();
    let _unloaded = AllUnloaded::new().map_err(failed)?;
    let is_right = |result: &Result<(), Error<'_>>| match result {
        Ok(()) => true,
        Err(error) => is_heap(&error.reason),
    };
    let load = || modules::load_with_dependencies("visitor", &[]);
    // What is kept for the next time is there after the first.
    without_memory("modprobe", load, is_right)?;
    let failures = without_memory("modprobe", load, is_right)?;
    check!(failures > 20, "only {failures} allocations failed");
    let is_list = |result: &Result<Vec<&str>, Error<'_>>| match result {
        Ok(names) => names.contains(&"visitor"),
        Err(error) => is_heap(&error.reason),
    };
    let failures = without_memory("shipped", modules::shipped, is_list)?;
    check!(failures > 5, "only {failures} allocations failed");
    Ok(())
}

/// What prints the list of modules takes memory first: without it there is an error, and
/// not half a list.
fn lists_without_memory() -> Result<(), NotPassed> {
    type Print = fn() -> Result<(), Reason<'static>>;
    let _held = Held::load(&["counter"])?;
    let prints: [(&str, Print); 2] = [("lsmod", modules::list), ("exports", modules::exports)];
    for (name, print) in prints {
        fail::arm(Site::Heap, 1);
        let result = print();
        fail::arm(Site::Heap, 0);
        check!(matches!(result, Err(Reason::Heap)), "{name}: {result:?}");
    }
    fail::arm(Site::Heap, 1);
    let result = modules::ranges();
    fail::arm(Site::Heap, 0);
    check!(matches!(result, Err(Reason::Heap)), "ranges: {result:?}");
    Ok(())
}

/// Only functions can be called.
fn calls_functions_only() -> Result<(), NotPassed> {
    let _held = Held::load(&["counter"])?;
    // SAFETY: L3: neither is called.
    let results = unsafe {
        [
            modules::call("COUNTER_VISITS", 0),
            modules::call("__per_cpu_offset", 0),
        ]
    };
    for (result, wanted) in results
        .into_iter()
        .zip(["a per-CPU variable", "a variable"])
    {
        let text = match result {
            Ok(value) => alloc::format!("{value:#x}"),
            Err(error) => alloc::format!("{error}"),
        };
        check!(text.contains(wanted), "{text}");
    }
    check_eq!(cpus::online_count(), call("num_online_cpus", 0)? as u32);
    Ok(())
}

fn newer_machine() -> Result<(), NotPassed> {
    modules::load("crash").map_err(failed)?;
    call("crash_newer", 0)?;
    Ok(())
}

selftest!("module.init_loads_another", init_loads_another);
selftest!("module.caller_inside", caller_inside);
selftest!(
    "module.every_allocation_fails_once",
    every_allocation_fails_once
);
selftest!("module.search_without_memory", search_without_memory);
selftest!("module.lists_without_memory", lists_without_memory);
selftest!("module.calls_functions_only", calls_functions_only);
selftest!("ending.newer_machine", newer_machine, on_request);
