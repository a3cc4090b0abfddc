//! What a command is, and what commands share to read their words.

use super::error::Error;
use crate::command_line;

/// A command of the monitor.
pub struct Command {
    /// Its first word.
    pub name: &'static str,
    /// What follows, as `help` shows it.
    pub arguments: &'static str,
    /// What it does, for `help`.
    pub help: &'static str,
    /// What to look for in what it prints, for `help COMMAND`; lines.
    pub look: &'static str,
    /// A line to type, with words that stand for what there is now (`example.rs`).
    pub example: &'static str,
    /// Carries it out.
    pub action: Action,
}

/// A command's work on its arguments, in the boot CPU's ordinary context: it may wait.
pub type Run = for<'line> fn(&[&'line str]) -> Result<(), Error<'line>>;

/// What carries a command out.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// A function.
    Run(Run),
    /// The end of the session, and of the machine's run with it.
    PowerOff,
}

/// What follows a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next command.
    Command,
    /// The machine goes off.
    PowerOff,
}

/// The one argument of a command that takes one; `what` it is, for the error.
pub fn one<'line>(
    arguments: &[&'line str],
    what: &'static str,
) -> Result<&'line str, Error<'line>> {
    match arguments {
        [argument] => Ok(argument),
        _ => Err(Error::Expected(what)),
    }
}

/// Checks that a command that takes no argument has none.
pub fn none<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    match arguments {
        [] => Ok(()),
        _ => Err(Error::Expected("nothing behind it")),
    }
}

/// A number, decimal or 0x, with an optional K, M, G or T.
pub fn number(word: &str) -> Result<u64, Error<'_>> {
    command_line::number(word).ok_or(Error::NotANumber(word))
}

/// What a word is as hexadecimal digits, with or without 0x.
pub fn hexadecimal(word: &str) -> Option<usize> {
    let digits = word.strip_prefix("0x").unwrap_or(word);
    // A sign is no digit.
    let is_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let value = usize::from_str_radix(digits, 16);
    value.ok().filter(|_| is_digits)
}

/// The number of a CPU, with or without `@`; whether there is such a CPU is looked at later.
pub fn cpu_number(word: &str) -> Result<u32, Error<'_>> {
    let digits = word.strip_prefix('@').unwrap_or(word);
    u32::try_from(number(digits)?).map_err(|_| Error::NotANumber(word))
}

/// The number of a possible CPU.
pub fn possible_cpu(word: &str) -> Result<u32, Error<'_>> {
    let cpu = cpu_number(word)?;
    match cpu < crate::cpus::possible() {
        true => Ok(cpu),
        false => Err(Error::NoSuchCpu(cpu)),
    }
}
