//! A lock's word under a scheduler; the tests of `cross-call` use it too.

use shuttle::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use sync::Word;

/// A word that the scheduler knows.
pub struct Scheduled(AtomicU32);

// SAFETY: C5: the inner type's own operations.
unsafe impl Word for Scheduled {
    const ZERO: Self = Self(AtomicU32::new(0));

    fn load(&self, order: Ordering) -> u32 {
        self.0.load(order)
    }

    fn store(&self, value: u32, order: Ordering) {
        self.0.store(value, order);
    }

    fn compare_exchange(&self, current: u32, new: u32, success: Ordering) -> Result<(), u32> {
        let swapped = { &self.0 }.compare_exchange(current, new, success, Ordering::Relaxed);
        swapped.map(|_| ())
    }
}
