//! What this program itself prints. Its stdout and stderr may be full, or nobody's any
//! more; that changes no verdict and no exit code, so nothing here can fail. clippy
//! refuses `println!` and `eprintln!`: they panic then.

use crate::options::PROGRAM;
use std::fmt::Display;
use std::io::{self, Write};

/// A line on stdout, put together as `println!` does it.
macro_rules! line {
    ($($text:tt)*) => { $crate::output::write_line(format_args!($($text)*)) };
}

/// A message of this program: a line on stderr, behind its name.
macro_rules! say {
    ($($text:tt)*) => { $crate::output::write_message(format_args!($($text)*)) };
}

pub(crate) use {line, say};

/// See [`line!`].
pub fn write_line(text: impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// A line on stderr, as it is.
pub fn write_error_line(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// See [`say!`].
pub fn write_message(text: impl Display) {
    write_error_line(format_args!("{PROGRAM}: {text}"));
}
