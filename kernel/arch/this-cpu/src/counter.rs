//! A counter that many CPUs add to and few read. Linux's `percpu_counter`.
//!
//! Each CPU adds to a copy of its own. When a copy reaches the batch it moves to
//! the total, the only place that CPUs share:
//!
//! ```text
//!  CPU 0: +3   CPU 1: -1   CPU 2: +7      sum() = total + every copy
//!     └───────────┴───────────┴──▶ total  approximate() = total
//! ```

use crate::atomic::{AtomicI64, Ordering::Relaxed};
use crate::dynamic::{NoMemory, PerCpu};
use crate::variable::Variable;
use core::num::NonZeroU32;

/// A signed count, spread over the CPUs. Wraps.
#[derive(Debug)]
pub struct PerCpuCounter {
    total: AtomicI64,
    copies: PerCpu<i64>,
    batch: NonZeroU32,
}

impl PerCpuCounter {
    /// A counter at zero. `batch` is what a copy holds back less than. May map pages:
    /// see [`PerCpu::alloc`].
    pub fn new(batch: NonZeroU32) -> Result<Self, NoMemory> {
        let copies = PerCpu::alloc()?;
        Ok(Self {
            total: AtomicI64::new(0),
            copies,
            batch,
        })
    }

    /// Adds `amount`. Anywhere, interrupt handlers included: a copy is replaced only if
    /// it is still what was read.
    pub fn add(&self, amount: i64) {
        loop {
            let old = self.copies.read();
            let new = old.wrapping_add(amount);
            let full = new.unsigned_abs() >= u64::from(self.batch.get());
            let kept = if full { 0 } else { new };
            if self.copies.cmpxchg(old, kept) != old {
                continue;
            }
            if full {
                self.total.fetch_add(new, Relaxed);
            }
            return;
        }
    }

    /// What has reached the total: off by less than the batch for each CPU, and by what
    /// an `add` that is under way moves. Reads one word.
    pub fn approximate(&self) -> i64 {
        self.total.load(Relaxed)
    }

    /// The total and what each possible CPU holds back, read one after another: exact
    /// when no `add` is under way.
    pub fn sum(&self) -> i64 {
        self.approximate().wrapping_add(self.copies.sum())
    }
}
