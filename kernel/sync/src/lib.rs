//! Spin locks that are safe against interrupts, and taken in one order.
//!
//! ```text
//!  lock      interrupts off (they nest) ─► rank checked ─► compare-and-swap ─► rank held
//!  unlock    rank released ─► store ─► interrupts as they were
//! ```
//!
//! A lock is taken with interrupts off, so an interrupt handler may take it too. Each
//! has a *rank*, its place in the one order in which locks are taken; a CPU that takes
//! one while it holds another of the same rank or of a later one could wait for ever,
//! some day, and is stopped at once instead.
//!
//! | file | what |
//! |---|---|
//! | `word.rs` | a word that CPUs share, and change by compare-and-swap |
//! | `machine.rs` | what locks need of the machine |
//! | `raw_lock.rs` | the lock |
//! | `counts.rs` | how often locks are taken, and how long they are held |
//! | `raw_try_lock.rs` | another, which its CPU tries, with interrupts as they are |
//!
//! The machine is behind a trait, and so are the atomics: on the host the tests put
//! emulated CPUs under them, whose every step a scheduler orders. Keeps C4 and C5.
#![no_std]

mod counts;
mod machine;
mod raw_lock;
mod raw_try_lock;
mod word;

pub use counts::{COUNTED, Counts, Longest, PLACES, Summary};
pub use machine::Machine;
pub use raw_lock::RawIrqSaveLock;
pub use raw_try_lock::RawTryLock;
pub use word::Word;
