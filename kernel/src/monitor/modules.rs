//! Commands on modules and what they export.

use super::command::{Command, one, text};
use crate::{command_line, cpus, initrd, modules, println, smp};
use alloc::format;
use alloc::string::String;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
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
];

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
        println!("{}", text(modules::link_only(name, unresolved))?);
        return Ok(());
    }
    let (name, words) = arguments.split_first().ok_or("expected a module's name")?;
    text(modules::load_with(name, words))
}

fn modprobe(arguments: &[&'static str]) -> Result<(), String> {
    let (name, words) = arguments.split_first().ok_or("expected a module's name")?;
    text(modules::load_with_dependencies(name, words))
}

fn rmmod(arguments: &[&'static str]) -> Result<(), String> {
    text(modules::unload(one(arguments, "a module's name")?))
}

fn modinfo(arguments: &[&'static str]) -> Result<(), String> {
    text(modules::print_modinfo(one(arguments, "a module's name")?))
}

fn lsmod(_: &[&'static str]) -> Result<(), String> {
    text(modules::list())
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
    for cpu in cpus::online() {
        // SAFETY: L3: who types the command answers for what the function does with it.
        let called = smp::run_on(cpu, || unsafe { modules::call(symbol, argument) });
        let result = called.map_err(|error| format!("{error}"))?;
        let value = result.map_err(|error| format!("{error}"))?;
        println!("cpu {cpu}: {symbol}({argument}) = {value:#x}");
    }
    Ok(())
}

fn exports(_: &[&'static str]) -> Result<(), String> {
    text(modules::exports())
}

fn ls(_: &[&'static str]) -> Result<(), String> {
    initrd::files().for_each(|file| println!("{:>8} {}", file.data.len(), file.path));
    Ok(())
}
