//! The spin lock.

use crate::counts::COUNTED;
use crate::machine::Machine;
use crate::word::Word;
use core::fmt;
use core::marker::PhantomData;
use core::sync::atomic::Ordering;
use lock_api::{GuardNoSend, RawMutex};

const FREE: u32 = 0;

/// A raw spin lock that saves the interrupt state, what Linux takes with
/// `spin_lock_irqsave`; `RANK`, below 31, is its place in the lock order.
///
/// The state is saved a CPU, not a lock (C4): guards may be dropped in any order, and
/// interrupts stay off until the last of them is gone.
pub struct RawIrqSaveLock<M: Machine, const RANK: u8> {
    /// `FREE`, or its holder's mark.
    taken: M::Word,
    machine: PhantomData<fn() -> M>,
}

// SAFETY: C5: `taken` becomes a CPU's mark by one compare-and-swap, with acquire order, and
// `FREE` by the holder's release store: one CPU at a time.
unsafe impl<M: Machine, const RANK: u8> RawMutex for RawIrqSaveLock<M, RANK> {
    const INIT: Self = Self {
        taken: M::Word::ZERO,
        machine: PhantomData,
    };

    type GuardMarker = GuardNoSend;

    #[inline]
    fn lock(&self) {
        const { assert!(RANK < 31, "a CPU's held ranks are 31 bits, and `COUNTED`") };
        M::push_interrupts_off();
        let held = M::held_ranks_and_mode();
        if held >> RANK != 0 || !self.acquire() {
            return self.lock_slowly(held);
        }
        M::hold_rank::<RANK>();
    }

    /// Fails also when this CPU holds a lock of the same rank; a lock of another rank
    /// that it holds doesn't matter, as nothing waits.
    #[inline]
    fn try_lock(&self) -> bool {
        M::push_interrupts_off();
        let held = M::held_ranks_and_mode();
        let free = held >> RANK & 1 == 0 && self.acquire();
        if free {
            M::hold_rank::<RANK>();
            if held & COUNTED != 0 {
                M::count_taken(RANK, M::section_from(), false);
            }
        } else {
            // SAFETY: C4: the section that the push above began.
            unsafe { M::pop_interrupts_off() };
        }
        free
    }

    #[inline]
    unsafe fn unlock(&self) {
        M::release_rank::<RANK>();
        self.taken.store(FREE, Ordering::Release);
        // SAFETY: C4: the section that taking the lock began; the caller holds it.
        unsafe { M::pop_interrupts_off() };
    }

    fn is_locked(&self) -> bool {
        self.taken.load(Ordering::Relaxed) != FREE
    }
}

impl<M: Machine, const RANK: u8> RawIrqSaveLock<M, RANK> {
    /// The rest of `lock` where another CPU has it, or on a CPU that holds something, be it
    /// `COUNTED` alone: so a lock that is free, and isn't counted, costs nothing more.
    #[cold]
    #[inline(never)]
    fn lock_slowly(&self, held: u32) {
        let ranks = held & !COUNTED;
        if ranks >> RANK != 0 {
            M::out_of_order(RANK, ranks);
        }
        // Before a wait, which may have sections of its own.
        let from = M::section_from();
        let contended = !self.acquire();
        if contended {
            M::wait_for_lock(RANK, &self.taken, || self.acquire());
        }
        M::hold_rank::<RANK>();
        if held & COUNTED != 0 {
            M::count_taken(RANK, from, contended);
        }
    }

    #[inline]
    fn acquire(&self) -> bool {
        let swapped = self
            .taken
            .compare_exchange(FREE, M::mark(), Ordering::Acquire);
        swapped.is_ok()
    }
}

impl<M: Machine, const RANK: u8> fmt::Debug for RawIrqSaveLock<M, RANK> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let taken = self.taken.load(Ordering::Relaxed) != FREE;
        f.debug_struct("RawIrqSaveLock")
            .field("rank", &RANK)
            .field("taken", &taken)
            .finish()
    }
}
