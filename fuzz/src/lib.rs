//! What is fed with bytes that anybody may have written: each a function that panics where
//! something is wrong.
//!
//! ```text
//!  loader           a module's file                  kernel/loader, as its own fuzzer goes it
//!  command_line     the kernel command line          kernel/src/command_line.rs
//!  monitor_line     what a person types              kernel/src/monitor/line_editor.rs, words
//!  control_channel  events, as the runner reads them tools/runner/src/verdict
//! ```
//!
//! The files are the kernel's and the runner's own. `fuzz_targets/` has an entry for each, by
//! the layout of cargo-fuzz; `corpus/` has inputs that reach what others don't, and
//! `tests/corpus.rs` goes through them at each run of the gate.

mod command_line;
#[allow(dead_code, reason = "the kernel uses all of it")]
#[path = "../../kernel/src/command_line.rs"]
mod command_line_file;
/// What `line_editor.rs` imports.
mod console {
    /// End of text: what a terminal sends for Ctrl-C.
    pub const CTRL_C: u8 = 3;
}
mod control_channel;
#[allow(dead_code, reason = "the kernel uses all of it")]
#[path = "../../kernel/src/monitor/line_editor.rs"]
mod line_editor;
#[path = "../../kernel/loader/tests/fuzz/machine.rs"]
mod machine;
#[allow(dead_code, reason = "the loader's own fuzzer uses all of it")]
#[path = "../../kernel/loader/tests/fuzz/memory.rs"]
mod memory;
mod monitor_line;
#[allow(dead_code, reason = "the runner uses all of it")]
#[path = "../../tools/runner/src/verdict/mod.rs"]
mod verdict;

pub use command_line::command_line;
pub use control_channel::control_channel;
pub use monitor_line::monitor_line;
use std::cell::RefCell;

/// A target's name, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 4] = [
    ("loader", loader),
    ("command_line", command_line),
    ("monitor_line", monitor_line),
    ("control_channel", control_channel),
];

thread_local! {
    static MACHINE: RefCell<machine::Machine> = RefCell::new(machine::Machine::new());
}

/// The whole way of a file. Its last bytes choose where it goes.
pub fn loader(data: &[u8]) {
    let odd = { data.iter().rev().take(2) }.fold(0, |odd, &byte| odd << 8 | u64::from(byte));
    MACHINE.with_borrow_mut(|machine| machine.check(data, odd));
}
