//! What CPUs were doing when they were stopped, for reports. Takes no memory, and never
//! waits.

use crate::activity::{self, Activity};
use crate::backtrace::Address;
use crate::smp::{thread, timers};
use crate::sync::Ranks;
use crate::waiting::{self, Wait};
use crate::{cpus, println, smp};
use arch::backtrace::{Step, Walk};
use arch::psw::Mask;
use arch::sigp::Status;
use core::fmt;

/// CPUs that are shown in full; of others that aren't idle only where they were.
const SHOWN: usize = 16;

/// What a CPU waits for, as a report says it.
pub struct WaitsFor(pub Wait);

impl fmt::Display for WaitsFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let holder = |f: &mut fmt::Formatter<'_>, cpu: Option<u32>, has: &str| match cpu {
            Some(cpu) => write!(f, ", which cpu {cpu} {has}"),
            None => f.write_str(", which is free"),
        };
        match self.0 {
            Wait::Lock { rank, holder: cpu } => {
                write!(f, "for the lock of{}", Ranks(1 << rank))?;
                holder(f, cpu, "holds")
            }
            Wait::Caller(cpu) => {
                f.write_str("for the right to call other CPUs")?;
                holder(f, cpu, "has")
            }
            Wait::Call(cpu) => write!(f, "for cpu {cpu}, which it called"),
        }
    }
}

/// Prints the calls that led to where a stack pointer was.
pub fn print_walk(walk: Walk) {
    for step in walk {
        match step {
            Step::Return(address) => println!("    {}", Address(address)),
            Step::Interrupted(address) => println!("    {} (interrupted)", Address(address)),
        }
    }
}

/// Prints what a CPU was doing that has stopped.
pub fn print(cpu: u32, status: &Status) {
    let Status { psw, registers, .. } = status;
    print_head(cpu, status);
    println!("  PSW {:#018x} {:#018x}", psw.mask.bits(), psw.address);
    println!("  backtrace:");
    println!("    {}", Address(psw.address));
    // A function that hasn't stored a frame yet returns through register 14.
    println!("    {} (register 14)", Address(registers[14]));
    print_walk(Walk::of(registers, psw.address));
    print_activity(cpu);
}

/// Prints what a CPU does for modules, however it has lost its way since.
pub fn print_activity(cpu: u32) {
    if let Some(Activity { kind, address, .. }) = activity::of(cpu) {
        println!("  for a module: {kind}: {}", Address(address));
    }
    if let Some(timer) = timers::called_on(cpu) {
        println!("  for the timer at {}", Address(timer));
    }
    if let Some(thread) = thread::on(cpu) {
        println!("  in thread {}: {}", thread.name(), Address(thread.code()));
        if let Some(work_item) = thread.work_item() {
            println!("    of the work at {}", Address(work_item));
        }
    }
}

fn print_head(cpu: u32, status: &Status) {
    let held = status.held_ranks();
    let is_waiting = waiting::of(cpu);
    let holds = if held == 0 { "" } else { "; holds" };
    match is_waiting {
        Some(wait) => println!("cpu {cpu} waits {}{holds}{}", WaitsFor(wait), Ranks(held)),
        None => println!(
            "cpu {cpu} at {}{holds}{}",
            Address(status.psw.address),
            Ranks(held)
        ),
    }
}

/// Prints what every other CPU was doing; all have stopped, or can't be looked at.
pub fn print_others() {
    let this = arch::cpu::number();
    let others = || cpus::running().filter(move |&cpu| cpu != this);
    let mut shown = 0;
    for cpu in others() {
        match smp::status(cpu) {
            Ok(status) if is_idle(cpu, &status) => {}
            Ok(status) if shown < SHOWN => {
                print(cpu, &status);
                shown += 1;
            }
            Ok(status) => print_head(cpu, &status),
            Err(error) => println!("  {error}"),
        }
    }
    let idle = |cpu: &u32| smp::status(*cpu).is_ok_and(|status| is_idle(*cpu, &status));
    if others().any(|cpu| idle(&cpu)) {
        println!("  idle cpus:{}", Runs(|| others().filter(idle)));
    }
}

/// Whether the CPU waits for anything to do: that an interruption can bring.
fn is_idle(cpu: u32, status: &Status) -> bool {
    let waits = Mask::WAIT | Mask::EXTERNAL;
    status.psw.mask.contains(waits) && waiting::of(cpu).is_none()
}

/// Numbers, those in a row as `first-last`.
struct Runs<F>(F);

impl<F: Fn() -> I, I: Iterator<Item = u32>> fmt::Display for Runs<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut numbers = (self.0)().peekable();
        while let Some(first) = numbers.next() {
            let mut last = first;
            while let Some(next) = numbers.next_if_eq(&(last + 1)) {
                last = next;
            }
            match last - first {
                0 => write!(f, " {first}")?,
                _ => write!(f, " {first}-{last}")?,
            }
        }
        Ok(())
    }
}
