//! A model that shares nothing with the per-CPU allocator: a map of live areas, and what each
//! unit's copy of them must hold. It does steps, chosen or at random, and reports what is wrong
//! after each.
//!
//! ```text
//!  Random ── Step ──► Model::act ──► the allocator, on emulated memory
//!                          └──► areas: overlap? aligned? zero? whole until they are freed?
//! ```
//!
//! * `step.rs`: what may be asked for, and which of it at random
//! * `memory.rs`: what it happens on
//! * `model.rs`: what must come of it
//!
//! The tests of the allocator run it on the host by the million, the workbench of `report`'s
//! page where it is; the same seed is the same steps.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod memory;
mod model;
mod step;

pub use memory::Memory;
pub use model::{Came, Model};
pub use step::{Bytes, Random, Step};
