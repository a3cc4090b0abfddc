//! What a soak does: random operations, by a seed, and how many of each there were.
//!
//! ```text
//!  seed, slice ─► Plan       how long, which fault, whether CPUs tick
//!  seed, slice, CPU ─► Random ─► Operation, Operation, ..
//!                                   └─► Tally: done, or refused
//! ```
//!
//! A slice is some milliseconds in which all CPUs work at once. What a CPU does in it follows
//! from the seed; how the CPUs get in each other's way doesn't.
#![no_std]

mod operation;
mod plan;
mod random;
mod tally;

pub use operation::Operation;
pub use plan::{Fault, Plan};
pub use random::Random;
pub use tally::{Outcome, Tally};
