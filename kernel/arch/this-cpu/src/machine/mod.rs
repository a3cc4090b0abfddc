//! What touches the machine: the offset, the interrupt mask, the instructions on words
//! (`word.rs`).
//!
//! Two backends with one interface. On s390x, `instructions.rs` and `s390x.rs`.
//! Anywhere else, `host.rs`: emulated CPUs, one thread at a time on each, so that
//! the semantics are tested where the code is written. `atomic.rs` and `nesting.rs`
//! serve both.

mod atomic;
#[cfg(not(target_arch = "s390x"))]
pub mod host;
#[cfg(target_arch = "s390x")]
mod instructions;
pub mod lowcore;
mod nesting;
#[cfg(target_arch = "s390x")]
mod s390x;
mod word;

#[cfg(not(target_arch = "s390x"))]
pub use host::{offset, without_interrupts};
#[cfg(target_arch = "s390x")]
pub use s390x::{offset, without_interrupts};
pub use word::{Arithmetic, Pair, Word};
