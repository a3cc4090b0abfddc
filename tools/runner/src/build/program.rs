//! Runs the programs that build the guest.

use super::cargo_output;
use crate::error::Error;
use std::process::Command;

/// Runs a program that must succeed; `what` names it and what it is to do.
pub fn succeed(command: &mut Command, what: &str) -> Result<(), Error> {
    let status = cargo_output::run(command, what).map_err(Error::start(what))?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::Program {
            program: what.to_owned(),
            status,
        }),
    }
}
