//! Magazines: what one CPU keeps, as another finds it.

use super::{NotPassed, failed};
use crate::percpu::{self, FreeError};
use crate::{check, check_eq, cpus, selftest, smp};
use arch::cpu;

/// Areas in magazines.
fn kept() -> usize {
    percpu::statistics(&mut |_| ()).cached
}

fn another_cpu() -> Result<u32, NotPassed> {
    let others = (0..cpus::possible()).filter(|&other| other != cpu::number());
    let online = others.clone().find(|&other| cpus::is_online(other));
    online.ok_or(NotPassed::Skipped("there is one CPU"))
}

/// What a CPU has freed is free for all, and nobody frees it again, on whichever CPU.
fn freed_areas_are_free_everywhere() -> Result<(), NotPassed> {
    let before = percpu::usage();
    let area = percpu::alloc(8, 8).map_err(failed)?;
    check_eq!(percpu::size_of(area), Some(8));
    check_eq!(percpu::free(area), Ok(()));
    check_eq!(percpu::usage(), before);
    check_eq!(percpu::size_of(area), None);
    let refused = |freed: Result<(), FreeError>| {
        check!(
            matches!(freed, Err(FreeError::NotAllocated { .. })),
            "a second free: {freed:?}"
        );
        Ok(())
    };
    refused(percpu::free(area))?;
    refused(smp::run_on(another_cpu()?, || percpu::free(area)).map_err(failed)?)?;
    percpu::verify().map_err(failed)
}

/// An area goes to the magazine of who frees it, and comes back from there, until a balance
/// empties it.
fn balance_empties_magazines() -> Result<(), NotPassed> {
    let other = another_cpu()?;
    percpu::trim();
    check_eq!(kept(), 0);
    let area = percpu::alloc(24, 8).map_err(failed)?;
    let before = kept();
    let freed = smp::run_on(other, || percpu::free(area)).map_err(failed)?;
    check_eq!(freed, Ok(()));
    if kept() == before {
        return Err(NotPassed::Skipped("no CPU keeps areas"));
    }
    // In a handler, which finds what its CPU keeps.
    let again = smp::run_on(other, || percpu::alloc_atomic(24, 8)).map_err(failed)?;
    check_eq!(again, Ok(area));
    let freed = smp::run_on(other, || percpu::free(area)).map_err(failed)?;
    check_eq!(freed, Ok(()));
    percpu::trim();
    check_eq!(kept(), 0);
    percpu::verify().map_err(failed)
}

selftest!(
    "percpu.freed_areas_are_free_everywhere",
    freed_areas_are_free_everywhere
);
selftest!(
    "percpu.balance_empties_magazines",
    balance_empties_magazines
);
