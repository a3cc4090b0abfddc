//! Frames, translation, protection, vmalloc, heap.

use super::{NotPassed, failed, resources};
use crate::memory::{self as kernel_memory, FrameBlock, Stack, vmalloc};
use crate::{check, check_eq, cpus, selftest, smp};
use alloc::vec::Vec;
use arch::dat::Protection;
use arch::fault_safe::{self, Fault};
use arch::traps::{self, ProgramCheck, code};
use arch::{PAGE_SIZE, boot, cpu};
use core::arch::asm;

/// Stores a byte; why that is refused.
fn store(address: usize) -> Option<Fault> {
    // SAFETY: C9, M1: the tests store only where nothing else lies, or where the
    // store is refused.
    unsafe { fault_safe::write_u8(address, 0x07) }.err()
}

/// Fetches a byte; why that is refused.
fn fetch(address: usize) -> Option<Fault> {
    fault_safe::read_u8(address).err()
}

/// Calls `address`; 0x07fe there is a return.
fn call(address: usize) -> Option<ProgramCheck> {
    // SAFETY: C10: the page holds `br %r14`, or the fetch is refused.
    unsafe {
        traps::catch(|| {
            asm!("basr %r14, %r1", inlateout("r1") address => _, lateout("r14") _, options(nostack));
        })
    }
}

fn frames() -> Result<(), NotPassed> {
    let before = resources::in_use();
    let mut blocks = Vec::new();
    for order in [0, 3, 0, 5, 1] {
        let block = FrameBlock::of_order(order).map_err(|_| failed("out of memory"))?;
        let address = block.address();
        check!(
            address.is_multiple_of(PAGE_SIZE << order),
            "{address:#x} is not aligned"
        );
        check_eq!(store(address), None);
        blocks.push(block);
    }
    drop(blocks);
    check!(
        kernel_memory::verify_frames(),
        "the frame book-keeping differs from a recount"
    );
    check_eq!(resources::in_use().frames, before.frames);
    Ok(())
}

fn image_is_protected() -> Result<(), NotPassed> {
    let image = boot::image();
    for address in [image.text.0, image.rodata.0, image.per_cpu.0, 0x10480] {
        let check = store(address);
        check!(
            check.is_some_and(|check| check.code == code::PROTECTION),
            "a store to {address:#x}: {check:?}"
        );
    }
    Ok(())
}

fn nothing_is_writable_and_executable() -> Result<(), NotPassed> {
    needs_execution_protection()?;
    let image = boot::image();
    for page in (0..image.data.1 + (1 << 20)).step_by(PAGE_SIZE) {
        let mapping = kernel_memory::translation(page);
        let both = mapping.is_some_and(|mapping| mapping.writable && mapping.executable);
        check!(!both, "the page at {page:#x} is both");
    }
    Ok(())
}

/// Skips a test of what may be executed where the CPU can't forbid it.
pub(super) fn needs_execution_protection() -> Result<(), NotPassed> {
    match cpu::has_facility(cpu::FACILITY_EXECUTION_PROTECTION) {
        true => Ok(()),
        false => Err(NotPassed::Skipped("no instruction-execution protection")),
    }
}

fn data_is_not_executable() -> Result<(), NotPassed> {
    needs_execution_protection()?;
    let image = boot::image();
    for address in [image.rodata.0, image.data.0] {
        let check = call(address);
        check!(
            check.is_some_and(|check| check.code == code::PROTECTION),
            "a jump to {address:#x}: {check:?}"
        );
    }
    Ok(())
}

fn vmalloc_area() -> Result<(), NotPassed> {
    let before = resources::in_use();
    {
        let area = vmalloc::Area::new(3 * PAGE_SIZE + 1).map_err(failed)?;
        let (start, end) = (area.start(), area.start() + area.bytes());
        check_eq!(area.bytes(), 4 * PAGE_SIZE);
        let region = vmalloc::region();
        check!(
            start >= region.0 && end < region.1,
            "{start:#x} is outside the region"
        );
        check_eq!(store(start), None);
        check_eq!(store(end - 1), None);
        let check = store(end);
        check!(
            check.is_some_and(|check| check.is_translation()),
            "guard page: {check:?}"
        );
        let check = call(start);
        check!(check.is_some(), "a jump into a new area is not refused");
    }
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn part_of_an_area() -> Result<(), NotPassed> {
    let before = resources::in_use();
    {
        let mut area = vmalloc::Area::new(4 * PAGE_SIZE).map_err(failed)?;
        let zeroed = area.bytes_mut().iter().all(|&byte| byte == 0);
        check!(zeroed, "a new area isn't zero");
        let start = area.start();
        let (sealed, freed) = (area.part(0, PAGE_SIZE), area.part(PAGE_SIZE, 2 * PAGE_SIZE));
        // SAFETY: M1: the area lives.
        unsafe {
            sealed.protect(Protection::ReadOnly);
            freed.release();
        }
        let used = resources::in_use().frames - before.frames;
        check_eq!(used, 2);
        check_eq!(fetch(start), None);
        let refused = store(start);
        check!(refused.is_some(), "a page that is read-only is written");
        for page in [1, 2] {
            let found = fetch(start + page * PAGE_SIZE);
            check!(found.is_some(), "page {page} was released, and is there");
        }
        check_eq!(store(start + 3 * PAGE_SIZE), None);
    }
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn stack_with_guard() -> Result<(), NotPassed> {
    let before = resources::in_use();
    let stack = Stack::new().map_err(|_| failed("out of memory"))?;
    let (guard, top) = (stack.guard_page(), stack.top());
    check!(store(guard).is_some(), "the guard page is mapped");
    let image = boot::image();
    check!(guard >= image.data.1, "{guard:#x}: a large frame wraps");
    check_eq!(store(guard + PAGE_SIZE), None);
    check_eq!(store(top - 1), None);
    drop(stack);
    // Its frame is free: nothing may be written there.
    let mapping = kernel_memory::translation(guard);
    check!(
        mapping.is_some_and(|mapping| mapping.writable),
        "the guard page isn't mapped again: {mapping:?}"
    );
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn protection_changes_everywhere() -> Result<(), NotPassed> {
    let mut area = vmalloc::Area::new(PAGE_SIZE).map_err(failed)?;
    let start = area.start();
    let code: *mut u16 = core::ptr::with_exposed_provenance_mut(start);
    // SAFETY: M1: the area is this test's. 0x07fe is `br %r14`.
    unsafe { code.write_volatile(0x07fe) };
    let refused = |fault: Option<Fault>| fault.is_some_and(|f| f.code == code::PROTECTION);
    // Each CPU first has the page in its TLB as writable, then must see the change.
    smp::run_on_each(|| {
        let _ = fetch(start);
    })
    .map_err(failed)?;
    area.protect(0, PAGE_SIZE, Protection::ReadExecute);
    for cpu in cpus::online() {
        let (written, called) = smp::run_on(cpu, || (store(start), call(start))).map_err(failed)?;
        check!(refused(written), "cpu {cpu}: a store to text: {written:?}");
        check_eq!(called, None);
    }
    drop(area);
    for cpu in cpus::online() {
        let check = smp::run_on(cpu, || fetch(start)).map_err(failed)?;
        check!(
            check.is_some_and(|fault| fault.is_translation()),
            "cpu {cpu}: a freed area can still be read: {check:?}"
        );
    }
    Ok(())
}

fn vmalloc_too_large() -> Result<(), NotPassed> {
    let before = resources::in_use();
    for bytes in [1usize << 38, usize::MAX, 0] {
        let result = vmalloc::Area::new(bytes);
        check!(result.is_err(), "{bytes} bytes are had");
    }
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn heap() -> Result<(), NotPassed> {
    let before = resources::in_use();
    {
        let mut lists: Vec<Vec<u64>> = Vec::new();
        for round in 0..200u64 {
            let length = super::random() as usize % 300 + 1;
            lists.push((0..length as u64).map(|item| item ^ round).collect());
            if round % 3 == 0 {
                let victim = super::random() as usize % lists.len();
                lists.swap_remove(victim);
            }
        }
        for list in &lists {
            let key = list[0];
            let right = list
                .iter()
                .zip(0..)
                .all(|(&item, index)| item == index ^ key);
            check!(right, "a heap block was overwritten");
        }
    }
    check_eq!(resources::in_use().heap, before.heap);
    Ok(())
}

fn string_functions() -> Result<(), NotPassed> {
    const SIZES: [usize; 12] = [0, 1, 2, 7, 8, 255, 256, 257, 511, 512, 513, 1000];
    let source: Vec<u8> = (0..2048).map(|index| (index * 7 + 3) as u8).collect();
    for size in SIZES {
        let mut target = alloc::vec![0xeeu8; 2048];
        target[8..8 + size].copy_from_slice(&source[3..3 + size]);
        check!(
            target[8..8 + size] == source[3..3 + size],
            "memcpy of {size} bytes"
        );
        check!(
            target[7] == 0xee && target[8 + size] == 0xee,
            "memcpy of {size}: too far"
        );
        for distance in [1usize, 8, 300] {
            for (from, to) in [(20, 20 + distance), (20 + distance, 20)] {
                let mut moved = source.clone();
                moved.copy_within(from..from + size, to);
                let right = moved[to..to + size] == source[from..from + size];
                check!(right, "memmove of {size} bytes from {from} to {to}");
                let after = moved[to + size..] == source[to + size..];
                check!(
                    after && moved[..to] == source[..to],
                    "memmove of {size}: too far"
                );
            }
        }
        for byte in [0u8, 0x5a] {
            target[16..16 + size].fill(byte);
            let set = target[16..16 + size].iter().all(|&found| found == byte);
            check!(set, "memset of {size} bytes");
            check!(target[16 + size] == 0xee, "memset of {size}: too far");
        }
        let mut other = source.clone();
        check!(
            source[..size] == other[..size],
            "memcmp of {size} equal bytes"
        );
        if size > 0 {
            other[size - 1] ^= 0x80;
            let order = source[..size].cmp(&other[..size]);
            check!(
                order == source[size - 1].cmp(&other[size - 1]),
                "memcmp of {size} bytes"
            );
        }
    }
    Ok(())
}

selftest!("memory.frames", frames);
selftest!("memory.image_is_protected", image_is_protected);
selftest!("memory.w_xor_x", nothing_is_writable_and_executable);
selftest!("memory.data_is_not_executable", data_is_not_executable);
selftest!("memory.vmalloc_area", vmalloc_area);
selftest!("memory.part_of_an_area", part_of_an_area);
selftest!("memory.stack", stack_with_guard);
selftest!(
    "memory.protection_on_every_cpu",
    protection_changes_everywhere
);
selftest!("memory.vmalloc_too_large", vmalloc_too_large);
selftest!("memory.heap", heap);
selftest!("memory.string_functions", string_functions);
