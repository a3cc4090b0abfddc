//! How much is tried.

use std::ops::Range;

/// Trials by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Trials of each kind.
    pub trials: u64,
    /// Number of the first one.
    pub first: u64,
    /// What the random numbers come from.
    pub seed: u64,
}

impl Extent {
    /// The numbers.
    pub fn numbers(self) -> Range<u64> {
        self.first..self.first.saturating_add(self.trials)
    }
}
