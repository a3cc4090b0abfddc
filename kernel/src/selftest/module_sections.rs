//! What a module's sections allow and how long they are there; what is called before
//! init and after exit.

use super::held::Held;
use super::{NotPassed, failed, resources};
use crate::memory::{self, vmalloc};
use crate::modules::{self, State};
use crate::{check, check_eq, cpus, percpu, selftest, smp};
use alloc::string::String;
use arch::fault_safe::{self, Fault};
use arch::traps::{self, ProgramCheck};
use arch::{PAGE_SIZE, cpu};
use core::arch::asm;

fn call(symbol: &'static str) -> Result<usize, NotPassed> {
    selftest::call(symbol, 0).map(|value| value as usize)
}

fn load_from(address: usize) -> Option<Fault> {
    fault_safe::read_u64(address).err()
}

fn store_to(address: usize) -> Option<Fault> {
    // SAFETY: C9: the store is refused, or stores what is there.
    let stored = fault_safe::read_u8(address)
        .and_then(|value| unsafe { fault_safe::write_u8(address, value) });
    stored.err()
}

/// Branches there, for a program check to come.
fn run_at(address: usize) -> Option<ProgramCheck> {
    // SAFETY: C10: the fetch is refused, and nothing abandoned.
    unsafe {
        traps::catch(|| {
            asm!("basr %r14, {}", in(reg_addr) address, out("r14") _, options(nostack));
        })
    }
}

fn notes() -> Result<String, NotPassed> {
    let mut text = String::new();
    for place in 0.. {
        match selftest::call("note_at", place)? {
            0 => break,
            letter => text.push(char::from(letter as u8)),
        }
    }
    Ok(text)
}

fn constructors() -> Result<(), NotPassed> {
    let _notes = Held::load(&["notes"])?;
    let sections = Held::load(&["sections"])?;
    check_eq!(notes()?, "abcdi");
    drop(sections);
    check_eq!(notes()?, "abcdixdcba");
    Ok(())
}

fn freed_init() -> Result<(), NotPassed> {
    let _held = Held::load(&["notes", "sections"])?;
    for address in [
        call("sections_early_address")?,
        call("sections_once_address")?,
    ] {
        check_eq!(memory::translation(address / PAGE_SIZE * PAGE_SIZE), None);
        for fault in [load_from(address), store_to(address)] {
            let fault = fault.ok_or(failed("an init section is still there"))?;
            check!(fault.is_translation(), "{fault}");
        }
        let check = run_at(address).ok_or(failed("an init section can be run"))?;
        check!(check.is_translation(), "{check}");
        let named = modules::freed_init_at(address as u64);
        check_eq!(named, Some("sections"));
    }
    let sealed = call("sections_sealed_address")?;
    check_eq!(modules::freed_init_at(sealed as u64), None);
    Ok(())
}

/// The frames of init sections come back at once, the addresses with the module.
fn freed_init_is_counted() -> Result<(), NotPassed> {
    let _notes = Held::load(&["notes"])?;
    percpu::trim();
    let before = resources::in_use();
    let sections = Held::load(&["sections"])?;
    let pages = (vmalloc::count().1 - before.vmalloc.1) / PAGE_SIZE;
    let statics = percpu::usage();
    let frames = resources::in_use().frames - before.frames;
    // Text, rodata, sealed, data; init text, init rodata (the lists), init data.
    check!(pages >= 7, "only {pages} pages");
    check!(
        frames + 3 <= pages + 1,
        "{frames} frames for {pages} pages, {statics:?}"
    );
    drop(sections);
    percpu::trim();
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn sealed_after_init() -> Result<(), NotPassed> {
    let _held = Held::load(&["notes", "sections"])?;
    check_eq!(call("sections_sealed")?, 2);
    let address = call("sections_sealed_address")?;
    check_eq!(load_from(address), None);
    let check = store_to(address).ok_or(failed("a store to sealed data went through"))?;
    check_eq!(check.code, traps::code::PROTECTION);
    check_eq!(call("sections_sealed")?, 2);
    Ok(())
}

/// No page of any module allows both writing and execution; beyond each module
/// nothing is mapped.
fn write_xor_execute() -> Result<(), NotPassed> {
    if !cpu::has_facility(cpu::FACILITY_EXECUTION_PROTECTION) {
        return Err(NotPassed::Skipped("no instruction-execution protection"));
    }
    let _held = Held::load(&["notes", "sections"])?;
    let mut kinds = [0; 3];
    for (name, start, end) in modules::ranges().map_err(failed)? {
        for page in (start..end).step_by(PAGE_SIZE) {
            let Some(mapping) = memory::translation(page) else {
                continue;
            };
            let (write, execute) = (mapping.writable, mapping.executable);
            check!(!(write && execute), "{name}: {page:#x} is both");
            kinds[usize::from(write) + 2 * usize::from(execute)] += 1;
        }
        // What is below the region isn't the modules' concern.
        let below = Some(start - PAGE_SIZE).filter(|&page| page >= vmalloc::region().0);
        for outside in below.into_iter().chain([end]) {
            let mapped = memory::translation(outside);
            check!(mapped.is_none(), "{name}: {outside:#x} is mapped");
        }
        check_eq!(modules::state(name), Some(State::Live));
    }
    check!(kinds.iter().all(|&count| count > 0), "{kinds:?}");
    Ok(())
}

/// After an unload no CPU reaches the module any more, though all have had its pages
/// in their translation buffers.
fn no_stale_translation() -> Result<(), NotPassed> {
    let _notes = Held::load(&["notes"])?;
    for _ in 0..8 {
        let sections = Held::load(&["sections"])?;
        let data = call("sections_sealed_address")?;
        let (_, text, _) = modules::ranges()
            .map_err(failed)?
            .into_iter()
            .find(|&(name, ..)| name == "sections")
            .ok_or(failed("no such module"))?;
        for cpu in cpus::online() {
            let used = smp::run_on(cpu, || call("sections_sealed"));
            check_eq!(used.map_err(failed)??, 2);
        }
        drop(sections);
        for cpu in cpus::online() {
            for address in [data, text] {
                let check = smp::run_on(cpu, || load_from(address)).map_err(failed)?;
                check!(
                    check.is_some_and(|check| check.is_translation()),
                    "cpu {cpu} still reaches {address:#x}"
                );
            }
            let check = smp::run_on(cpu, || run_at(text)).map_err(failed)?;
            check!(check.is_some(), "cpu {cpu} still runs {text:#x}");
        }
    }
    Ok(())
}

fn call_freed_init() -> Result<(), NotPassed> {
    let _held = Held::load(&["notes", "sections"])?;
    call("sections_call_early")?;
    Ok(())
}

selftest!("module.constructors", constructors);
selftest!("module.freed_init", freed_init);
selftest!("module.freed_init_is_counted", freed_init_is_counted);
selftest!("module.sealed_after_init", sealed_after_init);
selftest!("module.write_xor_execute", write_xor_execute);
selftest!("module.no_stale_translation", no_stale_translation);
selftest!("ending.freed_init", call_freed_init, on_request);
