//! Commands on CPUs and memory, and the end of the run.

use super::command::{Command, text};
use crate::memory::{self, vmalloc};
use crate::{command_line, console, cpus, interrupts, modules, percpu, power, println, smp};
use alloc::format;
use alloc::string::String;
use this_cpu::Variable;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "cpu",
        arguments: "[online N]",
        help: "lists the CPUs, or starts one",
        run: cpu,
    },
    Command {
        name: "meminfo",
        arguments: "",
        help: "shows memory in use",
        run: meminfo,
    },
    Command {
        name: "poweroff",
        arguments: "",
        help: "ends the run",
        run: poweroff,
    },
];

fn cpu(arguments: &[&'static str]) -> Result<(), String> {
    match arguments {
        [] => {}
        ["online", number] => {
            let number = command_line::number(number).and_then(|number| number.try_into().ok());
            return text(smp::start(number.ok_or("expected a CPU's number")?));
        }
        _ => return Err("expected nothing, or: online N".into()),
    }
    println!("cpu  address  state    offset              clock interrupts  signals");
    for cpu in 0..cpus::possible() {
        let state = match (cpus::is_online(cpu), cpus::address(cpu)) {
            (true, _) => "online",
            (false, Some(_)) => "offline",
            (false, None) => "possible",
        };
        let address = cpus::address(cpu).map_or(String::from("-"), |a| format!("{a}"));
        let read = |copy: Option<this_cpu::Remote<'_, u64>>| copy.map_or(0, |copy| copy.read());
        println!(
            "{cpu:<4} {address:<8} {state:<8} {:#018x}  {:<16}  {}",
            percpu::offset(cpu),
            read(interrupts::CLOCK.on(cpu)),
            read(interrupts::SIGNALS.on(cpu))
        );
    }
    Ok(())
}

fn meminfo(_: &[&'static str]) -> Result<(), String> {
    let frames = memory::frame_count();
    let (areas, bytes) = vmalloc::count();
    let (used, size) = memory::heap_used();
    println!(
        "page frames: {} of {} free, {} hold translation tables",
        frames.free, frames.total, frames.tables
    );
    println!("vmalloc: {areas} areas, {bytes} bytes");
    println!("heap: {used} of {size} bytes in use");
    println!("exported symbols: {}", modules::symbol_count());
    println!("console: {} writes lost", console::lost());
    Ok(())
}

fn poweroff(_: &[&'static str]) -> Result<(), String> {
    power::off()
}
