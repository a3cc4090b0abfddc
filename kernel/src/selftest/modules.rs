//! Modules: each that is shipped works on every CPU with copies of its own; the
//! wrong ones are refused, and nothing is left of them.

use super::held::Held;
use super::limit::Limit;
use super::{NotPassed, call, failed, resources, share};
use crate::load_unload_rounds::{AllUnloaded, LogOff, is_expected};
use crate::memory::vmalloc;
use crate::modules::{self, Error, Reason, State};
use crate::percpu::{self, AllocError};
use crate::{check, check_eq, cpus, selftest, smp, timer};
use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};
use loader::LoadError;
use spin::Mutex;

/// Calls `hit` on each online CPU, on neighbours differently often, then checks what `read`
/// returns for each possible CPU against what it returned before.
fn counts_on_every_cpu(
    hit: &'static str,
    read: &'static str,
    change: i64,
    modulus: u64,
) -> Result<(), NotPassed> {
    let copies = || (0..cpus::possible()).map(|cpu| call(read, cpu.into()));
    let mut wanted: Vec<u64> = copies().collect::<Result<_, _>>()?;
    for cpu in cpus::online() {
        let hits = 1 + i64::from(cpu % 16);
        smp::run_on(cpu, || (0..hits).try_for_each(|_| call(hit, 0).map(drop)))
            .map_err(failed)??;
        let copy = &mut wanted[cpu as usize];
        *copy = copy.wrapping_add_signed(hits * change) % modulus;
    }
    for (cpu, (found, wanted)) in copies().zip(wanted).enumerate() {
        let found = found?;
        check!(
            found == wanted,
            "{hit} on every cpu: {read}({cpu}) is {found}, not {wanted}"
        );
    }
    Ok(())
}

const EXACT: u64 = u64::MAX;

fn counter() -> Result<(), NotPassed> {
    let _counter = Held::load(&["counter"])?;
    counts_on_every_cpu("counter_hit", "counter_hits", 1, EXACT)?;
    counts_on_every_cpu("counter_hit", "counter_left", -1, EXACT)?;
    let left = call("counter_left", 0)?;
    let hits = call("counter_hits", 0)?;
    check_eq!(left + hits, 1_000_000);
    Ok(())
}

fn visitor() -> Result<(), NotPassed> {
    let _held = Held::load(&["counter", "visitor"])?;
    counts_on_every_cpu("visitor_hit", "counter_visits", 1, EXACT)?;
    counts_on_every_cpu("visitor_hit", "visitor_read", 1, EXACT)?;
    let refused = modules::unload("counter");
    check!(
        matches!(
            refused,
            Err(Error {
                reason: Reason::InUse(1),
                ..
            })
        ),
        "unloading a module in use: {refused:?}"
    );
    check_eq!(modules::state("counter"), Some(State::Live));
    counts_on_every_cpu("visitor_hit", "counter_visits", 1, EXACT)
}

fn dynamic() -> Result<(), NotPassed> {
    let _dynamic = Held::load(&["dynamic"])?;
    counts_on_every_cpu("dynamic_hit", "dynamic_hits", 1, EXACT)?;
    counts_on_every_cpu("dynamic_hit", "dynamic_bytes", 1, 256)
}

fn mixed() -> Result<(), NotPassed> {
    let _mixed = Held::load(&["mixed"])?;
    counts_on_every_cpu("mixed_hit", "mixed_fixed", 1, EXACT)?;
    counts_on_every_cpu("mixed_hit", "mixed_allocated", 1, EXACT)
}

/// Whether `larl` reaches per-CPU memory from wherever modules lie.
pub fn is_near() -> bool {
    let distance = vmalloc::region().1.abs_diff(percpu::first_chunk().0);
    distance < 4 << 30
}

fn direct() -> Result<(), NotPassed> {
    if is_near() {
        let _direct = Held::load(&["direct"])?;
        return counts_on_every_cpu("direct_hit", "direct_hits", 1, EXACT);
    }
    let text = refused("direct", |reason| {
        matches!(reason, Reason::Object(LoadError::Overflow(_)))
    })?;
    for word in [".text+0x", "R_390_PC32DBL", "DIRECT", "GiB"] {
        check!(text.contains(word), "the refusal lacks {word}: {text}");
    }
    Ok(())
}

fn reload() -> Result<(), NotPassed> {
    let _log = LogOff::new();
    let _unloaded = AllUnloaded::new().map_err(failed)?;
    percpu::trim();
    let before = resources::in_use();
    for round in 0..5 {
        for name in ["hello", "counter", "visitor", "dynamic", "mixed"] {
            modules::load(name).map_err(failed)?;
        }
        for name in ["hello", "visitor", "counter", "dynamic", "mixed"] {
            modules::unload(name).map_err(failed)?;
            check!(
                modules::state(name).is_none(),
                "round {round}: {name} is still there"
            );
        }
    }
    percpu::trim();
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn loads_once() -> Result<(), NotPassed> {
    let _hello = Held::load(&["hello"])?;
    let twice = modules::load("hello");
    check!(
        matches!(
            twice,
            Err(Error {
                reason: Reason::Exists(State::Live),
                ..
            })
        ),
        "a second load: {twice:?}"
    );
    Ok(())
}

/// Loads a module that must be refused for a reason; everything is as before.
fn refused(name: &'static str, right: fn(&Reason<'_>) -> bool) -> Result<String, NotPassed> {
    percpu::trim();
    let before = resources::in_use();
    let text = match modules::load(name) {
        Ok(()) => {
            modules::unload(name).map_err(failed)?;
            return Err(failed(alloc::format!("{name} is loaded")));
        }
        Err(error) => {
            check!(right(&error.reason), "{name}: {error}");
            alloc::format!("{error}")
        }
    };
    check!(modules::state(name).is_none(), "{name} is in the list");
    percpu::trim();
    let after = resources::InUse {
        heap: before.heap,
        ..resources::in_use()
    };
    check_eq!(after, before);
    Ok(text)
}

fn no_memory() -> Result<(), NotPassed> {
    refused("huge", |reason| matches!(reason, Reason::Memory(_)))?;
    refused("huge-percpu", |reason| {
        matches!(reason, Reason::PerCpu(AllocError::Size { .. }))
    })?;
    Ok(())
}

fn unknown_symbol() -> Result<(), NotPassed> {
    let text = refused("unknown-symbol", |reason| {
        matches!(reason, Reason::Object(LoadError::Unresolved(_)))
    })?;
    check!(text.contains("nobody_exports_this"), "{text}");
    Ok(())
}

fn failing_init() -> Result<(), NotPassed> {
    refused("failing-init", |reason| matches!(reason, Reason::Init(5)))?;
    Ok(())
}

fn positive_init() -> Result<(), NotPassed> {
    let _module = Held::load(&["positive-init"])?;
    check_eq!(modules::state("positive-init"), Some(State::Live));
    Ok(())
}

fn no_such_module() -> Result<(), NotPassed> {
    let result = modules::load("no-such-module");
    check!(
        matches!(
            result,
            Err(Error {
                reason: Reason::NoFile,
                ..
            })
        ),
        "{result:?}"
    );
    let result = modules::unload("no-such-module");
    check!(
        matches!(
            result,
            Err(Error {
                reason: Reason::NotLoaded,
                ..
            })
        ),
        "{result:?}"
    );
    Ok(())
}

/// All CPUs load and unload the same modules at once.
fn parallel_loads() -> Result<(), NotPassed> {
    let _log = LogOff::new();
    let _unloaded = AllUnloaded::new().map_err(failed)?;
    percpu::trim();
    let before = resources::in_use();
    // The more CPUs, the more they get in each other's way.
    let wanted = AtomicU64::new(share(800, 10).min(200).into());
    let limit = Limit::new("some loads by all CPUs");
    let failure: Mutex<Option<NotPassed>> = Mutex::new(None);
    let load = |name| -> Result<(), NotPassed> {
        limit.check()?;
        match modules::load(name) {
            Ok(()) => {
                let less = |left: u64| Some(left.saturating_sub(1));
                let _ = wanted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
                // Another CPU may have been quicker.
                drop(modules::unload(name));
                Ok(())
            }
            Err(error) if is_expected(&error.reason) => {
                // Each refusal is an event of the control channel: not one after another.
                timer::nap(50 * u64::from(cpus::online_count()));
                Ok(())
            }
            Err(error) => Err(failed(error)),
        }
    };
    smp::run_as_task_on_each(|| {
        while wanted.load(Ordering::Relaxed) > 0 && failure.lock().is_none() {
            if let Err(error) = ["hello", "mixed", "dynamic"].into_iter().try_for_each(load) {
                failure.lock().get_or_insert(error);
            }
        }
    })
    .map_err(failed)?;
    if let Some(error) = failure.into_inner() {
        return Err(error);
    }
    for name in ["hello", "mixed", "dynamic"] {
        check!(modules::state(name).is_none(), "{name} is left over");
    }
    percpu::trim();
    percpu::verify().map_err(failed)?;
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn crash_in_module() -> Result<(), NotPassed> {
    let _crash = Held::load(&["crash"])?;
    call("crash_store", 0)?;
    Ok(())
}

fn panic_in_module() -> Result<(), NotPassed> {
    let _crash = Held::load(&["crash"])?;
    call("crash_panic", 0)?;
    Ok(())
}

selftest!("module.counter", counter);
selftest!("module.visitor", visitor);
selftest!("module.dynamic", dynamic);
selftest!("module.mixed", mixed);
selftest!("module.direct", direct);
selftest!("module.reload", reload);
selftest!("module.loads_once", loads_once);
selftest!("module.no_memory", no_memory);
selftest!("module.unknown_symbol", unknown_symbol);
selftest!("module.failing_init", failing_init);
selftest!("module.positive_init", positive_init);
selftest!("module.no_such_module", no_such_module);
selftest!("module.parallel_loads", parallel_loads);
selftest!("ending.crash_in_module", crash_in_module, on_request);
selftest!("ending.panic_in_module", panic_in_module, on_request);
