//! A lock that leaves interrupts on: of what a CPU has for itself and lends now and then,
//! and of what takes long.
//!
//! A handler may try it, at a compare-and-swap and a store, and does without if it is taken:
//! by another CPU, or by what it has interrupted. To wait for it is not for handlers, nor for
//! who holds a lock (C5): who waits takes interrupts between two looks, as the holder may be
//! in a handler that waits for what this CPU's handler does. The holder isn't known to hold the
//! lock's rank, or handlers could take no lock that comes before it.

use crate::machine::Machine;
use crate::word::Word;
use core::fmt;
use core::marker::PhantomData;
use core::sync::atomic::Ordering;
use lock_api::{GuardNoSend, RawMutex};

const FREE: u32 = 0;

/// A raw lock that is tried, what Linux calls `local_trylock_t`; `RANK`, below 32, is what
/// reports of who waits call it by.
pub struct RawTryLock<M: Machine, const RANK: u8> {
    /// `FREE`, or its holder's mark.
    taken: M::Word,
    machine: PhantomData<fn() -> M>,
}

// SAFETY: C5: `taken` becomes a CPU's mark by one compare-and-swap, with acquire order, and
// `FREE` by the holder's release store: one holder at a time.
unsafe impl<M: Machine, const RANK: u8> RawMutex for RawTryLock<M, RANK> {
    const INIT: Self = Self {
        taken: M::Word::ZERO,
        machine: PhantomData,
    };

    type GuardMarker = GuardNoSend;

    /// Not for interrupt handlers: what they have interrupted may hold it.
    #[cold]
    fn lock(&self) {
        const { assert!(RANK < 32, "a CPU's held ranks are a word of 32 bits") };
        M::push_interrupts_off();
        let held = M::held_ranks();
        if held != 0 {
            M::out_of_order(RANK, held);
        }
        if !self.try_lock() {
            M::wait_for_lock(RANK, &self.taken, || {
                // SAFETY: C4: the section that the push above began; the next one is in its
                // place.
                unsafe { M::pop_interrupts_off() };
                M::push_interrupts_off();
                self.try_lock()
            });
        }
        // SAFETY: C4: the section that the push above began.
        unsafe { M::pop_interrupts_off() };
    }

    #[inline(always)]
    fn try_lock(&self) -> bool {
        let swapped = self
            .taken
            .compare_exchange(FREE, M::mark(), Ordering::Acquire);
        swapped.is_ok()
    }

    #[inline(always)]
    unsafe fn unlock(&self) {
        self.taken.store(FREE, Ordering::Release);
    }

    fn is_locked(&self) -> bool {
        self.taken.load(Ordering::Relaxed) != FREE
    }
}

impl<M: Machine, const RANK: u8> fmt::Debug for RawTryLock<M, RANK> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let taken = self.taken.load(Ordering::Relaxed) != FREE;
        f.debug_struct("RawTryLock")
            .field("rank", &RANK)
            .field("taken", &taken)
            .finish()
    }
}
