//! Who may call: one CPU at a time.

use core::sync::atomic::Ordering;
use sync::Word;

const NOBODY: u32 = 0;

/// The caller lock: the number of the CPU that calls, plus 1.
///
/// Two CPUs that called each other, each waiting for the other with interrupts off,
/// would wait for ever. So one at a time calls; who waits for the lock serves its own
/// mailbox meanwhile, and who has it has nothing in its own.
pub struct CallerLock<W>(W);

/// Holds the caller lock until it is dropped.
pub struct Caller<'a, W: Word>(&'a W);

impl<W: Word> CallerLock<W> {
    /// A lock that nobody holds.
    pub const fn new() -> Self {
        Self(W::ZERO)
    }

    /// Whether `cpu` holds it.
    pub fn is_held_by(&self, cpu: u32) -> bool {
        self.holder() == Some(cpu)
    }

    /// The CPU that holds it.
    pub fn holder(&self) -> Option<u32> {
        self.0.load(Ordering::Relaxed).checked_sub(1)
    }

    /// Takes the lock for `cpu`, unless another has it.
    pub fn try_take(&self, cpu: u32) -> Option<Caller<'_, W>> {
        let taken = self.0.compare_exchange(NOBODY, cpu + 1, Ordering::Acquire);
        // Not a moment earlier: one that isn't ours would free the lock when dropped.
        taken.is_ok().then(|| Caller(&self.0))
    }
}

impl<W: Word> Drop for Caller<'_, W> {
    fn drop(&mut self) {
        self.0.store(NOBODY, Ordering::Release);
    }
}
