//! The monitor: a small command interpreter, for `--run` and for a person.
//!
//! A command is a line of words. Each either succeeds or says why not, to people and on
//! the control channel; `--run` counts the failures and prints the sum as its last line.
//! Nothing is allocated here: out of memory, the monitor is what shows it.
//!
//! * `error.rs`: why a command failed
//! * `command.rs`: what a command is
//! * `modules.rs`, `percpu.rs`, `memory.rs`, `machine.rs`, `measure.rs`, `lockstat.rs`,
//!   `dump.rs`: the commands, by what they are about
//! * `line_editor.rs`, `terminal.rs`: what is typed, into lines

mod command;
mod dump;
mod error;
mod line_editor;
mod lockstat;
mod machine;
mod measure;
mod memory;
mod modules;
mod percpu;
#[expect(
    clippy::disallowed_macros,
    reason = "a test that finds no memory for its own text may end the run"
)]
mod self_tests;
mod terminal;

use crate::control::{self, PowerOffBy};
use crate::percpu::balance;
use crate::{println, profile};
use command::{Action, Command, Next};
use core::fmt::Display;
use error::Error;
use line_editor::LENGTH;
use terminal::Terminal;

/// Most words of a command.
const WORDS: usize = 64;

/// `help`, which has to know the others.
const HELP: &[Command] = &[Command {
    name: "help",
    arguments: "",
    help: "lists the commands",
    action: Action::Run(help),
}];

/// All commands, a group a file.
const GROUPS: [&[Command]; 8] = [
    HELP,
    modules::COMMANDS,
    percpu::COMMANDS,
    memory::COMMANDS,
    machine::COMMANDS,
    measure::COMMANDS,
    lockstat::COMMANDS,
    dump::COMMANDS,
];

fn commands() -> impl Iterator<Item = &'static Command> {
    GROUPS.into_iter().flatten()
}

/// Carries out a command line.
fn execute(line: &str) -> Result<Next, Error<'_>> {
    let mut words = heapless::Vec::<&str, WORDS>::new();
    for word in line.split_ascii_whitespace() {
        words.push(word).map_err(|_| Error::TooManyWords(WORDS))?;
    }
    let Some((&name, arguments)) = words.split_first() else {
        return Ok(Next::Command);
    };
    let command = commands().find(|command| command.name == name);
    match command.map(|command| command.action) {
        Some(Action::Run(run)) => run(arguments).map(|()| Next::Command),
        Some(Action::PowerOff) => Ok(Next::PowerOff),
        None => Err(Error::NoSuchCommand(name)),
    }
}

/// Commands of a session so far.
#[derive(Default)]
struct Session {
    run: usize,
    failed: usize,
}

impl Session {
    /// Carries out a command line, and reports how that went.
    fn command(&mut self, line: &[u8]) -> Next {
        let text = core::str::from_utf8(line);
        let profiled = profile::Command::new();
        let result = text.map_err(|_| Error::NotUtf8).and_then(execute);
        drop(profiled);
        self.run += 1;
        let error = result.as_ref().err();
        control::command(
            self.run,
            text.unwrap_or("?"),
            error.map(|error| error as &dyn Display),
        );
        if let Some(error) = error {
            println!("{error}");
            self.failed += 1;
        }
        let next = result.unwrap_or(Next::Command);
        if next == Next::Command {
            balance();
        }
        next
    }
}

/// Carries out the commands of `--run`, one a line, up to a `poweroff` if there is
/// one, and prints the sum; returns who wants the machine off.
pub fn run(script: &[u8]) -> PowerOffBy {
    let mut session = Session::default();
    let mut by = PowerOffBy::End;
    let lines = script.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    for line in lines.filter(|line| !line.is_empty()) {
        match core::str::from_utf8(line) {
            Ok(text) => println!("> {text}"),
            Err(_) => println!("> {}", line.escape_ascii()),
        }
        if session.command(line) == Next::PowerOff {
            by = PowerOffBy::Command;
            break;
        }
    }
    let Session { run, failed } = session;
    println!("run: {run} commands, {failed} failed");
    control::commands(run, failed);
    by
}

/// Carries out the commands that a person types, until `poweroff`.
pub fn interactive() {
    println!("Type help for the commands, poweroff or Ctrl-D to end.");
    let mut terminal = Terminal::new();
    let mut session = Session::default();
    loop {
        let Ok(line) = terminal.read_line() else {
            println!("a line has at most {LENGTH} characters");
            continue;
        };
        if !line.trim_ascii().is_empty() && session.command(line.as_bytes()) == Next::PowerOff {
            return;
        }
    }
}

fn help<'line>(_: &[&'line str]) -> Result<(), Error<'line>> {
    for command in commands() {
        println!(
            "{:<9} {:<17} {}",
            command.name, command.arguments, command.help
        );
    }
    Ok(())
}
