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

use crate::percpu::balance;
use crate::{console, println};
use alloc::format;
use alloc::string::String;
use arch::cpu;
use command::Command;

/// `help`, which has to know the others.
const HELP: &[Command] = &[Command {
    name: "help",
    arguments: "",
    help: "lists the commands",
    run: help,
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
fn execute(line: &'static str) -> Result<(), String> {
    let mut words = alloc::vec::Vec::new();
    words.extend(line.split_ascii_whitespace());
    let Some((&name, arguments)) = words.split_first() else {
        return Ok(());
    };
    match commands().find(|command| command.name == name) {
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
        balance();
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
        typed.reserve(arch::sclp::console::BLOCK);
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
