//! The monitor: a small command interpreter, for `--run` and for a person.
//!
//! A command is a line of words. Each either succeeds or says why not, to people and on
//! the control channel; `--run` counts the failures and prints the sum as its last line.
//! What shows memory, CPUs and counts allocates nothing: out of memory, the monitor is what
//! reports. What links a module once more to show it takes as much as the module has, and
//! says so if there isn't as much.
//!
//! * `error.rs`: why a command failed
//! * `command.rs`, `example.rs`: what a command is, and what it is tried with in this run
//! * `row.rs`, `shown.rs`: lines of a table, bytes and numbers
//! * `modules.rs`, `module_tables.rs`: modules, and what the loader made of them
//! * `per_cpu_variable.rs`, `hop.rs`: a variable, and the way to a CPU's copy of it
//! * `percpu.rs`, `percpu_map.rs`, `percpu_stats.rs`, `percpu_trace.rs`: the allocator of
//!   per-CPU memory
//! * `memory.rs`, `format.rs`, `instructions.rs`: memory as bytes, numbers, instructions
//! * `places.rs`, `tables.rs`: what lies where; the tables that translate
//! * `processors.rs`, `lowcore.rs`, `machine.rs`, `lockstat.rs`: CPUs, locks
//! * `slab.rs`, `sanity.rs`: objects of kmalloc; memory that catches its misuse
//! * `messages.rs`, `measure.rs`, `dump.rs`: the log, tests, faults, a dump
//! * `line_editor.rs`, `terminal.rs`: what is typed, into lines
//! * `interrupt.rs`: Ctrl-C, which commands ask for

mod command;
mod dump;
mod error;
mod example;
mod format;
mod hop;
mod instructions;
mod interrupt;
mod line_editor;
mod lockstat;
mod lowcore;
mod machine;
mod measure;
mod memory;
mod messages;
mod module_tables;
mod modules;
mod own_areas;
mod per_cpu_target;
mod per_cpu_variable;
mod percpu;
mod percpu_map;
mod percpu_stats;
mod percpu_trace;
mod places;
mod processors;
mod row;
mod sanity;
#[expect(
    clippy::disallowed_macros,
    reason = "a test that finds no memory for its own text may end the run"
)]
mod self_tests;
mod shown;
mod slab;
mod tables;
mod terminal;

use crate::command_line::Monitor;
use crate::control::{self, Names, PowerOffBy};
use crate::memory::sanity as checker;
use crate::modules::{VariableName, kernel_symbols, kernel_variables};
use crate::percpu::balance;
use crate::{bench, console, initrd, println, profile, selftest};
use command::{Action, Command, Next, none};
use core::fmt::Display;
use error::Error;
use example::Example;
use line_editor::LENGTH;
use row::row;
use terminal::Terminal;

/// Most words of a command.
const WORDS: usize = 64;

/// `help`, which has to know the others.
const HELP: &[Command] = &[Command {
    name: "help",
    arguments: "[COMMAND]",
    help: "lists the commands, or explains one",
    look: "Each command's page has an example made of what there is in this run:\n\
           it can be typed as it stands.",
    example: "help pcpu",
    action: Action::Run(help),
}];

/// All commands, a group a file.
const GROUPS: [&[Command]; 17] = [
    HELP,
    modules::COMMANDS,
    module_tables::COMMANDS,
    per_cpu_variable::COMMANDS,
    percpu::COMMANDS,
    percpu_trace::COMMANDS,
    memory::COMMANDS,
    instructions::COMMANDS,
    places::COMMANDS,
    processors::COMMANDS,
    machine::COMMANDS,
    messages::COMMANDS,
    measure::COMMANDS,
    lockstat::COMMANDS,
    slab::COMMANDS,
    sanity::COMMANDS,
    dump::COMMANDS,
];

fn commands() -> impl Iterator<Item = &'static Command> {
    GROUPS.into_iter().flatten()
}

/// The command of this name.
fn named(name: &str) -> Option<&'static Command> {
    commands().find(|command| command.name == name)
}

/// Carries out a command line.
fn execute(line: &str) -> Result<Next, Error<'_>> {
    let mut words = heapless::Vec::<&str, WORDS>::new();
    for word in words::words(line) {
        words.push(word).map_err(|_| Error::TooManyWords(WORDS))?;
    }
    // `x/FMT` is `x` with a format.
    if let Some(first) = words.first_mut()
        && let Some(at) = first.find('/').filter(|&at| named(&first[..at]).is_some())
    {
        let (name, format) = first.split_at(at);
        *first = format;
        return carry_out(name, &words);
    }
    let Some((&name, arguments)) = words.split_first() else {
        return Ok(Next::Command);
    };
    carry_out(name, arguments)
}

/// Carries out a command by its name.
fn carry_out<'line>(name: &'line str, arguments: &[&'line str]) -> Result<Next, Error<'line>> {
    let command = named(name);
    match command.map(|command| command.action) {
        Some(Action::Run(run)) => run(arguments).map(|()| Next::Command),
        Some(Action::PowerOff) => none(arguments).map(|()| Next::PowerOff),
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
        let misused = checker::unexpected();
        let result = text.map_err(|_| Error::NotUtf8).and_then(execute);
        drop(profiled);
        checker::print_pending();
        let result = match checker::unexpected() - misused {
            0 => result,
            reports => result.and(Err(Error::Misuse(reports))),
        };
        self.run += 1;
        let error = result.as_ref().err();
        control::command(
            self.run,
            text.unwrap_or("?"),
            error.map(|error| error as &dyn Display),
        );
        if let Some(error) = error {
            println!("{error}");
            let mut words = text.unwrap_or("").split([' ', '/']);
            let name = words.find(|word| !word.is_empty());
            let command = name.and_then(named).filter(|_| error.is_of_words());
            if let Some(command) = command {
                row!("  for example: {}", Example(command.example));
            }
            self.failed += 1;
        }
        let next = result.unwrap_or(Next::Command);
        // What the allocator of per-CPU memory has kept is what these show.
        let is_shown = text.unwrap_or("").trim_ascii_start().starts_with("percpu");
        if next == Next::Command && !is_shown {
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
    let lines = script.split(|&byte| byte == b'\n');
    for line in lines.flat_map(words::commands) {
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

/// Carries out the commands that are typed, until `poweroff`.
pub fn interactive(by: Monitor) {
    emit_names();
    println!("Type help for the commands, poweroff or Ctrl-D to end.");
    let mut terminal = Terminal::new(by);
    let mut session = Session::default();
    loop {
        let Ok(line) = terminal.read_line() else {
            println!("a line has at most {LENGTH} bytes");
            continue;
        };
        console::listen();
        for command in words::commands(line) {
            if session.command(command) == Next::PowerOff {
                return;
            }
            // It ends the line, too.
            if console::is_interrupted() {
                break;
            }
        }
    }
}

/// Sends what may be typed, but for what modules bring: that is sent as they come.
fn emit_names() {
    if !control::wants_names() {
        return;
    }
    for command in commands() {
        let help = format_args!("{}\n{}", command.help, command.look);
        control::command_usage(command.name, command.arguments, help);
    }
    let files = initrd::files().filter_map(|file| initrd::module_name(file.path));
    control::send_names(Names::Files, None, files);
    control::send_names(Names::Symbols, None, kernel_symbols());
    let variables = kernel_variables().map(|variable| VariableName(variable.name));
    control::send_names(Names::Variables, None, variables);
    control::send_names(Names::Tests, None, selftest::names());
    control::send_names(Names::Groups, None, bench::group_names());
}

/// Columns of what follows a command, in the list of all; it is ASCII.
const USAGE: usize = 26;

fn help<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    match arguments {
        [] => {
            for command in commands() {
                let arguments = command.arguments;
                // What is longer is on its own page.
                let (usage, more) = match arguments.len() > USAGE {
                    true => (&arguments[..USAGE - 2], ".."),
                    false => (arguments, ""),
                };
                let left = USAGE - more.len();
                row!("{:<9} {usage:<left$}{more} {}", command.name, command.help);
            }
            println!("help COMMAND explains it; `;` stands between commands.");
            Ok(())
        }
        [name] => {
            let command = named(name).ok_or(Error::NoSuchCommand(name))?;
            print_usage(command);
            row!("  {}", command.help);
            command.look.lines().for_each(|line| row!("  {line}"));
            row!("  for example: {}", Example(command.example));
            Ok(())
        }
        _ => Err(Error::Expected("nothing, or one command's name")),
    }
}

/// Prints what a command takes, on as many lines as it needs.
fn print_usage(command: &Command) {
    let mut line = heapless::String::<{ row::WIDTH }>::new();
    // A word has room on a line of its own.
    let _ = line.push_str(command.name);
    for word in command.arguments.split(' ') {
        if line.len() + 1 + word.len() > row::WIDTH {
            println!("{line}");
            line.clear();
            let _ = line.push_str("   ");
        }
        let _ = line.push(' ');
        let _ = line.push_str(word);
    }
    println!("{}", line.trim_end());
}
