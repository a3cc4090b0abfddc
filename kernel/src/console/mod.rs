//! The console: whole lines of text for people, and what they type.
//!
//! ```text
//!  println!("{}", value)          any context, no lock held
//!    line of this CPU, this level     value prints itself into it: it may take locks,
//!      │                              allocate, print, be interrupted
//!      │ "\n", or the text's end
//!    device                           the lock; bytes only
//! ```
//!
//! Text is put together in a line of the running CPU, with nothing locked, and goes out
//! in one piece under the device's lock: lines of several CPUs don't mix (C21). While
//! a line is put together its CPU may begin others, which go out first: in a `Display`
//! that prints, in an interrupt handler that logs. They nest [`nesting::LEVELS`] deep;
//! beyond that a line is lost, and a line in its place says so. A text with line ends in
//! it is several lines. A line longer than [`line::LENGTH`] bytes is cut, and ends in
//! `...`. `meminfo` counts all of these.
//!
//! A panic ends what it struck in: lines begun are shown as far as they came.
//!
//! * `print.rs`: text into lines, and lines out
//! * `line.rs`: a line
//! * `nesting.rs`: a CPU's lines, one a level
//! * `device.rs`: the lock, and the service processor
//! * `log.rs`: the last lines of the log
//! * `logger.rs`: lines with a time, for the `log` crate
//! * `attention.rs`: Ctrl-C, for work that asks for it

mod attention;
mod device;
mod line;
mod log;
mod logger;
mod nesting;
mod print;

pub use arch::sclp::console::INPUT;
pub use attention::{CTRL_C, is_interrupted, listen};
pub use device::{COPY, copy_of, read};
pub use line::LENGTH;
pub use log::logged;
pub use logger::{init, set_level, uptime};
pub use nesting::LEVELS;
pub use print::{Losses, losses, print, print_line, take_over};

/// Prints one line on the console, as [`print_line`] has it.
#[macro_export]
macro_rules! println {
    ($($text:tt)*) => { $crate::console::print_line(format_args!($($text)*)) };
}
