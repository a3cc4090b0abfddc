//! The ways a run can end badly, each on request: `selftest=ending.NAME`.
//!
//! They are what the runner is tested with: every one must make it exit
//! non-zero, and say which.

use super::Outcome;
use crate::control::PowerOffBy;
use crate::sync::{Lock, rank};
use crate::{check, println, selftest};
use arch::{cpu, lowcore};
use core::arch::asm;
use core::fmt;
use this_cpu::Variable;

fn fail() -> Result<(), Outcome> {
    check!(1 + 1 == 3, "this test fails on purpose");
    Ok(())
}

fn panic() -> Result<(), Outcome> {
    panic!("on purpose");
}

fn wild_store() -> Result<(), Outcome> {
    // SAFETY: C7: the store is refused, and the run ends; that is the point.
    unsafe { asm!("mvi 0({}), 1", in(reg_addr) 0xbad_0000_0000usize) };
    Ok(())
}

fn null_store() -> Result<(), Outcome> {
    // SAFETY: C7: the store is refused, and the run ends; that is the point.
    unsafe { asm!("mvi 0({}), 1", in(reg_addr) 0usize) };
    Ok(())
}

fn exec_data() -> Result<(), Outcome> {
    let data = [0x07feu16; 4];
    // SAFETY: C7: the fetch is refused, and the run ends; that is the point.
    unsafe { asm!("basr %r14, {}", in(reg_addr) data.as_ptr(), out("r14") _) };
    Ok(())
}

fn stack_overflow() -> Result<(), Outcome> {
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

fn hang() -> Result<(), Outcome> {
    println!("# hangs on purpose");
    loop {
        cpu::relax();
    }
}

fn power_off() -> Result<(), Outcome> {
    println!("# powers off before the plan is complete");
    crate::power::off(PowerOffBy::End)
}

fn disabled_wait() -> Result<(), Outcome> {
    println!("# loads a disabled wait that isn't a power-off");
    // QEMU ends the run once no CPU is left that runs or waits.
    crate::smp::stop_others().map_err(super::failed)?;
    arch::power::crash()
}

fn early_percpu() -> Result<(), Outcome> {
    // SAFETY: P2: per-CPU accesses are refused from here on, and end the run.
    unsafe { lowcore::set_per_cpu_offset(lowcore::OFFSET_BEFORE_SETUP as usize) };
    crate::interrupts::CLOCK.inc();
    Ok(())
}

/// A panic whose message takes and ends an interrupts-off section, while the clock
/// has an interruption to give.
fn panic_report() -> Result<(), Outcome> {
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

fn panic_in_interrupt() -> Result<(), Outcome> {
    crate::timer::start(100, || panic!("in an interrupt handler, on purpose"));
    loop {
        cpu::relax();
    }
}

fn lock_twice() -> Result<(), Outcome> {
    static LOCK: Lock<u64, { rank::TEST }> = Lock::new(0);
    let _first = LOCK.lock();
    let _second = LOCK.lock();
    Ok(())
}

fn lock_order() -> Result<(), Outcome> {
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

fn panic_in_display() -> Result<(), Outcome> {
    println!("# outer {Panicking}");
    Ok(())
}

fn print_under_lock() -> Result<(), Outcome> {
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
selftest!("ending.stack_overflow", stack_overflow, on_request);
selftest!("ending.hang", hang, on_request);
selftest!("ending.power_off", power_off, on_request);
selftest!("ending.disabled_wait", disabled_wait, on_request);
selftest!("ending.early_percpu", early_percpu, on_request);
selftest!("ending.panic_report", panic_report, on_request);
selftest!("ending.panic_in_interrupt", panic_in_interrupt, on_request);
selftest!("ending.lock_twice", lock_twice, on_request);
selftest!("ending.lock_order", lock_order, on_request);
selftest!("ending.panic_in_display", panic_in_display, on_request);
selftest!("ending.print_under_lock", print_under_lock, on_request);
