//! Locks that are safe against interrupts, and taken in one order.
//!
//! [`Lock`] is taken with interruptions off, so an interrupt handler may take it
//! too. Each has a rank, its place in the lock order of docs/INVARIANTS.md; a CPU
//! that takes one while it holds another of the same rank or a later one could
//! wait for ever, some day, and panics at once instead. Which ranks a CPU holds is
//! a word of its lowcore. Keeps C4 and C5.

use crate::timer;
use arch::{cpu, lowcore};
use core::sync::atomic::{AtomicU32, Ordering};
use lock_api::{GuardNoSend, RawMutex};

/// A mutual-exclusion lock, taken with interruptions off.
pub type Lock<T, const RANK: u8> = lock_api::Mutex<RawIrqSaveLock<RANK>, T>;

/// Places in the lock order, outermost first.
pub mod rank {
    /// What the self-tests have of their own.
    pub const TEST: u8 = 0;
    /// The registry of modules.
    pub const MODULES: u8 = 1;
    /// Populating and balancing per-CPU pages.
    pub const PER_CPU_PAGES: u8 = 2;
    /// Areas of the vmalloc region.
    pub const VMALLOC: u8 = 3;
    /// Book-keeping of per-CPU areas.
    pub const PER_CPU_AREAS: u8 = 4;
    /// What is kept for modules in C: a line not ended, areas of theirs.
    pub const EXPORTS: u8 = 5;
    /// Frames and translation tables.
    pub const MEMORY: u8 = 6;
    /// The kernel heap.
    pub const HEAP: u8 = 7;
    /// The console.
    pub const CONSOLE: u8 = 8;

    /// Names, for the panic's message.
    pub(super) const NAMES: [&str; 9] = [
        "test",
        "modules",
        "per-CPU pages",
        "vmalloc",
        "per-CPU areas",
        "exports",
        "memory",
        "heap",
        "console",
    ];
}

const FREE: u32 = 0;
const TAKEN: u32 = 1;

/// The raw lock behind [`Lock`]: a spin lock that saves the interrupt state, what
/// Linux takes with `spin_lock_irqsave`.
///
/// The state is saved a CPU, not a lock (C4): guards may be dropped in any order,
/// and interruptions stay off until the last of them is gone.
#[derive(Debug)]
pub struct RawIrqSaveLock<const RANK: u8> {
    /// `FREE` or `TAKEN`: a word, which the machine swaps in one instruction.
    taken: AtomicU32,
}

// SAFETY: C5: `taken` becomes `TAKEN` by one compare-and-swap, with acquire order,
// and `FREE` by the holder's release store: one CPU at a time.
unsafe impl<const RANK: u8> RawMutex for RawIrqSaveLock<RANK> {
    const INIT: Self = Self {
        taken: AtomicU32::new(FREE),
    };

    type GuardMarker = GuardNoSend;

    #[inline]
    fn lock(&self) {
        cpu::push_interrupts_off();
        let held = lowcore::held_ranks();
        if held >> RANK != 0 {
            out_of_order(RANK, held);
        }
        if !self.acquire() {
            timer::spin_until(|| self.acquire());
        }
        lowcore::hold_rank::<RANK>();
    }

    fn try_lock(&self) -> bool {
        cpu::push_interrupts_off();
        let free = self.acquire();
        if free {
            lowcore::hold_rank::<RANK>();
        } else {
            cpu::pop_interrupts_off();
        }
        free
    }

    #[inline]
    unsafe fn unlock(&self) {
        lowcore::release_rank::<RANK>();
        self.taken.store(FREE, Ordering::Release);
        cpu::pop_interrupts_off();
    }
}

impl<const RANK: u8> RawIrqSaveLock<RANK> {
    #[inline]
    fn acquire(&self) -> bool {
        self.taken
            .compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }
}

#[cold]
fn out_of_order(rank: u8, held: u32) -> ! {
    let name = |rank: u8| rank::NAMES[usize::from(rank)];
    let holds = (31 - held.leading_zeros()) as u8;
    // What a panic does must find its own locks free.
    lowcore::release_all_ranks();
    panic!(
        "lock order: a lock of rank {rank} ({}) wanted by a CPU that holds one of rank {holds} ({})",
        name(rank),
        name(holds)
    )
}
