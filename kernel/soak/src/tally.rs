//! How many operations there were, and how they ended.

use crate::operation::Operation;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused by an error, as it may be.
    Refused,
}

/// Counts, which any CPU adds to.
#[derive(Debug)]
pub struct Tally([[AtomicU64; 2]; Operation::COUNT]);

impl Tally {
    /// Nothing was done.
    pub const fn new() -> Self {
        Self([const { [const { AtomicU64::new(0) }; 2] }; Operation::COUNT])
    }

    /// Counts one more.
    pub fn add(&self, operation: Operation, outcome: Outcome) {
        self.0[operation as usize][outcome as usize].fetch_add(1, Relaxed);
    }

    /// Forgets all.
    pub fn clear(&self) {
        let counts = self.0.iter().flatten();
        counts.for_each(|count| count.store(0, Relaxed));
    }

    /// How many ended so.
    pub fn of(&self, operation: Operation, outcome: Outcome) -> u64 {
        self.0[operation as usize][outcome as usize].load(Relaxed)
    }

    /// How many there were.
    pub fn total(&self) -> u64 {
        self.0
            .iter()
            .flatten()
            .map(|count| count.load(Relaxed))
            .sum()
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}
