//! Faults that are injected on purpose: which requests of a kind fail, and the count of them.
//!
//! ```text
//!  `12`        the 12th request
//!  `12..20`    the 12th to the 20th
//!  `%5`        of a hundred, five: at random, by a seed
//! ```
//!
//! Any CPU may count at any time, in any context: there are atomic words, and nothing else.
#![no_std]
#![forbid(unsafe_code)]

mod site;
mod trigger;
mod when;

pub use site::{Site, Watcher};
pub use trigger::Trigger;
pub use when::When;
