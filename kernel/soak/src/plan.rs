//! What a slice is like.

use crate::random::Random;

/// A request that is to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The site, by its number.
    pub site: usize,
    /// The request from the slice's begin on, the first being 1.
    pub nth: u64,
}

/// A slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How long it takes.
    pub microseconds: u64,
    /// What fails in it; in half of the slices nothing does.
    pub fault: Option<Fault>,
    /// Microseconds between two interrupts of each CPU that works; in a third of the slices
    /// there are none.
    pub tick: Option<u64>,
    /// Changes of who is online, at most.
    pub changes: u64,
}

impl Plan {
    /// The slice of this number, of the soak of a seed; there are so many sites of faults.
    pub fn new(seed: u64, slice: u64, sites: usize) -> Self {
        // No CPU has this number.
        let mut random = Random::new(seed, slice, u64::MAX);
        let microseconds = 20_000 + random.below(100_000);
        let fails = random.one_in(2) && sites > 0;
        let site = random.below(sites as u64) as usize;
        // Mostly soon, or it comes in no slice.
        let reach = 1 << random.below(10);
        let nth = 1 + random.below(reach);
        Self {
            microseconds,
            fault: fails.then_some(Fault { site, nth }),
            tick: (!random.one_in(3)).then(|| 200 + random.below(2_000)),
            changes: random.below(5),
        }
    }
}
