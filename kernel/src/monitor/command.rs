//! What a command is, and what commands share to read their words.

use alloc::format;
use alloc::string::String;
use core::fmt::Display;

/// A command of the monitor.
pub struct Command {
    /// Its first word.
    pub name: &'static str,
    /// What follows, as `help` shows it.
    pub arguments: &'static str,
    /// What it does, for `help`.
    pub help: &'static str,
    /// Carries it out; the error is for the person who typed it.
    pub run: fn(&[&'static str]) -> Result<(), String>,
}

/// The one argument of a command that takes one; `what` it is, for the error.
pub fn one<'a>(arguments: &[&'a str], what: &str) -> Result<&'a str, String> {
    match arguments {
        [argument] => Ok(argument),
        _ => Err(format!("expected {what}")),
    }
}

/// An error as its text.
pub fn text<T, E: Display>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| format!("{error}"))
}
