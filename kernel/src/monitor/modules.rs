//! Commands on modules and what they export.

use super::command::{Action, Command, cpu_number, none, number, one};
use super::error::Error;
use super::interrupt;
use crate::{cpus, initrd, modules, println, smp};
use core::fmt;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "insmod",
        arguments: "[--link-only [--unresolved ADDRESS]] NAME [P=VALUE]..",
        help: "loads a module; --link-only: runs nothing of it",
        look: "A line a per-CPU variable: its handle, its GOT slot, and where each CPU's copy is.",
        example: "insmod hello",
        action: Action::Run(insmod),
    },
    Command {
        name: "modprobe",
        arguments: "NAME [P=VALUE]..",
        help: "loads a module, by its alias too, and its needs; -r unloads",
        look: "What a module needs comes first: by its symbols, or its file's word (modinfo).",
        example: "modprobe visitor",
        action: Action::Run(modprobe),
    },
    Command {
        name: "rmmod",
        arguments: "NAME",
        help: "unloads a module",
        look: "A module that others use stays: lsmod shows how many, and who. Its exit runs first.",
        example: "rmmod {module}",
        action: Action::Run(rmmod),
    },
    Command {
        name: "lsmod",
        arguments: "",
        help: "lists the modules",
        look: "Modules are far from the kernel: 0x20000000000 is 2 TiB. bytes: text and data in whole\n\
               pages; GOT and PLT are in them; per-CPU bytes are elsewhere, on every CPU.",
        example: "lsmod",
        action: Action::Run(lsmod),
    },
    Command {
        name: "modinfo",
        arguments: "NAME",
        help: "shows what a module's file says of it",
        look: "The file's own words, from its section .modinfo.",
        example: "modinfo {module}",
        action: Action::Run(modinfo),
    },
    Command {
        name: "call",
        arguments: "[@CPU] SYMBOL [N]",
        help: "calls an exported function, on every CPU or on one",
        look: "Without @CPU, on every CPU: per-CPU variables then have one more on each.",
        example: "call @{cpu} {function}",
        action: Action::Run(call),
    },
    Command {
        name: "exports",
        arguments: "",
        help: "lists what kernel and modules export, as in System.map",
        look: "T is a function, D data, R a constant; a per-CPU variable's value is its handle.",
        example: "exports",
        action: Action::Run(exports),
    },
    Command {
        name: "ls",
        arguments: "",
        help: "lists the initrd's files",
        look: "modules/ are loaded at boot, fixtures/ and ctest/ by self-tests, extra/ is --module's.",
        example: "ls",
        action: Action::Run(ls),
    },
];

/// A module's name, for errors.
const NAME: &str = "a module's name";

fn insmod<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    if let ["--link-only", rest @ ..] = arguments {
        let (unresolved, name) = match rest {
            ["--unresolved", address, name] => (Some(number(address)?), name),
            [name] => (None, name),
            _ => {
                return Err(Error::Expected("--link-only [--unresolved ADDRESS] NAME"));
            }
        };
        println!("{}", modules::link_only(name, unresolved)?);
        return Ok(());
    }
    if let ["--force-versions", name, words @ ..] = arguments {
        return Ok(modules::load_forced(name, words)?);
    }
    let (name, words) = arguments.split_first().ok_or(Error::Expected(NAME))?;
    Ok(modules::load_with(name, words)?)
}

fn modprobe<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    if let ["-r", name] = arguments {
        return Ok(modules::unload_with_dependencies(name)?);
    }
    let (name, words) = arguments.split_first().ok_or(Error::Expected(NAME))?;
    Ok(modules::load_with_dependencies(name, words)?)
}

fn rmmod<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    Ok(modules::unload(one(arguments, NAME)?)?)
}

fn modinfo<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    Ok(modules::print_modinfo(one(arguments, NAME)?)?)
}

fn lsmod<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    none(arguments)?;
    Ok(modules::list()?)
}

fn call<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let (cpu, arguments) = match arguments.split_first() {
        Some((first, rest)) => match first.strip_prefix('@') {
            Some(cpu) => (Some(cpu_number(cpu)?), rest),
            None => (None, arguments),
        },
        None => (None, arguments),
    };
    let (symbol, argument) = match arguments {
        [symbol] => (*symbol, None),
        [symbol, word] => (*symbol, Some(number(word)?)),
        _ => return Err(Error::Expected("[@CPU] SYMBOL [NUMBER]")),
    };
    match cpu {
        Some(cpu) => call_on(cpu, symbol, argument),
        None => cpus::online().try_for_each(|cpu| call_on(cpu, symbol, argument)),
    }
}

/// Calls the function on the CPU, and shows register 2 as it left it: its result, if it
/// has one. Nothing is shown of a function of which it is known that it has none.
fn call_on(cpu: u32, symbol: &str, argument: Option<u64>) -> Result<(), Error<'_>> {
    let is_void = modules::returns_nothing(symbol);
    let value = smp::run_on(cpu, || {
        // SAFETY: L3: who types the command answers for what the function does with it.
        unsafe { modules::call(symbol, argument.unwrap_or(0)) }
    })??;
    let argument = Argument(argument);
    match is_void {
        true => println!("cpu {cpu}: {symbol}({argument})"),
        false => println!("cpu {cpu}: {symbol}({argument}) = {value:#x}"),
    }
    Ok(())
}

/// What is between the parentheses of a call.
struct Argument(Option<u64>);

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |argument| write!(f, "{argument:#x}"))
    }
}

fn exports<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    none(arguments)?;
    modules::exports()?;
    interrupt::check()
}

fn ls<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    none(arguments)?;
    for file in initrd::files() {
        interrupt::check()?;
        println!("{:>8} {}", file.data.len(), file.path);
    }
    Ok(())
}
