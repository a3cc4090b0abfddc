//! The machine layer: interruptions are handled, lowcore is where it must be.

use super::Outcome;
use crate::{check, check_eq, command_line, interrupts, selftest};
use arch::traps::{self, Access, code};
use arch::{PAGE_SIZE, boot, cpu, lowcore, timer};
use core::arch::asm;
use this_cpu::Variable;

fn operation_exception() -> Result<(), Outcome> {
    // SAFETY: an instruction that doesn't exist changes nothing.
    let check = traps::catch(|| unsafe { asm!(".short 0x0000", options(nostack)) });
    check_eq!(check.map(|check| check.code), Some(code::OPERATION));
    Ok(())
}

fn nested_catch() -> Result<(), Outcome> {
    for round in 0..100 {
        // SAFETY: as above.
        let check = traps::catch(|| unsafe { asm!(".short 0x0000", options(nostack)) });
        check!(check.is_some(), "round {round}: not caught");
    }
    check_eq!(traps::catch(|| {}), None);
    Ok(())
}

fn low_address_protection() -> Result<(), Outcome> {
    for address in [0usize, 8, 511, 512, 816, 4095, 4096, 8191, 0x2000, 0xffff] {
        let check = traps::catch(|| {
            // SAFETY: the store is refused, or this test fails.
            unsafe { asm!("mvi 0({}), 0xff", in(reg_addr) address, options(nostack)) }
        });
        check!(check.is_some(), "a store to {address:#x} is not refused");
    }
    Ok(())
}

fn lowcore_is_readable() -> Result<(), Outcome> {
    check_eq!(cpu::number(), lowcore::cpu_number());
    // SAFETY: reads real page 0, which is mapped read-only.
    let check = traps::catch(|| unsafe { asm!("lg %r1, 816(0)", out("r1") _, options(nostack)) });
    check_eq!(check, None);
    Ok(())
}

fn wild_address() -> Result<(), Outcome> {
    for address in [0xbad_0000_0000usize, 1 << 53, usize::MAX - PAGE_SIZE + 1] {
        let check = traps::catch(|| {
            // SAFETY: the store is refused, or this test fails.
            unsafe { asm!("mvi 0({}), 0xff", in(reg_addr) address, options(nostack)) }
        });
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
    // SAFETY: refused, or it loads a register that the kernel doesn't use.
    let check = traps::catch(|| unsafe { asm!("lzdr %f5", options(nostack)) });
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
    cpu::push_interrupts_off();
    while interrupts::CLOCK.read() < before + 3 {
        cpu::wait_for_interrupt();
    }
    cpu::pop_interrupts_off();
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
selftest!("boot.catch_many_times", nested_catch);
selftest!("boot.low_address_protection", low_address_protection);
selftest!("boot.lowcore_is_readable", lowcore_is_readable);
selftest!("boot.wild_address", wild_address);
selftest!("boot.floating_point_is_off", floating_point_is_off);
selftest!("boot.image_is_on_pages", image_is_on_pages);
selftest!("boot.clock_interrupts", clock_interrupts);
selftest!("boot.waiting_wakes", waiting_wakes);
selftest!("boot.command_line", command_line_numbers);
