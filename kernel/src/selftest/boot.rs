//! The machine layer: interruptions are handled, lowcore is where it must be.

use super::Outcome;
use crate::{check, check_eq, command_line, interrupts, percpu, selftest};
use arch::traps::{self, Access, ProgramCheck, code};
use arch::{PAGE_SIZE, boot, cpu, fault_safe, timer};
use core::arch::asm;
use this_cpu::Variable;

/// Executes what is no instruction, and catches the program check.
fn no_instruction() -> Option<ProgramCheck> {
    // SAFETY: C7, C10: an instruction that doesn't exist changes nothing.
    unsafe { traps::catch(|| asm!(".short 0x0000", options(nostack))) }
}

fn operation_exception() -> Result<(), Outcome> {
    let check = no_instruction();
    check_eq!(check.map(|check| check.code), Some(code::OPERATION));
    Ok(())
}

fn catch_many_times() -> Result<(), Outcome> {
    for round in 0..100 {
        check!(no_instruction().is_some(), "round {round}: not caught");
    }
    // SAFETY: C10: nothing is abandoned.
    check_eq!(unsafe { traps::catch(|| {}) }, None);
    Ok(())
}

/// The innermost catches; the outer one still does afterwards.
fn catch_nests() -> Result<(), Outcome> {
    let (mut inner, mut after) = (None, false);
    // SAFETY: C7, C10: an instruction that doesn't exist changes nothing.
    let outer = unsafe {
        traps::catch(|| {
            inner = no_instruction();
            asm!(".short 0x0000", options(nostack));
            after = true;
        })
    };
    check!(inner.is_some() && outer.is_some(), "{inner:?}, {outer:?}");
    check!(!after, "the outer check went on");
    check!(
        inner.map(|check| check.psw_address) != outer.map(|check| check.psw_address),
        "both are the same check"
    );
    Ok(())
}

fn low_address_protection() -> Result<(), Outcome> {
    for address in [0usize, 8, 511, 512, 816, 4095, 4096, 8191, 0x2000, 0xffff] {
        // SAFETY: C9: the store is refused, or this test fails.
        let stored = unsafe { fault_safe::write_u8(address, 0xff) };
        check!(stored.is_err(), "a store to {address:#x} is not refused");
    }
    Ok(())
}

fn lowcore_is_readable() -> Result<(), Outcome> {
    let own = percpu::offset(cpu::number()) as u64;
    check_eq!(fault_safe::read_u64(816), Ok(own));
    check_eq!(fault_safe::read_u32(824), Ok(cpu::number()));
    Ok(())
}

fn wild_address() -> Result<(), Outcome> {
    for address in [0xbad_0000_0000usize, 1 << 53, usize::MAX - PAGE_SIZE + 1] {
        // SAFETY: C10: the store is refused, or this test fails; nothing is abandoned.
        let check = unsafe {
            traps::catch(|| asm!("mvi 0({}), 0xff", in(reg_addr) address, options(nostack)))
        };
        let Some(check) = check else {
            check!(false, "a store to {address:#x} is not refused");
            return Ok(());
        };
        check!(check.is_translation(), "{check}");
        check_eq!(check.address, Some(address as u64));
        check_eq!(check.access, Access::Store);
    }
    Ok(())
}

fn floating_point_is_off() -> Result<(), Outcome> {
    // Register 5 needs AFP control, which this kernel never turns on.
    // SAFETY: C7, C10: refused, or it loads a register that the kernel doesn't use.
    let check = unsafe { traps::catch(|| asm!("lzdr %f5", options(nostack))) };
    check_eq!(check.map(|check| check.code), Some(code::DATA));
    Ok(())
}

fn image_is_on_pages() -> Result<(), Outcome> {
    let image = boot::image();
    for edge in [
        image.text.0,
        image.text.1,
        image.rodata.0,
        image.rodata.1,
        image.data.0,
    ] {
        check!(edge.is_multiple_of(PAGE_SIZE), "{edge:#x} is not on a page");
    }
    Ok(())
}

fn clock_interrupts() -> Result<(), Outcome> {
    let before = interrupts::CLOCK.read();
    crate::timer::start(100, || {});
    let deadline = timer::now() + timer::from_microseconds(2_000_000);
    while interrupts::CLOCK.read() < before + 5 && timer::now() < deadline {
        cpu::relax();
    }
    crate::timer::stop();
    let ticks = interrupts::CLOCK.read() - before;
    check!(ticks >= 5, "{ticks} clock interruptions in 2 s");
    Ok(())
}

fn waiting_wakes() -> Result<(), Outcome> {
    crate::timer::start(200, || {});
    let before = interrupts::CLOCK.read();
    let ticked = || interrupts::CLOCK.read() >= before + 3;
    while !ticked() {
        cpu::wait_for_interrupt_unless(ticked);
    }
    crate::timer::stop();
    Ok(())
}

fn command_line_numbers() -> Result<(), Outcome> {
    use command_line::{BadWord, number, parse};
    let table = [
        ("0", Some(0)),
        ("8K", Some(8192)),
        ("0x10", Some(16)),
        ("2T", Some(2 << 40)),
        ("", None),
        ("x", None),
        ("-1", None),
        ("99999999999999999999", None),
        ("99999T", Some(99_999 << 40)),
        ("9999999999T", None),
    ];
    for (text, value) in table {
        check!(
            number(text) == value,
            "{text} is read as {:?}",
            number(text)
        );
    }
    check!(
        parse("nonsense=1").err() == Some(BadWord::Unknown("nonsense=1")),
        "accepted"
    );
    for bad in [
        "percpu_alloc=x",
        "vmalloc=",
        "maxcpus=0",
        "loglevel=8",
        "fail=x",
        "selftest=",
    ] {
        check!(parse(bad).is_err(), "{bad} is accepted");
    }
    Ok(())
}

selftest!("boot.operation_exception", operation_exception);
selftest!("boot.catch_many_times", catch_many_times);
selftest!("boot.catch_nests", catch_nests);
selftest!("boot.low_address_protection", low_address_protection);
selftest!("boot.lowcore_is_readable", lowcore_is_readable);
selftest!("boot.wild_address", wild_address);
selftest!("boot.floating_point_is_off", floating_point_is_off);
selftest!("boot.image_is_on_pages", image_is_on_pages);
selftest!("boot.clock_interrupts", clock_interrupts);
selftest!("boot.waiting_wakes", waiting_wakes);
selftest!("boot.command_line", command_line_numbers);
