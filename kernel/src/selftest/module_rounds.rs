//! All modules loaded and unloaded by all CPUs at once, round after round: nothing
//! is left over.

use super::{NotPassed, failed, resources};
use crate::load_unload_rounds::{AllUnloaded, LogOff, is_expected, run};
use crate::memory::{sanity, vmalloc};
use crate::modules;
use crate::{check, check_eq, cpus, percpu, println, selftest};
use alloc::vec::Vec;

/// The lists of areas keep what they have grown to: here as far as they ever will,
/// with all modules there and each CPU at loading another.
fn grow_tables() -> Result<(), NotPassed> {
    let names = modules::shipped().map_err(failed)?;
    for name in &names {
        match modules::load(name) {
            Err(error) if !is_expected(&error.reason) => return Err(failed(error)),
            _ => {}
        }
    }
    let cpus = usize::from(cpus::online_count());
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
    if sanity::is_on() {
        // Those in quarantine are in the list, too.
        for _ in 0..sanity::MOST_AREAS {
            drop(vmalloc::Area::new(arch::PAGE_SIZE).map_err(failed)?);
        }
    }
    for name in modules::loaded().map_err(failed)?.into_iter().rev() {
        modules::unload(name).map_err(failed)?;
    }
    Ok(())
}

fn rounds_leave_nothing(total: u64) -> Result<(), NotPassed> {
    let _log = LogOff::new();
    let _unloaded = AllUnloaded::new().map_err(failed)?;
    grow_tables()?;
    run(10).map_err(failed)?;
    percpu::trim();
    let before = resources::in_use();
    let cost = run(total).map_err(failed)?;
    let left = modules::loaded().map_err(failed)?;
    check!(left.is_empty(), "left over: {left:?}");
    percpu::trim();
    percpu::verify().map_err(failed)?;
    check_eq!(resources::in_use(), before);
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

fn short() -> Result<(), NotPassed> {
    rounds_leave_nothing(20)
}

fn long() -> Result<(), NotPassed> {
    rounds_leave_nothing(1000)
}

selftest!("stress.modules_short", short);
selftest!("stress.modules", long, on_request);
