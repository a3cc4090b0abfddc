//! Interrupts-off sections: they nest, and may end in any order (C4).

use super::NotPassed;
use super::limit::{Limit, wait};
use crate::sync::{Lock, rank};
use crate::{check, check_eq, interrupts, selftest};
use arch::{cpu, lowcore, traps};
use core::arch::asm;
use this_cpu::{Variable, with_interrupts_off};

static OUTER: Lock<u64, { rank::TEST }> = Lock::new(0);
static INNER: Lock<u64, { rank::MODULES }> = Lock::new(0);

/// Ends a section that a test began.
fn pop() {
    // SAFETY: C4: each call is one of a pair, or follows what abandoned its pair.
    unsafe { cpu::pop_interrupts_off() };
}

fn guards_out_of_order() -> Result<(), NotPassed> {
    check!(
        cpu::interrupts_enabled(),
        "a test starts with interrupts off"
    );
    let outer = OUTER.lock();
    let inner = INNER.lock();
    drop(outer);
    let between = cpu::interrupts_enabled();
    let held = lowcore::held_ranks();
    drop(inner);
    check!(!between, "interrupts are on under a held lock");
    check_eq!(held, 1 << rank::MODULES);
    check!(cpu::interrupts_enabled(), "interrupts stay off");
    check_eq!(lowcore::held_ranks(), 0);
    Ok(())
}

fn guard_dropped_in_a_section() -> Result<(), NotPassed> {
    let guard = OUTER.lock();
    let inside = cpu::without_interrupts(|| {
        drop(guard);
        cpu::interrupts_enabled()
    });
    check!(!inside, "interrupts are on in an interrupts-off section");
    check!(cpu::interrupts_enabled(), "interrupts stay off");
    let guard = cpu::without_interrupts(|| OUTER.lock());
    let between = cpu::interrupts_enabled();
    drop(guard);
    check!(!between, "interrupts are on under a held lock");
    check!(cpu::interrupts_enabled(), "interrupts stay off");
    Ok(())
}

/// Sections of the crate that modules have, and the kernel's locks: one count.
fn guards_and_per_cpu_sections() -> Result<(), NotPassed> {
    let guard = OUTER.lock();
    let inside = with_interrupts_off(|_| {
        drop(guard);
        cpu::interrupts_enabled()
    });
    check!(!inside, "interrupts are on while a copy may be lent");
    check!(cpu::interrupts_enabled(), "interrupts stay off");
    let guard = with_interrupts_off(|_| OUTER.lock());
    let between = cpu::interrupts_enabled();
    drop(guard);
    check!(!between, "interrupts are on under a held lock");
    check!(cpu::interrupts_enabled(), "interrupts stay off");
    with_interrupts_off(|_| with_interrupts_off(|_| ()));
    check!(cpu::interrupts_enabled(), "interrupts stay off");
    Ok(())
}

fn every_order_of_ends() -> Result<(), NotPassed> {
    // A model beside the machine: a set of sections that live.
    for round in 0..2000u32 {
        let mut live = 0u32;
        for _ in 0..super::random() % 12 {
            if live == 0 || super::random() & 1 == 0 {
                cpu::push_interrupts_off();
                live += 1;
            } else {
                pop();
                live -= 1;
            }
            let on = cpu::interrupts_enabled();
            if on != (live == 0) {
                (0..live).for_each(|_| pop());
                check!(
                    false,
                    "round {round}: interrupts on: {on}, sections: {live}"
                );
            }
        }
        (0..live).for_each(|_| pop());
        check!(
            cpu::interrupts_enabled(),
            "round {round}: interrupts stay off"
        );
    }
    Ok(())
}

fn in_a_handler() -> Result<(), NotPassed> {
    // A handler finds interrupts off by the PSW, at the depth of what it struck.
    fn tick() {
        let before = cpu::interrupts_enabled();
        cpu::without_interrupts(|| ());
        *OUTER.lock() += u64::from(before || cpu::interrupts_enabled());
    }
    *OUTER.lock() = 0;
    let first = interrupts::CLOCK.read();
    crate::timer::start(100, tick);
    let limit = Limit::new("20 ticks");
    let mut result = wait("a first tick", || interrupts::CLOCK.read() > first);
    while result.is_ok() && interrupts::CLOCK.read() < first + 20 {
        cpu::without_interrupts(|| ());
        cpu::wait_for_interrupt_unless(|| false);
        result = limit.check();
    }
    crate::timer::stop();
    result?;
    check!(cpu::interrupts_enabled(), "interrupts stay off");
    check_eq!(*OUTER.lock(), 0);
    Ok(())
}

fn caught_in_a_section() -> Result<(), NotPassed> {
    // SAFETY: C7: an instruction that doesn't exist changes nothing. C10: the lock is
    // freed below, the section is ended by `catch`.
    let check = unsafe {
        traps::catch(|| {
            cpu::push_interrupts_off();
            core::mem::forget(INNER.lock());
            asm!(".short 0x0000", options(nostack));
        })
    };
    // SAFETY: C5: the abandoned code held it; its section is replaced.
    unsafe {
        cpu::push_interrupts_off();
        INNER.force_unlock();
    }
    check!(check.is_some(), "not caught");
    check!(cpu::interrupts_enabled(), "interrupts stay off");
    check_eq!(lowcore::held_ranks(), 0);
    Ok(())
}

selftest!("boot.guards_out_of_order", guards_out_of_order);
selftest!(
    "boot.guard_dropped_in_a_section",
    guard_dropped_in_a_section
);
selftest!(
    "boot.guards_and_per_cpu_sections",
    guards_and_per_cpu_sections
);
selftest!("boot.every_order_of_ends", every_order_of_ends);
selftest!("boot.sections_in_a_handler", in_a_handler);
selftest!("boot.caught_in_a_section", caught_in_a_section);
