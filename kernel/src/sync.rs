//! Locks that are safe against interrupts, and taken in one order.
//!
//! [`Lock`] is taken with interruptions off, so an interrupt handler may take it
//! too. Each has a rank, its place in the lock order of docs/INVARIANTS.md; a CPU
//! that takes one while it holds another of the same rank or a later one could
//! wait for ever, some day, and panics at once instead.

use crate::timer;
use arch::MAX_CPUS;
use arch::cpu::{self, InterruptState};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicU32, Ordering};
use lock_api::{GuardNoSend, RawMutex};

/// A mutual-exclusion lock, taken with interruptions off.
pub type Lock<T, const RANK: u8> = lock_api::Mutex<InterruptSafe<RANK>, T>;

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

/// A bit for each rank that the CPU holds a lock of.
static HELD: [AtomicU32; MAX_CPUS] = [const { AtomicU32::new(0) }; MAX_CPUS];

/// The raw lock behind [`Lock`].
#[derive(Debug)]
pub struct InterruptSafe<const RANK: u8> {
    /// `FREE` or `TAKEN`: a word, which the machine swaps in one instruction.
    taken: AtomicU32,
    before: UnsafeCell<Option<InterruptState>>,
}

// SAFETY: `before` is only accessed by the CPU that holds the lock.
unsafe impl<const RANK: u8> Sync for InterruptSafe<RANK> {}

// SAFETY: `taken` becomes `TAKEN` by one compare-and-swap, with acquire order, and
// `FREE` by the holder's release store: one CPU at a time.
unsafe impl<const RANK: u8> RawMutex for InterruptSafe<RANK> {
    const INIT: Self = Self {
        taken: AtomicU32::new(FREE),
        before: UnsafeCell::new(None),
    };

    type GuardMarker = GuardNoSend;

    #[inline]
    fn lock(&self) {
        let before = cpu::disable_interrupts();
        let held = held().load(Ordering::Relaxed);
        if held >> RANK != 0 {
            out_of_order(RANK, held);
        }
        if !self.acquire() {
            timer::spin_until(|| self.acquire());
        }
        self.taken_on_this_cpu(before);
    }

    fn try_lock(&self) -> bool {
        let before = cpu::disable_interrupts();
        if self.acquire() {
            self.taken_on_this_cpu(before);
            return true;
        }
        cpu::restore_interrupts(before);
        false
    }

    #[inline]
    unsafe fn unlock(&self) {
        // SAFETY: the caller holds the lock.
        let before = unsafe { (*self.before.get()).take() };
        // Only this CPU changes its entry, with interruptions off.
        let held = held();
        held.store(
            held.load(Ordering::Relaxed) & !(1 << RANK),
            Ordering::Relaxed,
        );
        self.taken.store(FREE, Ordering::Release);
        if let Some(before) = before {
            cpu::restore_interrupts(before);
        }
    }
}

impl<const RANK: u8> InterruptSafe<RANK> {
    #[inline]
    fn acquire(&self) -> bool {
        self.taken
            .compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    #[inline]
    fn taken_on_this_cpu(&self, before: InterruptState) {
        let held = held();
        held.store(held.load(Ordering::Relaxed) | 1 << RANK, Ordering::Relaxed);
        // SAFETY: this CPU holds the lock.
        unsafe { *self.before.get() = Some(before) };
    }
}

#[inline]
fn held() -> &'static AtomicU32 {
    &HELD[cpu::number() as usize % MAX_CPUS]
}

#[cold]
fn out_of_order(rank: u8, held: u32) -> ! {
    let name = |rank: u8| rank::NAMES[usize::from(rank)];
    let holds = (31 - held.leading_zeros()) as u8;
    // What a panic does must find its own locks free.
    self::held().store(0, Ordering::Relaxed);
    panic!(
        "lock order: a lock of rank {rank} ({}) wanted by a CPU that holds one of rank {holds} ({})",
        name(rank),
        name(holds)
    )
}
