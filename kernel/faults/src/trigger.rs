//! The count of requests, and which of them fail.

use crate::when::When;
use core::sync::atomic::{AtomicU64, Ordering};

/// Of requests on several CPUs at once each is counted, and as many fail as were asked for.
#[derive(Debug)]
pub struct Trigger {
    /// Requests since it was armed.
    count: AtomicU64,
    /// The first that fails; 0 for none, or where chance decides.
    first: AtomicU64,
    /// The last.
    last: AtomicU64,
    /// Of a hundred; 0 where chance decides nothing.
    percent: AtomicU64,
    /// State of the random numbers, not 0.
    random: AtomicU64,
    /// Requests that failed since it was armed.
    failed: AtomicU64,
}

impl Trigger {
    /// One that never fails until it is armed.
    pub const fn new() -> Self {
        Self {
            count: AtomicU64::new(0),
            first: AtomicU64::new(0),
            last: AtomicU64::new(0),
            percent: AtomicU64::new(0),
            random: AtomicU64::new(1),
            failed: AtomicU64::new(0),
        }
    }

    /// Counts from now on, the next request being the first. The seed is for [`When::Percent`].
    pub fn arm(&self, when: When, seed: u64) {
        let (first, last, percent) = match when {
            When::Range { first, last } => (first, last, 0),
            When::Percent(percent) => (0, 0, percent),
        };
        self.disarm();
        self.random.store(seed.max(1), Ordering::Relaxed);
        self.last.store(last, Ordering::Relaxed);
        self.first.store(first, Ordering::Relaxed);
        self.percent.store(percent, Ordering::Relaxed);
    }

    /// None fails any more, and nothing has.
    pub fn disarm(&self) {
        for word in [
            &self.first,
            &self.percent,
            &self.last,
            &self.count,
            &self.failed,
        ] {
            word.store(0, Ordering::Relaxed);
        }
    }

    /// Requests left until the first that fails; 0 once that has come, when chance decides, or
    /// when not armed.
    pub fn left(&self) -> u64 {
        let first = self.first.load(Ordering::Relaxed);
        first.saturating_sub(self.count.load(Ordering::Relaxed))
    }

    /// Requests that failed since it was armed.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Whether it is armed.
    pub fn is_armed(&self) -> bool {
        let any = self.first.load(Ordering::Relaxed) | self.percent.load(Ordering::Relaxed);
        any != 0
    }

    /// Counts a request; whether it is one to fail.
    pub fn is_due(&self) -> bool {
        let due = match self.percent.load(Ordering::Relaxed) {
            0 => {
                let first = self.first.load(Ordering::Relaxed);
                if first == 0 {
                    return false;
                }
                let nth = self.count.fetch_add(1, Ordering::Relaxed) + 1;
                (first..=self.last.load(Ordering::Relaxed)).contains(&nth)
            }
            percent => self.random() % 100 < percent,
        };
        if due {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        due
    }

    /// xorshift64*: each request gets a number of its own.
    fn random(&self) -> u64 {
        let next = |mut state: u64| {
            state ^= state >> 12;
            state ^= state << 25;
            state ^ state >> 27
        };
        let before = self
            .random
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |it| Some(next(it)));
        let (Ok(before) | Err(before)) = before;
        next(before).wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
    }
}

impl Default for Trigger {
    fn default() -> Self {
        Self::new()
    }
}
