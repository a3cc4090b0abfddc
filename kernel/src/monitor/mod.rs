//! The monitor: a small command interpreter, for `--run` and for a person.
//!
//! A command is a line of words. Each either succeeds or says why not; `--run`
//! counts the failures and prints the sum as its last line.
//!
//! * `command.rs`: what a command is
//! * `modules.rs`, `percpu.rs`, `machine.rs`, `measure.rs`: the commands, by what they
//!   are about

mod command;
mod machine;
mod measure;
mod modules;
mod percpu;

use crate::control::PowerOffBy;
use crate::percpu::balance;
use crate::{console, control, println};
use alloc::format;
use alloc::string::String;
use arch::cpu;
use command::{Action, Command, Next};
use core::fmt::Display;

/// `help`, which has to know the others.
const HELP: &[Command] = &[Command {
    name: "help",
    arguments: "",
    help: "lists the commands",
    action: Action::Run(help),
}];

/// All commands, a group a file.
const GROUPS: [&[Command]; 5] = [
    HELP,
    modules::COMMANDS,
    percpu::COMMANDS,
    machine::COMMANDS,
    measure::COMMANDS,
];

fn commands() -> impl Iterator<Item = &'static Command> {
    GROUPS.into_iter().flatten()
}

/// Carries out a command line.
fn execute(line: &'static str) -> Result<Next, String> {
    let mut words = alloc::vec::Vec::new();
    words.extend(line.split_ascii_whitespace());
    let Some((&name, arguments)) = words.split_first() else {
        return Ok(Next::Command);
    };
    let command = commands().find(|command| command.name == name);
    match command.map(|command| command.action) {
        Some(Action::Run(run)) => run(arguments).map(|()| Next::Command),
        Some(Action::PowerOff) => Ok(Next::PowerOff),
        None => Err(format!("{name}: no such command; try help")),
    }
}

/// Carries out the commands of `--run`, one a line, up to a `poweroff` if there is
/// one, and prints the sum; returns who wants the machine off.
pub fn run(script: &'static [u8]) -> PowerOffBy {
    let script = core::str::from_utf8(script).unwrap_or("");
    let (mut commands, mut failed) = (0, 0);
    let mut by = PowerOffBy::End;
    for line in script.lines().filter(|line| !line.trim().is_empty()) {
        println!("> {line}");
        commands += 1;
        let result = execute(line);
        control::command(
            commands,
            line,
            result.as_ref().err().map(|error| error as &dyn Display),
        );
        match result {
            Ok(Next::Command) => {}
            Ok(Next::PowerOff) => {
                by = PowerOffBy::Command;
                break;
            }
            Err(error) => {
                println!("{error}");
                failed += 1;
            }
        }
        balance();
    }
    println!("run: {commands} commands, {failed} failed");
    control::commands(commands, failed);
    by
}

/// Reads commands from the console until `poweroff`. The terminal echoes.
pub fn interactive() {
    println!("Type help for the commands, poweroff to end.");
    let mut typed = String::new();
    loop {
        console::print("> ");
        let line = read_line(&mut typed);
        // Names given to commands outlive them: the loader keeps some.
        match execute(String::leak(line)) {
            Ok(Next::Command) => {}
            Ok(Next::PowerOff) => return,
            Err(error) => println!("{error}"),
        }
        balance();
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
        cpu::push_interrupts_off();
        // The closure must not allocate: a read brings no more than this.
        typed.reserve(arch::sclp::console::INPUT);
        let before = typed.len();
        console::read(|byte| match byte {
            b'\r' | b'\n' => typed.push('\n'),
            b' '..=b'~' => typed.push(byte.into()),
            _ => {}
        });
        // What comes in between is a service signal, and ends the wait at once.
        if typed.len() == before {
            cpu::wait_for_interrupt();
        }
        cpu::pop_interrupts_off();
    }
}

fn help(_: &[&'static str]) -> Result<(), String> {
    for command in commands() {
        println!(
            "{:<9} {:<16} {}",
            command.name, command.arguments, command.help
        );
    }
    Ok(())
}
