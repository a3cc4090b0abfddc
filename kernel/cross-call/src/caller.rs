//! Who may call: one CPU at a time.

use core::sync::atomic::Ordering;
use sync::Word;

const NOBODY: u32 = 0;

/// The caller lock: the number of the CPU that calls, plus 1.
///
/// Two CPUs that called each other, each waiting for the other with interrupts off,
/// would wait for ever. So one at a time calls; who waits for the lock serves its own
/// mailbox meanwhile, and who has it has nothing in its own.
///
/// It goes to whoever finds it free, but for one that has looked for it often: that may ask
/// to be the next, and then nobody else takes it, however quick.
pub struct CallerLock<W> {
    holder: W,
    /// The number of the CPU that is to have it next, plus 1.
    next: W,
}

/// Looks in vain after which a CPU asks to be the next: some milliseconds.
pub const LOOKS: u32 = 60;

/// Holds the caller lock until it is dropped.
pub struct Caller<'a, W: Word>(&'a W);

impl<W: Word> CallerLock<W> {
    /// A lock that nobody holds.
    pub const fn new() -> Self {
        Self {
            holder: W::ZERO,
            next: W::ZERO,
        }
    }

    /// Whether `cpu` holds it.
    pub fn is_held_by(&self, cpu: u32) -> bool {
        self.holder() == Some(cpu)
    }

    /// The CPU that holds it.
    pub fn holder(&self) -> Option<u32> {
        self.holder.load(Ordering::Relaxed).checked_sub(1)
    }

    /// Takes the lock for `cpu`, unless another has it or is the next.
    pub fn try_take(&self, cpu: u32) -> Option<Caller<'_, W>> {
        let next = self.next.load(Ordering::Relaxed);
        if next != NOBODY && next != cpu + 1 {
            return None;
        }
        let taken = self
            .holder
            .compare_exchange(NOBODY, cpu + 1, Ordering::Acquire);
        if taken.is_ok() && next != NOBODY {
            self.next.store(NOBODY, Ordering::Relaxed);
        }
        // Not a moment earlier: one that isn't ours would free the lock when dropped.
        taken.is_ok().then(|| Caller(&self.holder))
    }

    /// `cpu` is to have the lock next, unless another one is.
    pub fn ask(&self, cpu: u32) {
        let _ = self
            .next
            .compare_exchange(NOBODY, cpu + 1, Ordering::Relaxed);
    }

    /// `cpu` wants it no more.
    pub fn give_up(&self, cpu: u32) {
        let _ = self
            .next
            .compare_exchange(cpu + 1, NOBODY, Ordering::Relaxed);
    }
}

impl<W: Word> Drop for Caller<'_, W> {
    fn drop(&mut self) {
        self.0.store(NOBODY, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::AtomicU32;

    #[test]
    fn who_asks_is_the_next() {
        let lock = CallerLock::<AtomicU32>::new();
        let held = lock.try_take(3);
        assert!(held.is_some() && lock.try_take(1).is_none());
        lock.ask(1);
        // One at a time is.
        lock.ask(2);
        drop(held);
        assert!(lock.try_take(3).is_none() && lock.try_take(2).is_none());
        let held = lock.try_take(1);
        assert_eq!(lock.holder(), Some(1));
        drop(held);
        assert!(lock.try_take(3).is_some());
    }

    #[test]
    fn who_gives_up_is_it_no_more() {
        let lock = CallerLock::<AtomicU32>::new();
        lock.ask(1);
        lock.give_up(2);
        assert!(lock.try_take(2).is_none());
        lock.give_up(1);
        assert!(lock.try_take(2).is_some());
    }
}
