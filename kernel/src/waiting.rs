//! A CPU that waits for another one with interruptions off: what for, and for how long.
//!
//! It looks some times, and then dozes between looks, longer each time, so that
//! the CPU it waits for gets the host's: there may be fewer host CPUs than this machine
//! has. Before each doze it looks after the others as it does when interruptions are on
//! (watchdog.rs, which is further up, and comes in by a trait).
//!
//! ```text
//!   looks ......... doze 1 us . doze 2 us . . . doze 1 ms . doze 1 ms .
//!                   └ the record says what for, for reports of other CPUs
//! ```
//!
//! A doze is at most as long as all before it together.
//!
//! A wait counts the time that the CPU itself saw pass, each doze at most twice: on a host
//! that gave it no turn for a minute, nobody has waited for a minute.

use crate::timer;
use arch::timer::{doze_until, from_microseconds, now};
use arch::{MAX_CPUS, cpu};
use core::sync::atomic::{AtomicU64, Ordering};
use spin::Once;

/// What a CPU waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A lock of this rank, which that CPU holds.
    Lock {
        /// Its place in the lock order.
        rank: u8,
        /// The CPU that holds it; none if it has just been freed.
        holder: Option<u32>,
    },
    /// The right to call other CPUs, which that CPU has.
    Caller(Option<u32>),
    /// A CPU that was called: its interruptions are off, or it runs the function.
    Call(u32),
}

/// A wait in one word, so that other CPUs see it whole: what for in the top half, the CPU's
/// number plus 1 in the other, 0 if there is none. A word of 0 is no wait.
impl Wait {
    const CALLER: u64 = 0x100;
    const CALL: u64 = 0x101;

    fn to_word(self) -> u64 {
        let holder = |holder: Option<u32>| holder.map_or(0, |cpu| u64::from(cpu) + 1);
        let (what, cpu) = match self {
            Wait::Lock { rank, holder: cpu } => (u64::from(rank) + 1, holder(cpu)),
            Wait::Caller(cpu) => (Self::CALLER + 1, holder(cpu)),
            Wait::Call(cpu) => (Self::CALL + 1, holder(Some(cpu))),
        };
        what << 32 | cpu
    }

    fn from_word(word: u64) -> Option<Self> {
        let holder = (word as u32).checked_sub(1);
        Some(match (word >> 32).checked_sub(1)? {
            Self::CALLER => Wait::Caller(holder),
            Self::CALL => Wait::Call(holder?),
            rank => Wait::Lock {
                rank: rank as u8,
                holder,
            },
        })
    }
}

/// Who looks after the CPUs.
pub trait Watchdog: Sync {
    /// A second has passed on this CPU, whose interruptions are off while it waits.
    fn look(&self);

    /// This CPU has waited for [`threshold`] seconds for one thing; once a wait.
    fn stuck(&self, wait: Wait);
}

/// Seconds that a CPU may wait for one other with interruptions off, or keep its own off,
/// before it counts as stuck.
static THRESHOLD: AtomicU64 = AtomicU64::new(5);

/// Looks before the first doze.
const LOOKS: u32 = 50;

/// Microseconds of the first doze, and of the longest while few doze.
const DOZE: (u64, u64) = (1, 1000);

/// Up to so many CPUs that doze wake once a millisecond each; of more each wakes less often, or
/// an emulator's host does nothing but wake them.
const FEW: u64 = 32;

/// CPUs that doze between looks.
static DOZING: AtomicU64 = AtomicU64::new(0);

static WATCHDOG: Once<&'static dyn Watchdog> = Once::new();

/// What each CPU waits for, as [`Wait::to_word`] has it.
static WAITS: [AtomicU64; MAX_CPUS] = [const { AtomicU64::new(0) }; MAX_CPUS];

/// Names who looks after the CPUs from here on, and after how many seconds they count as
/// stuck. Once, at boot.
pub fn set_watchdog(watchdog: &'static dyn Watchdog, seconds: u64) {
    THRESHOLD.store(seconds, Ordering::Relaxed);
    WATCHDOG.call_once(|| watchdog);
}

/// Seconds after which a CPU counts as stuck.
pub fn threshold() -> u64 {
    THRESHOLD.load(Ordering::Relaxed)
}

/// What that CPU waits for with interruptions off, if it does for longer than some looks.
pub fn of(cpu: u32) -> Option<Wait> {
    let word = WAITS.get(cpu as usize)?.load(Ordering::Relaxed);
    Wait::from_word(word)
}

/// Waits until another CPU has made `done` true, for `limit` microseconds at most; returns
/// whether it has. `what` says for whom, and is asked again and again: locks go from hand
/// to hand. With interrupts off.
pub fn wait_until(what: impl Fn() -> Wait, limit: u64, mut done: impl FnMut() -> bool) -> bool {
    for _ in 0..LOOKS {
        if done() {
            return true;
        }
        cpu::relax();
    }
    let record = &WAITS[cpu::number() as usize];
    DOZING.fetch_add(1, Ordering::Relaxed);
    let is_done = dozing(&what, limit, record, done);
    DOZING.fetch_sub(1, Ordering::Relaxed);
    record.store(0, Ordering::Relaxed);
    timer::rearm();
    is_done
}

/// The second half of [`wait_until`].
#[cold]
fn dozing(
    what: &dyn Fn() -> Wait,
    limit: u64,
    record: &AtomicU64,
    mut done: impl FnMut() -> bool,
) -> bool {
    let limit = from_microseconds(limit);
    let mut doze = from_microseconds(DOZE.0);
    let (mut waited, mut waited_for_one) = (0u64, 0u64);
    loop {
        let wait = what();
        if record.swap(wait.to_word(), Ordering::Relaxed) != wait.to_word() {
            waited_for_one = 0;
        }
        let start = now();
        doze_until(start + doze);
        let passed = (now() - start).min(2 * doze);
        if done() {
            return true;
        }
        waited += passed;
        let before = waited_for_one;
        waited_for_one += passed;
        if let Some(watchdog) = WATCHDOG.get() {
            if timer::take_look() {
                watchdog.look();
            }
            let bound = from_microseconds(threshold() * 1_000_000);
            if before < bound && waited_for_one >= bound {
                watchdog.stuck(wait);
            }
        }
        if waited >= limit {
            return false;
        }
        let share = DOZING.load(Ordering::Relaxed).div_ceil(FEW);
        doze = (2 * doze).min(from_microseconds(DOZE.1) * share);
    }
}
