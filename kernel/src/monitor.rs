//! The monitor: a small command interpreter, for `--run` and for a person.
//!
//! A command is a line of words. Each either succeeds or says why not; `--run`
//! counts the failures and prints the sum as its last line.

use crate::memory::{self, vmalloc};
use crate::{command_line, console, initrd, interrupts, modules, percpu, println, selftest, smp};
use alloc::format;
use alloc::string::String;
use arch::cpu;
use this_cpu::Variable;

/// A command.
struct Command {
    name: &'static str,
    arguments: &'static str,
    help: &'static str,
    run: fn(&[&'static str]) -> Result<(), String>,
}

const COMMANDS: [Command; 15] = [
    Command {
        name: "help",
        arguments: "",
        help: "lists the commands",
        run: help,
    },
    Command {
        name: "insmod",
        arguments: "NAME [P=VALUE]..",
        help: "loads a module; --link-only [--unresolved ADDRESS] NAME: runs nothing",
        run: insmod,
    },
    Command {
        name: "modprobe",
        arguments: "NAME [P=VALUE]..",
        help: "loads a module and what it needs",
        run: modprobe,
    },
    Command {
        name: "rmmod",
        arguments: "NAME",
        help: "unloads a module",
        run: rmmod,
    },
    Command {
        name: "lsmod",
        arguments: "",
        help: "lists the modules",
        run: lsmod,
    },
    Command {
        name: "modinfo",
        arguments: "NAME",
        help: "shows what a module's file says of it",
        run: modinfo,
    },
    Command {
        name: "call",
        arguments: "SYMBOL [NUMBER]",
        help: "calls an exported function on every CPU",
        run: call,
    },
    Command {
        name: "exports",
        arguments: "",
        help: "lists what kernel and modules export, as in System.map",
        run: exports,
    },
    Command {
        name: "ls",
        arguments: "",
        help: "lists the initrd's files",
        run: ls,
    },
    Command {
        name: "selftest",
        arguments: "[GLOB]",
        help: "runs self-tests",
        run: selftests,
    },
    Command {
        name: "cpu",
        arguments: "[online N]",
        help: "lists the CPUs, or starts one",
        run: cpus,
    },
    Command {
        name: "percpu",
        arguments: "[ADDRESS]",
        help: "shows the per-CPU allocator's statistics, or what an address or handle is",
        run: per_cpu,
    },
    Command {
        name: "meminfo",
        arguments: "",
        help: "shows memory in use",
        run: meminfo,
    },
    Command {
        name: "bench",
        arguments: "[GROUP]",
        help: "measures; counts instructions under -icount",
        run: bench,
    },
    Command {
        name: "poweroff",
        arguments: "",
        help: "ends the run",
        run: poweroff,
    },
];

/// Carries out a command line.
fn execute(line: &'static str) -> Result<(), String> {
    let mut words = alloc::vec::Vec::new();
    words.extend(line.split_ascii_whitespace());
    let Some((&name, arguments)) = words.split_first() else {
        return Ok(());
    };
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(arguments),
        None => Err(format!("{name}: no such command; try help")),
    }
}

/// Carries out the commands of `--run`, one a line, and prints the sum.
pub fn run(script: &'static [u8]) {
    let script = core::str::from_utf8(script).unwrap_or("");
    let (mut commands, mut failed) = (0, 0);
    for line in script.lines().filter(|line| !line.trim().is_empty()) {
        println!("> {line}");
        commands += 1;
        if let Err(error) = execute(line) {
            println!("{error}");
            failed += 1;
        }
        percpu::balance();
    }
    println!("run: {commands} commands, {failed} failed");
}

/// Reads commands from the console until `poweroff`. The terminal echoes.
pub fn interactive() {
    println!("Type help for the commands, poweroff to end.");
    let mut typed = String::new();
    loop {
        console::print("> ");
        let line = read_line(&mut typed);
        // Names given to commands outlive them: the loader keeps some.
        if let Err(error) = execute(String::leak(line)) {
            println!("{error}");
        }
        percpu::balance();
    }
}

/// The next line; what was typed beyond it stays in `typed`.
fn read_line(typed: &mut String) -> String {
    loop {
        if let Some(end) = typed.find('\n') {
            let rest = typed.split_off(end + 1);
            let line = core::mem::replace(typed, rest);
            return line;
        }
        // The closure must not allocate: a read brings no more than this.
        typed.reserve(arch::sclp::console::BLOCK);
        // What comes in between is a service signal, and ends the wait at once.
        cpu::wait_for_interrupt_unless(|| {
            let before = typed.len();
            console::read(|byte| match byte {
                b'\r' | b'\n' => typed.push('\n'),
                b' '..=b'~' => typed.push(byte.into()),
                _ => {}
            });
            typed.len() != before
        });
    }
}

fn one<'a>(arguments: &[&'a str], what: &str) -> Result<&'a str, String> {
    match arguments {
        [argument] => Ok(argument),
        _ => Err(format!("expected {what}")),
    }
}

fn told<T, E: core::fmt::Display>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| format!("{error}"))
}

fn help(_: &[&'static str]) -> Result<(), String> {
    for command in &COMMANDS {
        println!(
            "{:<9} {:<16} {}",
            command.name, command.arguments, command.help
        );
    }
    Ok(())
}

fn insmod(arguments: &[&'static str]) -> Result<(), String> {
    if let ["--link-only", rest @ ..] = arguments {
        let (unresolved, name) = match rest {
            ["--unresolved", address, name] => {
                let address = command_line::number(address);
                (Some(address.ok_or("--unresolved takes an address")?), name)
            }
            [name] => (None, name),
            _ => return Err("expected --link-only [--unresolved ADDRESS] NAME".into()),
        };
        let image = told(modules::link_only(name, unresolved))?;
        image.iter().for_each(|image| println!("{image}"));
        return Ok(());
    }
    let (name, words) = arguments.split_first().ok_or("expected a module's name")?;
    told(modules::load_with(name, words))
}

fn modprobe(arguments: &[&'static str]) -> Result<(), String> {
    let (name, words) = arguments.split_first().ok_or("expected a module's name")?;
    told(modules::load_with_dependencies(name, words))
}

fn rmmod(arguments: &[&'static str]) -> Result<(), String> {
    told(modules::unload(one(arguments, "a module's name")?))
}

fn modinfo(arguments: &[&'static str]) -> Result<(), String> {
    told(modules::print_information(one(
        arguments,
        "a module's name",
    )?))
}

fn lsmod(_: &[&'static str]) -> Result<(), String> {
    modules::list();
    Ok(())
}

fn call(arguments: &[&'static str]) -> Result<(), String> {
    let (symbol, argument) = match arguments {
        [symbol] => (*symbol, 0),
        [symbol, number] => {
            let value = command_line::number(number);
            (*symbol, value.ok_or(format!("{number} is no number"))?)
        }
        _ => return Err("expected a symbol, and a number".into()),
    };
    for cpu in smp::online() {
        let called = smp::run_on(cpu, || modules::call(symbol, argument));
        let result = called.map_err(|error| format!("{error}"))?;
        let value = result.map_err(|error| format!("{error}"))?;
        println!("cpu {cpu}: {symbol}({argument}) = {value:#x}");
    }
    Ok(())
}

fn exports(_: &[&'static str]) -> Result<(), String> {
    modules::exports();
    Ok(())
}

fn ls(_: &[&'static str]) -> Result<(), String> {
    initrd::files().for_each(|file| println!("{:>8} {}", file.data.len(), file.path));
    Ok(())
}

fn selftests(arguments: &[&'static str]) -> Result<(), String> {
    let glob = match arguments {
        [] => None,
        [glob] => Some(*glob),
        _ => return Err("expected one glob".into()),
    };
    let summary = selftest::run_all(glob, command_line::Options::DEFAULT.seed);
    match summary {
        selftest::Summary {
            failed: 0,
            passed: 1..,
            ..
        } => Ok(()),
        selftest::Summary { failed: 0, .. } => Err("no self-test ran".into()),
        selftest::Summary { failed, .. } => Err(format!("{failed} self-tests failed")),
    }
}

fn cpus(arguments: &[&'static str]) -> Result<(), String> {
    match arguments {
        [] => {}
        ["online", number] => {
            let number = command_line::number(number).and_then(|number| number.try_into().ok());
            return told(smp::start(number.ok_or("expected a CPU's number")?));
        }
        _ => return Err("expected nothing, or: online N".into()),
    }
    println!("cpu  address  state    offset              clock interrupts  signals");
    for cpu in 0..smp::possible() {
        let state = match (smp::is_online(cpu), smp::address(cpu)) {
            (true, _) => "online",
            (false, Some(_)) => "offline",
            (false, None) => "possible",
        };
        let address = smp::address(cpu).map_or(String::from("-"), |a| format!("{a}"));
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

fn per_cpu(arguments: &[&'static str]) -> Result<(), String> {
    if let [address] = arguments {
        let digits = address.trim_start_matches("0x");
        let number = usize::from_str_radix(digits, 16).map_err(|_| "expected a hex number")?;
        println!("{}", percpu::Described(number));
        return Ok(());
    }
    let total = percpu::statistics(&mut |chunk| println!("{chunk}"));
    println!("{total}");
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

fn bench(arguments: &[&'static str]) -> Result<(), String> {
    match arguments {
        [] => crate::bench::run(None),
        [group] => crate::bench::run(Some(group)),
        _ => Err("expected one group".into()),
    }
}

fn poweroff(_: &[&'static str]) -> Result<(), String> {
    crate::power_off()
}
