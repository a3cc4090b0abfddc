//! Commands on each CPU: what it does, its lowcore (`lowcore.rs`), its interruptions, its
//! calls, its locks.

use super::command::{Action, Command, none, possible_cpu};
use super::error::Error;
use super::lowcore::{held_by, prefix, print_psws, show_lowcore};
use super::row::row;
use crate::backtrace::Address;
use crate::cpu_states::{WaitsFor, print_walk};
use crate::sync::Ranks;
use crate::sync::counting::summaries;
use crate::sync::rank;
use crate::waiting::{self, Wait};
use crate::{cpus, interrupts, percpu, println, smp};
use arch::backtrace::{Step, Walk};
use arch::lowcore::Lowcore;
use arch::psw::Mask;
use arch::stack;
use core::mem::offset_of;
use this_cpu::Variable;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "cpus",
        arguments: "",
        help: "shows what each CPU has, and what it waits for",
        look: "The prefix is where its lowcore is: what it calls real 0. The offset turns a\n\
               handle into the address of its copy.",
        example: "cpus",
        action: Action::Run(processors),
    },
    Command {
        name: "lowcore",
        arguments: "[CPU]",
        help: "shows a CPU's lowcore, word by word",
        look: "Each CPU has its own at real address 0, by prefixing. Byte 816 is the offset that\n\
               per-CPU accesses add; the new PSWs are where interruptions go.",
        example: "lowcore {cpu}",
        action: Action::Run(show_lowcore),
    },
    Command {
        name: "irq",
        arguments: "",
        help: "counts interruptions, and shows their handlers",
        look: "The counts are per-CPU variables themselves: pcpu kernel::interrupts::SIGNALS",
        example: "irq",
        action: Action::Run(interruptions),
    },
    Command {
        name: "bt",
        arguments: "[CPU]",
        help: "shows the calls that a CPU is in",
        look: "Another CPU is stopped for a look, and goes on. An idle one waits for an interruption.",
        example: "bt {cpu}",
        action: Action::Run(backtrace),
    },
    Command {
        name: "locks",
        arguments: "",
        help: "shows the locks: rank, holders, who waits",
        look: "A CPU takes locks by rank, from the top of this list down, so no two wait for each\n\
               other. Most holds are shorter than this look. Counts: boot with --append lockstat.",
        example: "locks",
        action: Action::Run(locks),
    },
];

fn processors<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    none(arguments)?;
    println!("cpu  address  state     prefix      offset              holds; waits");
    for cpu in 0..cpus::possible() {
        let offset = percpu::offset(cpu);
        match (cpus::is_online(cpu), cpus::address(cpu)) {
            (true, Some(address)) => {
                let prefix = prefix(cpu)?;
                let held = held_by(prefix);
                let marks = if held == 0 { " nothing" } else { "" };
                let this = match cpu == arch::cpu::number() {
                    true => "; runs this command",
                    false => "",
                };
                row!(
                    "{cpu:<4} {address:<8} online    {prefix:#010x}  {offset:#018x} {marks}{}{}{this}",
                    Ranks(held),
                    Waits(waiting::of(cpu))
                );
            }
            (_, Some(address)) => {
                row!(
                    "{cpu:<4} {address:<8} offline   -           {offset:#018x}  -; cpu online {cpu}"
                );
            }
            (_, None) => row!("{cpu:<4} -        possible  -           {offset:#018x}  -"),
        }
    }
    println!("next: lowcore 0; bt 0; irq; locks");
    Ok(())
}

/// What a CPU waits for, behind a semicolon.
struct Waits(Option<Wait>);

impl core::fmt::Display for Waits {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Some(wait) => write!(f, "; waits {}", WaitsFor(wait)),
            None => Ok(()),
        }
    }
}

fn interruptions<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    none(arguments)?;
    println!("cpu             clock      signals       others");
    for cpu in 0..cpus::possible() {
        let read = |copy: Option<this_cpu::Remote<'_, u64>>| copy.map_or(0, |copy| copy.read());
        println!(
            "{cpu:<8} {:>12} {:>12} {:>12}",
            read(interrupts::CLOCK.on(cpu)),
            read(interrupts::SIGNALS.on(cpu)),
            read(interrupts::OTHERS.on(cpu))
        );
    }
    println!("handlers, by the new PSWs of this CPU's lowcore:");
    print_psws(offset_of!(Lowcore, new), "new")?;
    println!("next: pcpu kernel::interrupts::SIGNALS; lowcore");
    Ok(())
}

/// Calls that are kept of a CPU that was stopped.
const STEPS: usize = 64;

fn backtrace<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let this = arch::cpu::number();
    let cpu = match arguments {
        [] => this,
        [cpu] => possible_cpu(cpu)?,
        _ => return Err(Error::Expected("nothing, or a CPU's number")),
    };
    if cpu == this {
        println!("cpu {cpu} runs this command:");
        print_walk(Walk::from(stack::pointer()));
        println!("next: lowcore {cpu}; cpus");
        return Ok(());
    }
    if !cpus::is_online(cpu) {
        return Err(smp::Error::NotOnline(cpu).into());
    }
    let status = smp::stop(cpu)?;
    let mut steps = heapless::Vec::<Step, STEPS>::new();
    for step in Walk::of(&status.registers, status.psw.address) {
        // A longer walk is cut.
        let _ = steps.push(step);
    }
    // It may hold a lock of the console, so nothing was printed before this.
    // SAFETY: C11: stopped above; its state was only read.
    unsafe { smp::resume(cpu) }?;
    let idle = match status.psw.mask.contains(Mask::WAIT) {
        true => ", which waits for an interruption",
        false => "",
    };
    println!("cpu {cpu}{idle}:");
    println!("    {}", Address(status.psw.address));
    println!("    {} (register 14)", Address(status.registers[14]));
    for step in steps {
        match step {
            Step::Return(address) => println!("    {}", Address(address)),
            Step::Interrupted(address) => println!("    {} (interrupted)", Address(address)),
        }
    }
    println!("next: dis {:#x}; lowcore {cpu}; cpus", status.psw.address);
    Ok(())
}

fn locks<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    none(arguments)?;
    let mut held = heapless::Vec::<(u32, u32), { arch::MAX_CPUS }>::new();
    for cpu in cpus::online() {
        // There is room for every CPU.
        let _ = held.push((cpu, held_by(prefix(cpu)?)));
    }
    println!("rank  lock                    taken  contended  holders; who waits");
    let mut counted = summaries().into_iter().flatten();
    for (number, name) in rank::NAMES.iter().enumerate() {
        let (count, contended) = match counted.next() {
            Some((_, summary)) => (Some(summary.count), Some(summary.contended)),
            None => (None, None),
        };
        let waits = move |&cpu: &u32| {
            let wait = waiting::of(cpu);
            matches!(wait, Some(Wait::Lock { rank, .. }) if usize::from(rank) == number)
        };
        let holders = || {
            let holds = held.iter().filter(|(_, ranks)| ranks >> number & 1 != 0);
            holds.map(|&(cpu, _)| cpu)
        };
        row!(
            "{number:<5} {name:<18} {:>10} {:>10}  {}{}",
            OrDash(count),
            OrDash(contended),
            Cpus("held by cpu", holders),
            Cpus("; waited for by cpu", || cpus::online().filter(waits))
        );
    }
    println!("next: lockstat; cpus");
    Ok(())
}

/// A number, or a dash where nothing is counted.
struct OrDash(Option<u64>);

impl core::fmt::Display for OrDash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match &self.0 {
            Some(value) => core::fmt::Display::fmt(value, f),
            None => f.pad("-"),
        }
    }
}

/// Words, and the numbers of CPUs; nothing if there are none.
struct Cpus<F>(&'static str, F);

impl<F: Fn() -> I, I: Iterator<Item = u32>> core::fmt::Display for Cpus<F> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (number, cpu) in (self.1)().enumerate() {
            match number {
                0 => write!(f, "{} {cpu}", self.0)?,
                _ => write!(f, ", {cpu}")?,
            }
        }
        Ok(())
    }
}
