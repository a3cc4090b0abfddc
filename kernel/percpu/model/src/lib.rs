//! A model that shares nothing with the per-CPU allocator: a map of live areas, and what each
//! unit's copy of them must hold. It does steps, chosen or at random, and tells what is wrong
//! after each.
//!
//! ```text
//!  Random ── Step ──► Model::act ──► the allocator, on emulated memory
//!                          └──► areas: overlap? aligned? zero? whole until they are freed?
//! ```
//!
//! * `step.rs`: what may be asked for, and which of it at random
//! * `model.rs`: what must come of it
//!
//! The tests of the allocator run it on the host by the million, the workbench of `report`'s
//! page where it is; the same seed is the same steps.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod model;
mod step;

pub use model::{Came, Model};
pub use step::{Bytes, Random, Step};

use percpu::Backing;

/// Emulated memory that tells about itself.
pub trait Memory: Backing {
    /// Whether all bytes are this one.
    fn holds(&self, address: usize, size: usize, byte: u8) -> bool;
    /// Stores a byte over and over.
    fn fill(&self, address: usize, size: usize, byte: u8);
    /// Pages that are mapped, and chunks that have address space.
    fn count(&self) -> (usize, usize);
    /// Makes a CPU the running one.
    fn run_on(&self, cpu: usize);
    /// Makes the request fail that is the `nth` from now on; 0 for none.
    fn fail(&self, nth: u64);
}
