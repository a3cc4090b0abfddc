//! Threads: functions with stacks of their own, which take turns on a CPU.
//!
//! | file | what |
//! |---|---|
//! | `table.rs` | all threads, and what is known of each |
//! | `schedule.rs` | which context a CPU goes on with |
//! | `lifecycle.rs` | how a thread begins, parks and ends |
//!
//! A thread runs on one of the CPUs that have an idle loop, in turn, or on the boot CPU if that is
//! alone; or on the one that it was bound to before it began; and stays there (C25).

mod lifecycle;
mod schedule;
mod table;

pub use lifecycle::{NoThread, end, keeping, park_this};
pub use schedule::{current, is_waiting, on, rest, yield_now};
pub use table::{Function, NAME, Name, THREADS, Thread, count_on, stacks};
