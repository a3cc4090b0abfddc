//! How much is tried.

use std::ops::Range;

/// Trials by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Trials of initrds, and as many of command lines: each a guest.
    pub boots: u64,
    /// Trials of modules: many a guest.
    pub modules: u64,
    /// Number of the first one of each kind.
    pub first: u64,
    /// What the random numbers come from.
    pub seed: u64,
}

impl Extent {
    /// The numbers of so many trials.
    pub fn numbers(self, trials: u64) -> Range<u64> {
        self.first..self.first.saturating_add(trials)
    }
}
