//! Failures provoked on request, as Linux's lkdtm does: `selftest=ending.NAME`.
//!
//! Each ends the run in its own way. The runner is tested with them: it must exit
//! non-zero, and say which it was.

use super::NotPassed;
use crate::control::PowerOffBy;
use crate::sync::{Lock, rank};
use crate::{check, println, selftest};
use arch::{control, cpu, lowcore};
use core::arch::asm;
use core::fmt;
use this_cpu::Variable;

fn fail() -> Result<(), NotPassed> {
    check!(1 + 1 == 3, "this test fails on purpose");
    Ok(())
}

fn panic() -> Result<(), NotPassed> {
    panic!("on purpose");
}

fn wild_store() -> Result<(), NotPassed> {
    // SAFETY: C7: the store is refused, and the run ends; that is the point.
    unsafe { asm!("mvi 0({}), 1", in(reg_addr) 0xbad_0000_0000usize) };
    Ok(())
}

fn null_store() -> Result<(), NotPassed> {
    // SAFETY: C7: the store is refused, and the run ends; that is the point.
    unsafe { asm!("mvi 0({}), 1", in(reg_addr) 0usize) };
    Ok(())
}

fn exec_data() -> Result<(), NotPassed> {
    let data = [0x07feu16; 4];
    // SAFETY: C7: the fetch is refused, and the run ends; that is the point.
    unsafe { asm!("basr %r14, {}", in(reg_addr) data.as_ptr(), out("r14") _) };
    Ok(())
}

/// Translation by no tables: every fault's handler faults, too.
fn no_tables() -> Result<(), NotPassed> {
    // SAFETY: C7: what comes next is refused, and the run ends; that is the point.
    unsafe { control::set_translation_tables(0) };
    Ok(())
}

/// A fault where translation is off, as in a handler's first lines.
fn no_translation() -> Result<(), NotPassed> {
    let mut mask = 0u8;
    // SAFETY: C7: the load is refused, and the run ends; that is the point. The stack's
    // addresses are real ones (M1).
    unsafe {
        asm!(
            "stnsm 0({mask}), 0xfb",
            "lg {beyond}, 0({beyond})",
            mask = in(reg_addr) &raw mut mask,
            beyond = inout(reg_addr) 1usize << 60 => _,
        );
    }
    Ok(())
}

fn stack_overflow() -> Result<(), NotPassed> {
    fn deeper(depth: u64) -> u64 {
        let frame = core::hint::black_box([depth; 64]);
        if depth == u64::MAX {
            return 0;
        }
        deeper(depth + 1) + core::hint::black_box(frame)[7]
    }
    println!("# {}", deeper(1));
    Ok(())
}

fn hang() -> Result<(), NotPassed> {
    println!("# hangs on purpose");
    loop {
        cpu::relax();
    }
}

fn power_off() -> Result<(), NotPassed> {
    println!("# powers off before the plan is complete");
    crate::power::off(PowerOffBy::End)
}

fn disabled_wait() -> Result<(), NotPassed> {
    println!("# loads a disabled wait that isn't a power-off");
    // QEMU ends the run once no CPU is left that runs or waits.
    crate::smp::stop_others().map_err(super::failed)?;
    arch::power::crash()
}

/// What a program could do that isn't the kernel's: the end is orderly to QEMU.
fn silent_power_off() -> Result<(), NotPassed> {
    println!("# powers off without a word on the control channel");
    crate::smp::stop_others().map_err(super::failed)?;
    arch::power::off()
}

fn power_off_with_lock() -> Result<(), NotPassed> {
    static LOCK: Lock<u64, { rank::TEST }> = Lock::new(0);
    let _held = LOCK.lock();
    crate::power::off(PowerOffBy::End)
}

/// Disabled waits at addresses that mean neither a power-off nor a crash.
fn disabled_wait_at(address: u64) -> Result<(), NotPassed> {
    crate::smp::stop_others().map_err(super::failed)?;
    arch::power::disabled_wait(address)
}

fn disabled_wait_at_0() -> Result<(), NotPassed> {
    disabled_wait_at(0)
}

fn disabled_wait_at_ffe() -> Result<(), NotPassed> {
    disabled_wait_at(0xffe)
}

fn hang_with_interrupts_off() -> Result<(), NotPassed> {
    println!("# hangs with interrupts off, on purpose");
    cpu::without_interrupts(|| {
        loop {
            cpu::relax();
        }
    })
}

/// Waits for an interruption that nothing will give.
fn sleep_for_good() -> Result<(), NotPassed> {
    println!("# sleeps on purpose");
    loop {
        cpu::wait_for_interrupt_unless(|| false);
    }
}

/// A CPU that can't answer an NMI: its restart interruption ends in a disabled wait.
fn no_answer() -> Result<(), NotPassed> {
    println!("# doesn't answer, on purpose");
    // SAFETY: C1: broken on purpose: the kernel's entry never sees the restart.
    unsafe { lowcore::set_restart(arch::psw::Psw::disabled_wait(0xdead)) };
    loop {
        cpu::wait_for_interrupt_unless(|| false);
    }
}

fn early_percpu() -> Result<(), NotPassed> {
    // SAFETY: P2: per-CPU accesses are refused from here on, and end the run.
    unsafe { lowcore::set_per_cpu_offset(lowcore::OFFSET_BEFORE_SETUP as usize) };
    crate::interrupts::CLOCK.inc();
    Ok(())
}

/// A panic whose message takes and ends an interrupts-off section, while the clock
/// has an interruption to give.
fn panic_report() -> Result<(), NotPassed> {
    struct Message;
    impl fmt::Display for Message {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let before = cpu::interrupts_enabled();
            cpu::without_interrupts(|| ());
            // SAFETY: C4: broken on purpose: one too many, of sections whose code
            // doesn't run again.
            unsafe { cpu::pop_interrupts_off() };
            let after = cpu::interrupts_enabled();
            write!(f, "interrupts in the report: {before}, {after}")
        }
    }
    crate::timer::start(100, || println!("# a tick in the report"));
    panic!("{Message}")
}

fn panic_in_interrupt() -> Result<(), NotPassed> {
    crate::timer::start(100, || panic!("in an interrupt handler, on purpose"));
    loop {
        cpu::relax();
    }
}

fn section_ended_twice() -> Result<(), NotPassed> {
    // SAFETY: C4: no section ends that is anybody's: the kernel stops.
    unsafe { cpu::pop_interrupts_off() };
    Ok(())
}

fn lock_twice() -> Result<(), NotPassed> {
    static LOCK: Lock<u64, { rank::TEST }> = Lock::new(0);
    let _first = LOCK.lock();
    let _second = LOCK.lock();
    Ok(())
}

fn lock_order() -> Result<(), NotPassed> {
    static OUTER: Lock<u64, { rank::TEST }> = Lock::new(0);
    static INNER: Lock<u64, { rank::HEAP }> = Lock::new(0);
    let _inner = INNER.lock();
    let _outer = OUTER.lock();
    Ok(())
}

/// Panics while it is printed.
struct Panicking;

impl fmt::Display for Panicking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half of it ")?;
        println!("# inner {}", format_args!("{}", Inner));
        f.write_str("the other half")
    }
}

struct Inner;

impl fmt::Display for Inner {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("in a Display, on purpose");
    }
}

fn panic_in_display() -> Result<(), NotPassed> {
    println!("# outer {Panicking}");
    Ok(())
}

fn print_under_lock() -> Result<(), NotPassed> {
    static LOCK: Lock<u64, { rank::HEAP }> = Lock::new(0);
    let _held = LOCK.lock();
    println!("# never seen");
    Ok(())
}

selftest!("ending.fail", fail, on_request);
selftest!("ending.panic", panic, on_request);
selftest!("ending.wild_store", wild_store, on_request);
selftest!("ending.null_store", null_store, on_request);
selftest!("ending.exec_data", exec_data, on_request);
selftest!("ending.no_tables", no_tables, on_request);
selftest!("ending.no_translation", no_translation, on_request);
selftest!("ending.stack_overflow", stack_overflow, on_request);
selftest!("ending.hang", hang, on_request);
selftest!("ending.power_off", power_off, on_request);
selftest!("ending.disabled_wait", disabled_wait, on_request);
selftest!("ending.silent_power_off", silent_power_off, on_request);
selftest!(
    "ending.power_off_with_lock",
    power_off_with_lock,
    on_request
);
selftest!("ending.disabled_wait_at_0", disabled_wait_at_0, on_request);
selftest!(
    "ending.disabled_wait_at_ffe",
    disabled_wait_at_ffe,
    on_request
);
selftest!(
    "ending.hang_with_interrupts_off",
    hang_with_interrupts_off,
    on_request
);
selftest!("ending.sleep_for_good", sleep_for_good, on_request);
selftest!("ending.no_answer", no_answer, on_request);
selftest!("ending.early_percpu", early_percpu, on_request);
selftest!("ending.panic_report", panic_report, on_request);
selftest!("ending.panic_in_interrupt", panic_in_interrupt, on_request);
selftest!(
    "ending.section_ended_twice",
    section_ended_twice,
    on_request
);
selftest!("ending.lock_twice", lock_twice, on_request);
selftest!("ending.lock_order", lock_order, on_request);
selftest!("ending.panic_in_display", panic_in_display, on_request);
selftest!("ending.print_under_lock", print_under_lock, on_request);
