//! More than one CPU: starting them, calling functions on them, stopping them.
//!
//! | file | what |
//! |---|---|
//! | `error.rs` | why a CPU isn't started, or doesn't run a function |
//! | `machine.rs` | signals and waiting, for the crate `cross-call` |
//! | `stacks.rs` | every CPU's stacks, with their guard pages |
//! | `call.rs` | functions in another CPU's interrupt handler |
//! | `prefix.rs` | a CPU's lowcore, while it doesn't run |
//! | `resources.rs` | what a CPU has while it runs |
//! | `task.rs` | functions in another CPU's idle loop |
//! | `thread/` | functions with stacks of their own, which take turns on a CPU |
//! | `wait.rs` | waits in which both have turns |
//! | `timers.rs` | functions that a CPU's clock calls |
//! | `works.rs` | functions that run later, in threads |
//! | `start.rs` | a CPU's way to the idle loop |
//! | `leave.rs` | and out of it |
//! | `stop_machine.rs` | all others hold still for an order |
//! | `hotplug_lock.rs` | who leads CPUs in and out |
//! | `states.rs` | what modules have called for CPUs that come and go |
//! | `hotplug.rs` | all of that, in its order |
//! | `status.rs` | what another CPU does |
//! | `stop.rs` | the end of all others |

mod call;
mod error;
mod hotplug;
pub mod hotplug_lock;
mod leave;
mod machine;
mod prefix;
mod resources;
mod stacks;
mod start;
pub mod states;
mod status;
mod stop;
mod stop_machine;
mod task;
pub mod thread;
pub mod timers;
mod wait;
pub mod works;

pub use call::{Function, call_on, on_each_cpu, run_on, run_on_each, serve_mailbox};
pub use error::{Error, Failure};
pub use hotplug::{offline, start, start_all};
pub use stacks::{Kind, Owner, guard_page_owner, guard_pages, init_boot_stacks, place_of, spare};
pub use start::enable_signals;
pub use status::{resume, status, stop};
pub use stop::stop_others;
pub use task::run_as_task_on_each;
pub use wait::{nap, wait_until};
