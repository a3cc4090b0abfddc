//! What this program itself prints. Its stdout and stderr may be full, or nobody's any
//! more; that changes no verdict and no exit code, so nothing here can fail. clippy
//! refuses `println!` and `eprintln!`: they panic then.

use std::fmt::Display;
#[cfg(not(test))]
use std::io::{self, Write};

/// How people start this program; its messages begin with it.
pub const PROGRAM: &str = "qemu-run.sh";

/// A line on stdout, put together as `println!` does it.
macro_rules! line {
    ($($text:tt)*) => { $crate::screen::output::write_line(format_args!($($text)*)) };
}

/// A message of this program: a line on stderr, behind its name.
macro_rules! message {
    ($($text:tt)*) => { $crate::screen::output::write_message(format_args!($($text)*)) };
}

pub(crate) use {line, message};

/// See [`line!`].
#[cfg(not(test))]
pub fn write_line(text: impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// A line on stderr, as it is.
#[cfg(not(test))]
pub fn write_error_line(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// In tests: the harness keeps it.
#[cfg(test)]
#[expect(clippy::print_stdout, reason = "only so is it kept")]
pub fn write_line(text: impl Display) {
    println!("{text}");
}

/// Likewise.
#[cfg(test)]
#[expect(clippy::print_stderr, reason = "only so is it kept")]
pub fn write_error_line(text: impl Display) {
    eprintln!("{text}");
}

/// See [`message!`].
pub fn write_message(text: impl Display) {
    write_error_line(format_args!("{PROGRAM}: {text}"));
}
