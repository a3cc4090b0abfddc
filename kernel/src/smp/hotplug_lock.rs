//! Who leads CPUs in and out: one at a time, and nobody while somebody keeps them as they are
//! (Linux: cpu_hotplug_lock).
//!
//! A word: the keepers, counted, and a bit for the leader, who sets it and then waits for the
//! keepers to end; new ones wait for the leader. All wait with interrupts on. What a leader
//! runs for a module, a callback, is within its turn: there CPUs are kept as they are.

use super::error::Error;
use super::wait;
use crate::cpus;
use core::sync::atomic::{AtomicU32, Ordering};
use this_cpu::{Variable, percpu};

const LEADER: u32 = 1 << 31;

/// Seconds that a leader waits for another, and a keeper for a leader between two warnings.
const PATIENCE: u64 = 60;

/// Seconds that a leader waits for keepers on up to 16 CPUs; on more as much more, as keepers
/// call each of them.
const PATIENCE_WITH_KEEPERS: u64 = 10;

static WORD: AtomicU32 = AtomicU32::new(0);

percpu! {
    /// Callbacks that this CPU runs: 0 or 1.
    static CALLBACKS: u32 = 0;
}

/// Runs a callback on this CPU.
pub fn in_callback<R>(callback: impl FnOnce() -> R) -> R {
    CALLBACKS.inc();
    let result = callback();
    CALLBACKS.dec();
    result
}

/// Whether this CPU runs a callback.
pub fn is_in_callback() -> bool {
    CALLBACKS.read() != 0
}

/// While it is there CPUs are kept as they are.
pub struct Kept(());

impl Kept {
    /// Waits for who leads CPUs in and out; interrupts on, no lock held.
    pub fn new() -> Self {
        keep();
        Self(())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let_go();
    }
}

/// Keeps CPUs as they are, until [`let_go`] is called as often; waits as [`Kept::new`] does. In
/// a callback they are kept, and nothing is counted.
pub fn keep() {
    while !is_in_callback() && !wait::wait_until(PATIENCE, try_to_keep) {
        log::warn!("who wants the CPUs kept as they are waits for who leads one in or out");
    }
}

/// As [`keep`], if nobody leads; whether CPUs are kept. Never waits.
pub fn try_to_keep() -> bool {
    let kept = |word: u32| (word & LEADER == 0).then_some(word + 1);
    is_in_callback()
        || WORD
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, kept)
            .is_ok()
}

/// As [`keep`], whoever leads: for who can't wait. Never waits.
pub fn keep_at_once() {
    if !is_in_callback() {
        WORD.fetch_add(1, Ordering::Acquire);
    }
}

/// Ends what one [`keep`] began; `false` if there was none.
pub fn let_go() -> bool {
    let let_go = |word: u32| (word & !LEADER != 0).then(|| word - 1);
    is_in_callback()
        || WORD
            .fetch_update(Ordering::Release, Ordering::Relaxed, let_go)
            .is_ok()
}

/// The one who leads CPUs in and out, until it is dropped.
pub struct Leader(());

impl Leader {
    /// Waits for another leader, and for who keeps CPUs as they are; interrupts on, no lock
    /// held.
    ///
    /// # Errors
    /// It takes too long.
    pub fn new() -> Result<Self, Error> {
        if is_in_callback() {
            return Err(Error::Nested);
        }
        let is_alone = || WORD.fetch_or(LEADER, Ordering::Acquire) & LEADER == 0;
        if !wait::wait_until(PATIENCE, is_alone) {
            return Err(Error::Led);
        }
        let leader = Self(());
        let keepers = || WORD.load(Ordering::Acquire) & !LEADER;
        let patience = PATIENCE_WITH_KEEPERS * u64::from(cpus::online_count().div_ceil(16));
        match wait::wait_until(patience, || keepers() == 0) {
            true => Ok(leader),
            false => Err(Error::Kept(keepers())),
        }
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        WORD.fetch_and(!LEADER, Ordering::Release);
    }
}
