//! Locks that are safe against interrupts, and taken in one order.
//!
//! The lock is the crate `sync`'s; here it meets this machine, whose CPUs keep in
//! their lowcore which ranks they hold, and the ranks get their names: `rank.rs`. With
//! `lockstat`, holds are counted: `counting.rs`.

pub mod counting;
pub mod rank;

use crate::waiting::{self, Wait};
use ::sync::{Machine, RawIrqSaveLock, RawTryLock};
use arch::{cpu, lowcore};
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use lock_api::MutexGuard;

/// A mutual-exclusion lock, taken with interrupts off, also by interrupt handlers.
///
/// # Panics
/// If the CPU that takes it holds a lock of the same rank or of a later one.
pub type Lock<T, const RANK: u8> = lock_api::Mutex<RawLock<RANK>, T>;

/// The raw lock behind [`Lock`].
pub type RawLock<const RANK: u8> = RawIrqSaveLock<ThisCpu, RANK>;

// What says that a CPU's locks are counted.
const _: () = assert!(lowcore::LOCKS_COUNTED == ::sync::COUNTED);

/// The raw lock of what a CPU has for itself, which it tries.
pub type TryLock<const RANK: u8> = RawTryLock<ThisCpu, RANK>;

/// The running CPU, as locks see it.
#[derive(Debug)]
pub enum ThisCpu {}

impl Machine for ThisCpu {
    type Word = AtomicU32;

    #[inline(always)]
    fn push_interrupts_off() {
        cpu::push_interrupts_off();
    }

    #[inline(always)]
    unsafe fn pop_interrupts_off() {
        // SAFETY: C4: the caller's promise.
        unsafe { cpu::pop_interrupts_off() };
    }

    #[inline(always)]
    fn held_ranks_and_mode() -> u32 {
        lowcore::held_ranks_and_mode()
    }

    #[inline(always)]
    fn hold_rank<const RANK: u8>() {
        lowcore::hold_rank::<RANK>();
    }

    #[inline(always)]
    fn release_rank<const RANK: u8>() {
        lowcore::release_rank::<RANK>();
    }

    #[inline(always)]
    fn mark() -> u32 {
        lowcore::lock_mark()
    }

    #[inline]
    fn wait_for_lock(rank: u8, taken: &AtomicU32, done: impl FnMut() -> bool) {
        let wait = || Wait::Lock {
            rank,
            holder: taken.load(Ordering::Relaxed).checked_sub(1),
        };
        // The holder never frees it: the watchdog has reported it.
        waiting::wait_until(wait, u64::MAX, done);
    }

    fn section_from() -> u64 {
        lowcore::section_from()
    }

    fn count_taken(rank: u8, from: u64, contended: bool) {
        counting::taken(rank, from, contended);
    }

    #[cold]
    fn out_of_order(wanted: u8, held: u32) -> ! {
        let name = rank::NAMES[usize::from(wanted)];
        let (latest, latest_name) = latest(held);
        // What a panic does must find its own locks free.
        lowcore::release_all_ranks();
        panic!(
            "lock order: a lock of rank {wanted} ({name}) wanted by a CPU that holds one \
             of rank {latest} ({latest_name})"
        )
    }
}

/// Number and name of the latest of the ranks held.
fn latest(held: u32) -> (u32, &'static str) {
    let rank = held.ilog2();
    (rank, rank::NAMES[rank as usize])
}

/// Locks, by the bits of their ranks: ` rank 3 (vmalloc)`, or nothing.
pub struct Ranks(pub u32);

impl fmt::Display for Ranks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (rank, name) in rank::NAMES.iter().enumerate() {
            if self.0 >> rank & 1 != 0 {
                write!(f, " rank {rank} ({name})")?;
            }
        }
        Ok(())
    }
}

/// Stops the kernel if this CPU may not wait for another one: the other could want a
/// lock that it holds; and what it runs for others while it waits must find it between
/// its interrupts-off sections (P4, P6).
///
/// # Panics
/// If it holds a lock; the text names it. If interrupts are off, as in a handler.
pub fn assert_may_wait() {
    assert_holds_no_lock("waits for another");
    assert!(
        cpu::interrupts_enabled(),
        "a CPU waits for another inside a handler or an interrupts-off section"
    );
}

/// Stops the kernel if this CPU may not print: the text is anybody's, and could want a
/// lock that it holds.
///
/// # Panics
/// If it holds a lock; the text names it.
pub fn assert_may_print() {
    assert_holds_no_lock("prints");
}

/// Whether this CPU holds no lock; only then it may print.
pub fn holds_none() -> bool {
    lowcore::held_ranks() == 0
}

/// Stops the kernel if this CPU holds a lock, naming it and what the CPU `does`.
fn assert_holds_no_lock(does: &str) {
    let held = lowcore::held_ranks();
    if held != 0 {
        let (rank, name) = latest(held);
        lowcore::release_all_ranks();
        panic!("a CPU {does} while it holds a lock of rank {rank} ({name})");
    }
}

/// A lock around a way out of the machine, which a panic's report takes from whoever
/// holds it.
pub struct OutputLock<T, const RANK: u8> {
    lock: Lock<T, RANK>,
    taken_over: AtomicBool,
}

impl<T, const RANK: u8> OutputLock<T, RANK> {
    /// A lock that is free.
    pub const fn new(value: T) -> Self {
        Self {
            lock: Lock::new(value),
            taken_over: AtomicBool::new(false),
        }
    }

    /// Takes the lock; once it was taken over, from its holder.
    pub fn lock(&self) -> MutexGuard<'_, RawLock<RANK>, T> {
        if self.is_taken_over() && self.lock.is_locked() {
            // SAFETY: C20: the holder doesn't run any more.
            unsafe { self.lock.force_unlock() };
        }
        self.lock.lock()
    }

    /// Whether a panic's report has it.
    pub fn is_taken_over(&self) -> bool {
        self.taken_over.load(Ordering::Relaxed)
    }

    /// Lets the running CPU have the lock from here on, whoever holds it.
    ///
    /// # Safety
    /// C20: only this CPU runs from here on.
    pub unsafe fn take_over(&self) {
        self.taken_over.store(true, Ordering::Relaxed);
        if self.lock.is_locked() {
            // SAFETY: C20: the caller's promise. If this CPU held it, its rank goes off
            // those held, or the next lock could be out of order.
            unsafe { self.lock.force_unlock() };
        }
    }
}
