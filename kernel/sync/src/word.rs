//! A word that CPUs share.

use core::sync::atomic::{AtomicU32, Ordering};

/// An atomic word of 32 bits: `AtomicU32`, or one that a test's scheduler knows.
///
/// # Safety
/// C5: every operation is one atomic step on one and the same word, with the orderings
/// that it is given, or stronger ones.
pub unsafe trait Word: Sync {
    /// A word that is 0.
    const ZERO: Self;

    /// Reads it.
    fn load(&self, order: Ordering) -> u32;

    /// Writes it.
    fn store(&self, value: u32, order: Ordering);

    /// Writes `new` if it is `current`, with order `success`; else reads it, relaxed.
    ///
    /// # Errors
    /// Its value, when that isn't `current`.
    fn compare_exchange(&self, current: u32, new: u32, success: Ordering) -> Result<(), u32>;
}

// SAFETY: C5: the type's own operations.
unsafe impl Word for AtomicU32 {
    const ZERO: Self = AtomicU32::new(0);

    #[inline(always)]
    fn load(&self, order: Ordering) -> u32 {
        AtomicU32::load(self, order)
    }

    #[inline(always)]
    fn store(&self, value: u32, order: Ordering) {
        AtomicU32::store(self, value, order);
    }

    #[inline(always)]
    fn compare_exchange(&self, current: u32, new: u32, success: Ordering) -> Result<(), u32> {
        AtomicU32::compare_exchange(self, current, new, success, Ordering::Relaxed).map(|_| ())
    }
}
