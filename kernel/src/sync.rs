//! Locks that are safe against interrupts.
//!
//! [`Lock`] is taken with interruptions off, so an interrupt handler may take it
//! too. It remembers which CPU holds it: taking it twice on one CPU would spin
//! for ever, and panics instead.
//!
//! Lock order, outermost first; a CPU takes a lock only if it holds none that
//! stands further down (L-series and P-series of docs/INVARIANTS.md):
//! modules, per-CPU sleeping path, vmalloc, per-CPU, memory, printk, heap, console.

use arch::cpu::{self, InterruptState};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicU32, Ordering};
use lock_api::{GuardNoSend, RawMutex};

/// A mutual-exclusion lock, taken with interruptions off.
pub type Lock<T> = lock_api::Mutex<InterruptSafe, T>;

const FREE: u32 = u32::MAX;

/// The raw lock behind [`Lock`].
#[derive(Debug)]
pub struct InterruptSafe {
    /// Number of the CPU that holds it, or `FREE`.
    holder: AtomicU32,
    before: UnsafeCell<Option<InterruptState>>,
}

// SAFETY: `before` is only accessed by the CPU that holds the lock.
unsafe impl Sync for InterruptSafe {}

// SAFETY: `holder` leaves `FREE` by one compare-and-swap, with acquire order, and
// comes back by the holder's release store: one CPU at a time.
unsafe impl RawMutex for InterruptSafe {
    const INIT: Self = Self {
        holder: AtomicU32::new(FREE),
        before: UnsafeCell::new(None),
    };

    type GuardMarker = GuardNoSend;

    fn lock(&self) {
        let before = cpu::disable_interrupts();
        while !self.acquire() {
            let holder = self.holder.load(Ordering::Relaxed);
            assert!(holder != cpu::number(), "a CPU takes a lock that it holds");
            cpu::relax();
        }
        // SAFETY: this CPU holds the lock.
        unsafe { *self.before.get() = Some(before) };
    }

    fn try_lock(&self) -> bool {
        let before = cpu::disable_interrupts();
        if self.acquire() {
            // SAFETY: this CPU holds the lock.
            unsafe { *self.before.get() = Some(before) };
            return true;
        }
        cpu::restore_interrupts(before);
        false
    }

    unsafe fn unlock(&self) {
        // SAFETY: the caller holds the lock.
        let before = unsafe { (*self.before.get()).take() };
        self.holder.store(FREE, Ordering::Release);
        if let Some(before) = before {
            cpu::restore_interrupts(before);
        }
    }
}

impl InterruptSafe {
    fn acquire(&self) -> bool {
        self.holder
            .compare_exchange(FREE, cpu::number(), Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }
}
