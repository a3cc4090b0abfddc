//! The monitor: a small command interpreter, for `--run` and for a person.
//!
//! A command is a line of words. Each either succeeds or says why not; `--run`
//! counts the failures and prints the sum as its last line.
//!
//! * `command.rs`: what a command is
//! * `modules.rs`, `percpu.rs`, `machine.rs`, `measure.rs`: the commands, by what they
//!   are about

mod command;
mod line_editor;
mod machine;
mod measure;
mod modules;
mod percpu;
mod self_tests;
mod terminal;

use crate::control::PowerOffBy;
use crate::percpu::balance;
use crate::{control, println};
use alloc::format;
use alloc::string::String;
use command::{Action, Command, Next};
use core::fmt::Display;
use line_editor::LENGTH;
use terminal::Terminal;

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
        report(commands, line, &result);
        failed += usize::from(result.is_err());
        if result == Ok(Next::PowerOff) {
            by = PowerOffBy::Command;
            break;
        }
        balance();
    }
    println!("run: {commands} commands, {failed} failed");
    control::commands(commands, failed);
    by
}

/// Carries out the commands that a person types, until `poweroff`.
pub fn interactive() {
    println!("Type help for the commands, poweroff to end.");
    let mut terminal = Terminal::new();
    let mut number = 0;
    loop {
        let Ok(line) = terminal.read_line() else {
            println!("a line has at most {LENGTH} characters");
            continue;
        };
        if line.trim().is_empty() {
            continue;
        }
        number += 1;
        // Names given to commands outlive them: the loader keeps some.
        let line = String::leak(String::from(line));
        let result = execute(line);
        report(number, line, &result);
        if result == Ok(Next::PowerOff) {
            return;
        }
        balance();
    }
}

/// Reports a command that has ended, to people and programs.
fn report(number: usize, line: &str, result: &Result<Next, String>) {
    let error = result.as_ref().err();
    control::command(number, line, error.map(|error| error as &dyn Display));
    if let Some(error) = error {
        println!("{error}");
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
