//! The verb `debug`: how gdb is started, by a person who pastes a line or by this program.
//!
//! ```text
//!  debug          prints the line, and waits for gdb before the first instruction
//!  debug --gdb    starts gdb on this terminal, and the line above in a process of its own
//!  debug --core FILE    opens a dump: starts gdb on a terminal, else prints the line
//! ```
//!
//! * `live.rs`: gdb on the terminal, beside a machine
//! * `dump.rs`: gdb for a machine that is no more

mod dump;
mod live;

pub use dump::of_core;
pub use live::with_gdb;
