//! What people see: this program's own messages, and the guest's text.
//!
//! ```text
//!  output       this program's own messages
//!  terminal     its modes, and a line of progress
//!  paint        colours
//!  transcript   the guest's text
//!  view         how much of it is shown
//!  disassembly  names of instructions in it
//!  sink         what may block, by a thread
//! ```

pub mod disassembly;
pub mod output;
pub mod paint;
pub mod sink;
pub mod terminal;
pub mod transcript;
pub mod view;
