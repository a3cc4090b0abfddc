//! Commands on each CPU: what it does, its lowcore, its interruptions, its calls, its locks.

use super::command::{Action, Command, none, possible_cpu};
use super::error::Error;
use super::row::row;
use super::shown::number_of;
use crate::backtrace::Address;
use crate::cpu_states::{WaitsFor, print_walk};
use crate::sync::Ranks;
use crate::sync::counting::summaries;
use crate::sync::rank;
use crate::waiting::{self, Wait};
use crate::{cpus, interrupts, percpu, println, smp};
use arch::backtrace::{Step, Walk};
use arch::lowcore::{self, Classes, Lowcore};
use arch::psw::{Mask, Psw};
use arch::{fault_safe, stack};
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

/// Absolute address of an online CPU's lowcore.
fn prefix(cpu: u32) -> Result<u32, smp::Error> {
    smp::run_on(cpu, lowcore::prefix_of_this_cpu)
}

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

/// Ranks of the locks that the CPU of this prefix holds.
fn held_by(prefix: u32) -> u32 {
    let at = lowcore::real_address(prefix) + offset_of!(Lowcore, held_ranks);
    fault_safe::read_u32(at).unwrap_or(0) & !lowcore::LOCKS_COUNTED
}

/// A word of the lowcore: where, how many bytes, what.
type Word = (usize, usize, &'static str);

/// What is shown of it, in its order.
const WORDS: [Word; 21] = [
    (
        offset_of!(Lowcore, external),
        8,
        "external interruption: parameter, CPU, code",
    ),
    (
        offset_of!(Lowcore, supervisor_call),
        4,
        "supervisor call: length, code",
    ),
    (
        offset_of!(Lowcore, program),
        8,
        "program check: length, code, data-exception code",
    ),
    (
        offset_of!(Lowcore, teid),
        8,
        "translation-exception identification",
    ),
    (
        offset_of!(Lowcore, machine_check),
        8,
        "machine-check interruption code",
    ),
    (
        offset_of!(Lowcore, breaking_event),
        8,
        "breaking-event address",
    ),
    (
        offset_of!(Lowcore, interrupt_stack),
        8,
        "stack of external, I/O, supervisor call",
    ),
    (
        offset_of!(Lowcore, fault_stack),
        8,
        "stack of program and machine checks, restart",
    ),
    (
        offset_of!(Lowcore, fault_depth),
        8,
        "faults not yet returned from",
    ),
    (
        offset_of!(Lowcore, catch),
        8,
        "stack pointer of the innermost catch",
    ),
    (
        offset_of!(Lowcore, per_cpu_offset),
        8,
        "per-CPU offset: byte 816, what accesses add",
    ),
    (
        offset_of!(Lowcore, cpu_number),
        4,
        "this CPU's number: byte 824",
    ),
    (offset_of!(Lowcore, cpu_address), 4, "its address, for SIGP"),
    (
        offset_of!(Lowcore, interrupt_depth),
        4,
        "interrupts-off sections that it is in",
    ),
    (
        offset_of!(Lowcore, interrupt_state),
        4,
        "whether interruptions were on before",
    ),
    (
        offset_of!(Lowcore, held_ranks),
        4,
        "ranks of the locks that it holds",
    ),
    (
        offset_of!(Lowcore, lock_mark),
        4,
        "what stands for it in a lock",
    ),
    (
        offset_of!(Lowcore, writable),
        8,
        "where this page can be written",
    ),
    (
        offset_of!(Lowcore, section_start),
        8,
        "when the outermost section began, if counted",
    ),
    (
        offset_of!(Lowcore, start_stack),
        8,
        "stack that it was started on",
    ),
    (
        offset_of!(Lowcore, start_function),
        8,
        "function that it was started with",
    ),
];

/// The interruption classes, and where their PSWs are in [`Classes`].
const CLASSES: [(usize, &str); 6] = [
    (offset_of!(Classes, restart), "restart"),
    (offset_of!(Classes, external), "external"),
    (offset_of!(Classes, supervisor_call), "supervisor call"),
    (offset_of!(Classes, program), "program check"),
    (offset_of!(Classes, machine_check), "machine check"),
    (offset_of!(Classes, io), "I/O"),
];

fn show_lowcore<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let cpu = match arguments {
        [] => arch::cpu::number(),
        [cpu] => possible_cpu(cpu)?,
        _ => return Err(Error::Expected("nothing, or a CPU's number")),
    };
    let prefix = prefix(cpu)?;
    let start = lowcore::real_address(prefix);
    println!(
        "cpu {cpu}: prefix {prefix:#x}: its real addresses 0 to 0x1fff are absolute {prefix:#x} on"
    );
    row!(
        "read from {start:#x}; on cpu {cpu} the same bytes are at 0, and x 330 there shows byte 816"
    );
    for (offset, size, what) in WORDS {
        let mut bytes = [0; 8];
        let bytes = &mut bytes[..size];
        fault_safe::read_bytes(start + offset, bytes)?;
        row!(
            "  {offset:#05x} {:<20} {what}",
            Padded {
                value: number_of(bytes),
                size
            }
        );
    }
    print_psws(start + offset_of!(Lowcore, old), "old")?;
    print_psws(start + offset_of!(Lowcore, new), "new")?;
    println!(
        "next: bt {cpu}; irq; cpus; x/1xg {:#x}",
        start + offset_of!(Lowcore, per_cpu_offset)
    );
    Ok(())
}

/// A number in as many hexadecimal digits as it has.
struct Padded {
    value: u64,
    size: usize,
}

impl core::fmt::Display for Padded {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut text = heapless::String::<24>::new();
        core::fmt::write(
            &mut text,
            format_args!("{:#0width$x}", self.value, width = 2 + 2 * self.size),
        )?;
        f.pad(&text)
    }
}

fn print_psws<'line>(start: usize, which: &str) -> Result<(), Error<'line>> {
    for (offset, class) in CLASSES {
        let psw = start + offset;
        let mask = fault_safe::read_u64(psw + offset_of!(Psw, mask))?;
        let address = fault_safe::read_u64(psw + offset_of!(Psw, address))?;
        let at = psw % lowcore::SIZE;
        match (mask, address) {
            (0, 0) => row!("  {at:#05x} {which} PSW, {class}: never stored"),
            _ => row!(
                "  {at:#05x} {which} PSW, {class}: {mask:#018x} {}",
                Address(address)
            ),
        }
    }
    Ok(())
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
    for step in Walk::from(status.registers[15]) {
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
