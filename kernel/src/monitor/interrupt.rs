//! Ctrl-C, as commands see it.
//!
//! A command that may take long, or print much, calls [`check`] in its loop, with no lock
//! held, and passes the error on. What runs below the monitor asks
//! `console::is_interrupted` itself. Modules' code isn't stopped.

use super::error::Error;
use crate::console;

/// Whether the command may go on.
///
/// # Errors
/// [`Error::Interrupted`], once Ctrl-C has come since the command began.
pub fn check() -> Result<(), Error<'static>> {
    match console::is_interrupted() {
        true => Err(Error::Interrupted),
        false => Ok(()),
    }
}
