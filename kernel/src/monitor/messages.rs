//! `dmesg`: what was logged.

use super::command::{Action, Command};
use super::error::Error;
use super::interrupt;
use super::row::row;
use crate::console::{self, LENGTH};
use crate::selftest::matches;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "dmesg",
    arguments: "[PATTERN]",
    help: "shows the log again, of the last 16 KiB",
    look: "The time is in seconds since the kernel's first instructions. PATTERN has * for anything.",
    example: "dmesg *per-CPU*",
    action: Action::Run(messages),
}];

fn messages<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let glob = match arguments {
        [] => None,
        [glob] => Some(*glob),
        _ => return Err(Error::Expected("nothing, or one pattern without blanks")),
    };
    let mut from = 0;
    let mut line = [0; LENGTH];
    while let Some((length, next)) = console::logged(from, &mut line) {
        interrupt::check()?;
        from = next;
        let text = core::str::from_utf8(&line[..length]).unwrap_or("?");
        if glob.is_none_or(|glob| matches(glob, text)) {
            row!("{text}");
        }
    }
    Ok(())
}
