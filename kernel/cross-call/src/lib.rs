//! Cross-calls: functions that one CPU has others run.
//!
//! ```text
//!  call_on(2, f):     CPU 0                             CPU 2
//!     caller lock  := CPU 0
//!     mailbox[2]   := f
//!     signal           ──────────────────────────►  interrupt
//!     waits                                         f(); mailbox[2] := empty
//!     caller lock  := nobody  ◄─────────────────────┘
//! ```
//!
//! The function is lent: what it borrows lies on the caller's stack. So a call ends
//! only when the function is out of every mailbox and has ended wherever it ran (C13),
//! be it by running, or because it was withdrawn when the signal was refused.
//!
//! | file | what |
//! |---|---|
//! | `machine.rs` | what calls need of the machine: signals, waiting |
//! | `error.rs` | why a call isn't made |
//! | `mailbox.rs` | one function for one CPU |
//! | `lent.rs` | a function in several mailboxes, until all have given it back |
//! | `once.rs` | a closure that runs once and returns something |
//! | `caller.rs` | who may call: one CPU at a time |
//! | `calls.rs` | functions in the other CPUs' interrupt handlers |
//! | `tasks.rs` | functions in the other CPUs' idle loops |
//!
//! The machine is behind a trait, and so are the atomics: on the host the tests put
//! emulated CPUs under them, whose every step a scheduler orders.
#![no_std]

mod caller;
mod calls;
mod error;
mod lent;
mod machine;
mod mailbox;
mod once;
mod tasks;

pub use calls::Calls;
pub use error::Error;
pub use machine::{Machine, Wait};
pub use mailbox::Function;
pub use tasks::Tasks;
