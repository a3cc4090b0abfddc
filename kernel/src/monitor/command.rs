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
    /// Carries it out.
    pub action: Action,
}

/// A command's work on its arguments, in the boot CPU's ordinary course: it may wait.
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

/// A number, decimal or 0x, with an optional K, M, G or T.
pub fn number(word: &str) -> Result<u64, Error<'_>> {
    command_line::number(word).ok_or(Error::NotANumber(word))
}

/// The number of a CPU; whether there is such a CPU is looked at later.
pub fn cpu_number(word: &str) -> Result<u32, Error<'_>> {
    u32::try_from(number(word)?).map_err(|_| Error::NotANumber(word))
}
