//! More than one CPU: starting them, calling functions on them, stopping them.
//!
//! | file | what |
//! |---|---|
//! | `error.rs` | why a CPU isn't started, or doesn't run a function |
//! | `machine.rs` | signals and waiting, for the crate `cross-call` |
//! | `stacks.rs` | every CPU's stacks, with their guard pages |
//! | `call.rs` | functions in another CPU's interrupt handler |
//! | `task.rs` | functions in another CPU's idle loop |
//! | `thread.rs` | functions with stacks of their own, which take turns on a CPU |
//! | `start.rs` | a CPU's lowcore, and its way to the idle loop |
//! | `status.rs` | what another CPU does |
//! | `stop.rs` | the end of all others |

mod call;
mod error;
mod machine;
mod stacks;
mod start;
mod status;
mod stop;
mod task;
pub mod thread;

pub use call::{Function, call_on, on_each_cpu, run_on, run_on_each, serve_mailbox};
pub use error::Error;
pub use stacks::{guard_page_owner, guard_pages, init_boot_stacks};
pub use start::{enable_signals, start, start_all};
pub use status::{resume, status, stop};
pub use stop::stop_others;
pub use task::run_as_task_on_each;
