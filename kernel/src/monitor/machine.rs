//! Commands on CPUs and memory, and the end of the run.

use super::command::{Action, Command, cpu_number, none};
use super::error::Error;
use crate::console::{self, Losses};
use crate::memory::{self, slab, vmalloc};
use crate::{control, cpus, interrupts, modules, percpu, println, smp, warning};
use core::fmt;
use this_cpu::Variable;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "cpu",
        arguments: "[online N|offline N|states]",
        help: "lists the CPUs, starts one, has one leave",
        look: "The offset is what turns a handle into that CPU's copy; it is in its lowcore, byte 816.\n\
               A CPU that leaves keeps its unit: its copies stay as they are, and others reach them.\n\
               states lists what modules have called when CPUs come and go.",
        example: "cpu",
        action: Action::Run(cpu),
    },
    Command {
        name: "meminfo",
        arguments: "",
        help: "shows memory in use",
        look: "The same before and after: nothing leaked.",
        example: "meminfo",
        action: Action::Run(meminfo),
    },
    Command {
        name: "poweroff",
        arguments: "",
        help: "ends the run",
        look: "The end of the machine, and of this program with it.",
        example: "poweroff",
        action: Action::PowerOff,
    },
];

fn cpu<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    match arguments {
        [] => list_cpus(),
        ["online", number] => smp::start(cpu_number(number)?)?,
        ["offline", number] => smp::offline(cpu_number(number)?)?,
        ["states"] => list_states()?,
        _ => return Err(Error::Expected("nothing, online N, offline N, or states")),
    }
    Ok(())
}

fn list_states<'line>() -> Result<(), Error<'line>> {
    let states = smp::states::lock()?;
    println!("state  name");
    for (number, name) in states.iter() {
        println!("{number:#05x}  {name}");
    }
    println!("next: cpu offline 1; cpu online 1");
    Ok(())
}

fn list_cpus() {
    println!("cpu  address  state    offset              clock interrupts  signals");
    for cpu in 0..cpus::possible() {
        let address = cpus::address(cpu);
        let state = match (cpus::is_online(cpu), address) {
            (true, _) => "online",
            (false, Some(_)) => "offline",
            (false, None) => "possible",
        };
        let read = |copy: Option<this_cpu::Remote<'_, u64>>| copy.map_or(0, |copy| copy.read());
        println!(
            "{cpu:<4} {:<8} {state:<8} {:#018x}  {:<16}  {}",
            OrDash(address),
            percpu::offset(cpu),
            read(interrupts::CLOCK.on(cpu)),
            read(interrupts::SIGNALS.on(cpu))
        );
    }
}

/// A value, or a dash where there is none.
struct OrDash<T>(Option<T>);

impl<T: fmt::Display> fmt::Display for OrDash<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.pad("-"),
        }
    }
}

fn meminfo<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    none(arguments)?;
    // What CPUs keep for their next allocations is in use by nobody.
    slab::shrink();
    percpu::trim();
    let frames = memory::frame_count();
    let (areas, bytes) = vmalloc::count();
    let (used, size) = memory::heap_used();
    println!(
        "page frames: {} of {} free, {} hold translation tables",
        frames.free, frames.total, frames.tables
    );
    println!(
        "slabs: {} page frames hold records of others, and stay",
        slab::descriptor_frames()
    );
    println!("vmalloc: {areas} areas, {bytes} bytes");
    println!("heap: {used} of {size} bytes in use");
    println!("exported symbols: {}", modules::symbol_count());
    let Losses {
        refused,
        cut,
        too_deep,
    } = console::losses();
    println!("console: {refused} writes lost, {cut} lines cut, {too_deep} lost inside others");
    println!("control channel: {} lines lost", control::lost());
    println!("warnings: {}", warning::count());
    Ok(())
}
