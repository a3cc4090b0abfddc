//! Per-CPU memory: the template's copies, the allocator, the accessors.

use super::hotplug::Away;
use super::{NotPassed, failed, random, resources};
use crate::percpu::{self, AllocError, FreeError, Handle, Part};
use crate::percpu_address::PerCpuAddress;
use crate::{check, check_eq, cpus, memory, selftest, smp};
use alloc::vec::Vec;
use arch::{PAGE_SIZE, boot};
use core::cell::Cell;
use core::sync::atomic::{AtomicU64, Ordering};
use module_api::{PerCpu, PerCpuCounter, PerCpuRef, Storage, Variable, with_interrupts_off};
use this_cpu::percpu;

percpu! {
    /// Starts with a value.
    static STARTED: u64 = 0x1122_3344_5566_7788;
    /// Starts at zero.
    static ZEROED: [u64; 4] = [0; 4];
    /// Neighbours of one byte each.
    static BYTES: Cell<[u8; 4]> = Cell::new([1, 2, 3, 4]);
    static HITS: u64 = 0;
    /// All bits alike.
    static WHOLE: u64 = 0;
}

fn address(handle: usize, cpu: u32) -> *mut u8 {
    core::ptr::with_exposed_provenance_mut(handle.wrapping_add(percpu::offset(cpu)))
}

fn statics_have_their_values() -> Result<(), NotPassed> {
    for cpu in 0..cpus::possible() {
        let started = STARTED.on(cpu).map(|copy| copy.read());
        check_eq!(started, Some(0x1122_3344_5566_7788));
        let zeroed = address(ZEROED.handle().value(), cpu).cast::<[u64; 4]>();
        // SAFETY: P1: a copy of the variable, which nobody writes.
        check_eq!(unsafe { zeroed.read_volatile() }, [0; 4]);
    }
    let bytes = with_interrupts_off(|cpu| cpu.get(&BYTES).get());
    check_eq!(bytes, [1, 2, 3, 4]);
    Ok(())
}

fn copies_are_independent() -> Result<(), NotPassed> {
    for cpu in 0..cpus::possible() {
        let copy = HITS
            .on(cpu)
            .ok_or_else(|| failed("a possible CPU has no copy"))?;
        copy.write(u64::from(cpu) * 1000);
    }
    for round in 1..=10 {
        smp::run_on_each(|| HITS.inc()).map_err(failed)?;
        for cpu in 0..cpus::possible() {
            let hits = if cpus::is_online(cpu) { round } else { 0 };
            let found = HITS.on(cpu).map(|copy| copy.read());
            check_eq!(found, Some(u64::from(cpu) * 1000 + hits));
        }
    }
    check!(
        HITS.on(cpus::possible()).is_none(),
        "a CPU beyond the possible ones has a copy"
    );
    Ok(())
}

fn dynamic_is_zeroed_everywhere() -> Result<(), NotPassed> {
    let before = percpu::usage();
    for round in 0..3 {
        let variable = PerCpu::<[u64; 8]>::alloc().map_err(failed)?;
        for cpu in 0..cpus::possible() {
            let copy = address(variable.handle().value(), cpu).cast::<[u64; 8]>();
            // SAFETY: P1: a copy of a variable that is this test's own.
            unsafe {
                check!(
                    copy.read_volatile() == [0; 8],
                    "round {round}, cpu {cpu}: not zeroed"
                );
                copy.write_volatile([!0; 8]);
            }
        }
    }
    check_eq!(percpu::usage(), before);
    Ok(())
}

fn refusals() -> Result<(), NotPassed> {
    let before = percpu::usage();
    let too_large = ::percpu::MIN_UNIT_SIZE + 1;
    for (size, align) in [
        (0, 8),
        (too_large, 8),
        (usize::MAX, 8),
        (usize::MAX - 8, 4096),
    ] {
        let result = percpu::alloc(size, align);
        check!(
            matches!(result, Err(AllocError::Size { .. })),
            "{size} bytes: {result:?}"
        );
    }
    for align in [0, 3, 8192, usize::MAX] {
        let result = percpu::alloc(8, align);
        check!(
            matches!(result, Err(AllocError::Align { .. })),
            "align {align}: {result:?}"
        );
    }
    check_eq!(percpu::free(Handle(0)), Ok(()));
    let area = percpu::alloc(64, 8).map_err(failed)?;
    let inside = percpu::free(Handle(area.0 + 8));
    check!(
        matches!(inside, Err(FreeError::Interior { .. })),
        "interior pointer: {inside:?}"
    );
    check_eq!(percpu::free(area), Ok(()));
    let twice = percpu::free(area);
    check!(
        matches!(twice, Err(FreeError::NotAllocated { .. })),
        "double free: {twice:?}"
    );
    let statics = percpu::free(Handle(HITS.handle().value()));
    check!(
        matches!(statics, Err(FreeError::Static { .. })),
        "static: {statics:?}"
    );
    for foreign in [1usize, 0x1000, boot::image().text.0, usize::MAX - 7] {
        let result = percpu::free(Handle(foreign));
        check!(
            matches!(result, Err(FreeError::Foreign { .. })),
            "{foreign:#x}: {result:?}"
        );
    }
    percpu::verify().map_err(failed)?;
    check_eq!(percpu::usage(), before);
    Ok(())
}

fn locates_handles() -> Result<(), NotPassed> {
    let statics = Handle(HITS.handle().value());
    let location = percpu::locate(statics).ok_or_else(|| failed("a static isn't located"))?;
    check!(location.part == Part::Static, "a static: {location:?}");
    let area = percpu::alloc(24, 8).map_err(failed)?;
    let location = percpu::locate(Handle(area.0 + 16));
    check!(
        location.is_some_and(|l| l.area == Some((area, 24)) && l.part == Part::Dynamic),
        "inside an area: {location:?}"
    );
    for cpu in 0..cpus::possible() {
        for handle in [statics, area] {
            let address = handle.0.wrapping_add(percpu::offset(cpu));
            check_eq!(percpu::locate_address(address), Some((cpu, handle)));
            let frame = memory::translation(address & !(PAGE_SIZE - 1));
            check!(frame.is_some(), "cpu {cpu}: {address:#x} isn't mapped");
        }
    }
    check_eq!(percpu::free(area), Ok(()));
    check_eq!(percpu::locate_address(boot::image().text.0), None);
    Ok(())
}

fn grows_and_shrinks() -> Result<(), NotPassed> {
    resources::needs(3 * resources::chunk())?;
    let before = resources::in_use();
    let chunks = percpu::usage().chunks;
    let mut areas = Vec::new();
    while percpu::usage().chunks < chunks + 2 {
        let size = 1 + random() as usize % 4000;
        areas.push(percpu::alloc(size, 1 << (random() % 8)).map_err(failed)?);
    }
    percpu::verify().map_err(failed)?;
    while !areas.is_empty() {
        let victim = random() as usize % areas.len();
        percpu::free(areas.swap_remove(victim)).map_err(failed)?;
    }
    drop(areas);
    percpu::trim();
    percpu::verify().map_err(failed)?;
    check_eq!(resources::in_use(), before);
    Ok(())
}

/// A chunk's guard page, and its pages that nothing populated, are not mapped.
fn unpopulated_pages_fault() -> Result<(), NotPassed> {
    let area = percpu::alloc(16 * 1024, 8).map_err(failed)?;
    for cpu in 0..cpus::possible() {
        for page in (0..16 * 1024).step_by(PAGE_SIZE) {
            let address = area.0.wrapping_add(percpu::offset(cpu)) + page;
            let mapped = memory::translation(address & !(PAGE_SIZE - 1)).is_some();
            check!(mapped, "cpu {cpu}: {address:#x} isn't mapped");
        }
    }
    percpu::free(area).map_err(failed)?;
    Ok(())
}

fn atomic_allocation() -> Result<(), NotPassed> {
    let before = percpu::usage();
    let mut areas = Vec::new();
    areas.try_reserve(10_000).map_err(|_| failed("no heap"))?;
    let refused = loop {
        match percpu::alloc_atomic(1024, 8) {
            Ok(area) => areas.push(area),
            Err(error) => break error,
        }
    };
    check!(
        matches!(refused, AllocError::NotPopulated { .. }),
        "{refused}"
    );
    percpu::balance();
    let again = percpu::alloc_atomic(1024, 8);
    check!(again.is_ok(), "after balance: {again:?}");
    areas.extend(again);
    for area in areas {
        percpu::free(area).map_err(failed)?;
    }
    percpu::trim();
    check_eq!(percpu::usage(), before);
    Ok(())
}

fn batch() -> Result<(), NotPassed> {
    let before = resources::in_use();
    {
        let mut areas = Vec::new();
        areas.resize(500, Handle(0));
        percpu::alloc_batch(24, 8, &mut areas).map_err(failed)?;
        for (handle, index) in areas.iter().zip(0u64..) {
            check_eq!(percpu::size_of(*handle), Some(24));
            for cpu in 0..cpus::possible() {
                let copy = address(handle.0, cpu).cast::<u64>();
                // SAFETY: P1: a copy of an area that is this test's own.
                unsafe {
                    check!(
                        copy.read_volatile() == 0,
                        "area {index}, cpu {cpu}: not zeroed"
                    );
                    copy.write_volatile(index);
                }
            }
        }
        for handle in areas {
            percpu::free(handle).map_err(failed)?;
        }
    }
    percpu::trim();
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn out_of_memory_is_an_error() -> Result<(), NotPassed> {
    use crate::fail::{self, Site};
    percpu::trim();
    let before = resources::in_use();
    fail::arm(Site::PerCpu, 1);
    let result = PerCpu::<u64>::alloc();
    check!(result.is_err(), "an injected failure is ignored");
    // Every frame in turn of the allocation that maps pages.
    for nth in 1..20 {
        fail::arm(Site::Frames, nth);
        let result = percpu::alloc(32 * 1024, 4096);
        let left = fail::left(Site::Frames);
        fail::arm(Site::Frames, 0);
        match result {
            Ok(area) => percpu::free(area).map_err(failed)?,
            Err(error) => {
                check!(left == 0, "fails by itself: {error}");
                check!(matches!(error, AllocError::OutOfMemory { .. }), "{error}");
            }
        }
        percpu::verify().map_err(failed)?;
    }
    percpu::trim();
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn counter() -> Result<(), NotPassed> {
    let batch = core::num::NonZeroU32::MIN.saturating_add(31);
    let counter = PerCpuCounter::new(batch).map_err(failed)?;
    smp::run_on_each(|| (1..=1000).for_each(|amount| counter.add(amount))).map_err(failed)?;
    check_eq!(counter.sum(), 500_500 * i64::from(cpus::online_count()));
    Ok(())
}

fn reference_count() -> Result<(), NotPassed> {
    let references = PerCpuRef::new().map_err(failed)?;
    smp::run_on_each(|| {
        let _ = references.try_get();
    })
    .map_err(failed)?;
    let online = i64::from(cpus::online_count());
    check_eq!(references.count(), online);
    check!(!references.kill(), "released with references left");
    check!(!references.try_get(), "a dead count gives references");
    check!(
        references.resurrect(),
        "not resurrected with references left"
    );
    check_eq!(references.count(), online);
    check!(
        references.try_get(),
        "a resurrected count gives no references"
    );
    let last: i64 = (0..=online).map(|_| i64::from(references.put())).sum();
    check_eq!(last, 0);
    check!(references.kill(), "the owner's reference isn't the last");
    Ok(())
}

/// A CPU that is started late finds statics as initialised and dynamics as others
/// wrote them.
fn late_cpu() -> Result<(), NotPassed> {
    let (cpu, _away) = Away::some()?;
    let variable = PerCpu::<u64>::alloc().map_err(failed)?;
    let copy = variable
        .on(cpu)
        .ok_or_else(|| failed("an offline CPU has no copy"))?;
    copy.write(41);
    smp::start(cpu).map_err(failed)?;
    let (started, found) =
        smp::run_on(cpu, || (STARTED.read(), variable.inc_return())).map_err(failed)?;
    check_eq!(started, 0x1122_3344_5566_7788);
    check_eq!(found, 42);
    Ok(())
}

fn addresses_are_named() -> Result<(), NotPassed> {
    let last = cpus::possible() - 1;
    let area = PerCpu::<u64>::alloc().map_err(failed)?;
    let handle = area.handle().value();
    let copy = handle.wrapping_add(percpu::offset(last));
    let text = alloc::format!("{}", PerCpuAddress(copy));
    for words in [
        alloc::format!("is cpu {last}'s copy of handle {handle:#x}"),
        alloc::format!("in the area of 8 bytes at {handle:#x}"),
        alloc::format!("cpu {last}: {copy:#x}, real "),
    ] {
        check!(text.contains(&words), "{words:?} is not in {text}");
    }
    drop(area);
    let text = alloc::format!("{}", PerCpuAddress(handle));
    check!(text.contains("in no live area"), "{text}");
    let text = alloc::format!("{}", PerCpuAddress(HITS.handle().value()));
    check!(
        text.contains("selftest::percpu::HITS, byte 0"),
        "{text} lacks the name"
    );
    Ok(())
}

/// Every CPU flips all bits of its copy and reads its neighbour's: it finds all of
/// them or none set.
fn remote_reads_are_whole() -> Result<(), NotPassed> {
    let (reads, torn) = (AtomicU64::new(0), AtomicU64::new(0));
    smp::run_as_task_on_each(|| {
        let this = arch::cpu::number();
        let next = cpus::online().find(|&cpu| cpu > this).unwrap_or(0);
        for round in 0..5000u64 {
            WHOLE.write(0u64.wrapping_sub(round % 2));
            if let Some(value) = WHOLE.on(next).map(|copy| copy.read()) {
                reads.fetch_add(1, Ordering::Relaxed);
                let whole = value == 0 || value == u64::MAX;
                torn.fetch_add(u64::from(!whole), Ordering::Relaxed);
            }
        }
    })
    .map_err(failed)?;
    check_eq!(torn.into_inner(), 0);
    check_eq!(reads.into_inner(), 5000 * u64::from(cpus::online_count()));
    Ok(())
}

selftest!("percpu.remote_reads_are_whole", remote_reads_are_whole);
selftest!("percpu.addresses_are_named", addresses_are_named);
selftest!(
    "percpu.statics_have_their_values",
    statics_have_their_values
);
selftest!("percpu.copies_are_independent", copies_are_independent);
selftest!(
    "percpu.dynamic_is_zeroed_everywhere",
    dynamic_is_zeroed_everywhere
);
selftest!("percpu.refusals", refusals);
selftest!("percpu.locates_handles", locates_handles);
selftest!("percpu.grows_and_shrinks", grows_and_shrinks);
selftest!("percpu.unpopulated_pages_fault", unpopulated_pages_fault);
selftest!("percpu.atomic_allocation", atomic_allocation);
selftest!(
    "percpu.out_of_memory_is_an_error",
    out_of_memory_is_an_error
);
selftest!("percpu.batch", batch);
selftest!("percpu.counter", counter);
selftest!("percpu.reference_count", reference_count);
selftest!("percpu.late_cpu", late_cpu);
