//! Objects of slabs: on all CPUs, and what is refused.

use super::{NotPassed, failed, resources};
use crate::memory::slab::{self, NotLive};
use crate::{check, check_eq, cpus, fail, selftest, smp};
use alloc::format;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Sizes around each class's, and larger than any.
const SIZES: [usize; 12] = [1, 16, 17, 64, 96, 100, 192, 500, 1024, 4096, 8192, 20_000];

/// Fills an object with a number of its own; whether it was another's is seen when it is freed.
fn fill(address: usize, bytes: usize) {
    let start = core::ptr::with_exposed_provenance_mut::<u8>(address);
    // SAFETY: L10: a live object, the test's, of so many bytes.
    unsafe { start.write_bytes(address as u8 ^ bytes as u8, bytes) };
}

fn is_filled(address: usize, bytes: usize) -> bool {
    let start = core::ptr::with_exposed_provenance::<u8>(address);
    // SAFETY: L10: a live object, the test's, of so many bytes, which `fill` wrote.
    let all = unsafe { core::slice::from_raw_parts(start, bytes) };
    all.iter().all(|&byte| byte == address as u8 ^ bytes as u8)
}

fn every_size() -> Result<(), NotPassed> {
    // With red zones an object may be twice as large.
    const ROUNDS: usize = 40;
    resources::needs((2 * ROUNDS * SIZES.iter().sum::<usize>()) >> 10)?;
    let before = resources::in_use();
    let mut objects = Vec::new();
    for round in 0..ROUNDS {
        for bytes in SIZES.map(|size| size + round % 3) {
            let address = slab::allocate(bytes).ok_or_else(|| failed("out of memory"))?;
            check!(address.is_multiple_of(16), "{address:#x} of {bytes} bytes");
            if bytes.is_power_of_two() {
                let align = bytes.min(arch::PAGE_SIZE);
                check!(
                    address.is_multiple_of(align),
                    "{address:#x} is not aligned to {align}"
                );
            }
            fill(address, bytes);
            objects.push((address, bytes));
        }
    }
    for (address, bytes) in objects {
        check!(
            is_filled(address, bytes),
            "{bytes} bytes at {address:#x} were changed"
        );
        check_eq!(slab::free(address), Ok(()));
    }
    check!(
        slab::verify(),
        "the slabs' book-keeping differs from a recount"
    );
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn refused() -> Result<(), NotPassed> {
    // A size of a class: with red zones, too, it has as many bytes.
    let address = slab::allocate(128).ok_or_else(|| failed("out of memory"))?;
    let inside = slab::free(address + 16);
    check_eq!(
        inside,
        Err(NotLive::Inside {
            start: address,
            bytes: 128
        })
    );
    check_eq!(slab::free(address), Ok(()));
    check_eq!(slab::free(address), Err(NotLive::Free { bytes: 128 }));
    let function = refused as fn() -> Result<(), NotPassed> as usize;
    check_eq!(slab::free(function), Err(NotLive::Foreign));
    check_eq!(slab::free(usize::MAX), Err(NotLive::Foreign));
    Ok(())
}

/// Each CPU allocates, and frees what its neighbour had.
fn across_cpus() -> Result<(), NotPassed> {
    const EACH: usize = 60;
    let before = resources::in_use();
    let cpus = cpus::possible() as usize;
    let mut places = Vec::new();
    places.resize_with(cpus * EACH, || AtomicUsize::new(0));
    let wrong = &AtomicUsize::new(0);
    let all = &places[..];
    let each = |of: fn(usize, usize) -> usize, work: &(dyn Fn(&AtomicUsize, usize) + Sync)| {
        smp::run_on_each(|| {
            let cpu = arch::cpu::number() as usize;
            for at in 0..EACH {
                work(&all[of(cpu, cpus) * EACH + at], at % 300 + 1);
            }
        })
        .map_err(|error| failed(format!("{error}")))
    };
    each(|cpu, _| cpu, &|place, bytes| {
        let address = slab::allocate(bytes).unwrap_or(0);
        if address != 0 {
            fill(address, bytes);
        }
        place.store(address, Ordering::Relaxed);
    })?;
    each(|cpu, cpus| (cpu + 1) % cpus, &|place, bytes| {
        let address = place.swap(0, Ordering::Relaxed);
        if address != 0 && (!is_filled(address, bytes) || slab::free(address).is_err()) {
            wrong.fetch_add(1, Ordering::Relaxed);
        }
    })?;
    check_eq!(wrong.load(Ordering::Relaxed), 0);
    // What belonged to the neighbour of a CPU that isn't online.
    for place in all {
        let address = place.load(Ordering::Relaxed);
        if address != 0 {
            check_eq!(slab::free(address), Ok(()));
        }
    }
    check!(
        slab::verify(),
        "the slabs' book-keeping differs from a recount"
    );
    drop(places);
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn injected() -> Result<(), NotPassed> {
    fail::arm(fail::Site::Slab, 1);
    let nothing = slab::allocate(8);
    fail::arm(fail::Site::Slab, 0);
    check_eq!(nothing, None);
    Ok(())
}

selftest!("memory.slab_sizes", every_size);
selftest!("memory.slab_refuses", refused);
selftest!("memory.slab_across_cpus", across_cpus);
selftest!("memory.slab_fault", injected);
