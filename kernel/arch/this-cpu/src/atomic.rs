//! The atomics that the counters count on between CPUs. `tests/concurrency.rs` has a
//! scheduler's in their place.

pub use core::sync::atomic::{AtomicBool, AtomicI64, Ordering};
