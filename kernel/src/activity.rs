//! What a CPU runs for a module, and for how many seconds it has: so that a module's init
//! that doesn't end has a name.
//!
//! The seconds are looks of the CPU's own (timer.rs), each at least a second after the
//! last, and only those that find interruptions on.

use arch::{MAX_CPUS, cpu};
use core::fmt;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use this_cpu::with_interrupts_off;

/// A kind of function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A constructor, a destructor or an exit.
    StartOrEnd,
    /// An init.
    Init,
    /// A function that a command calls.
    Call,
    /// A callback of a hot-plug state.
    Callback,
}

/// A function of a module's that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// What it is.
    pub kind: Kind,
    /// Its address.
    pub address: u64,
    seconds: u64,
}

impl Kind {
    /// All of them, by their numbers.
    const ALL: [Self; 4] = [Self::StartOrEnd, Self::Init, Self::Call, Self::Callback];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::StartOrEnd => "a module's exit, constructor or destructor",
            Kind::Init => "a module's init",
            Kind::Call => "a function that was called",
            Kind::Callback => "a callback of a hot-plug state",
        })
    }
}

/// What a CPU runs, in words that reports of other CPUs may read.
struct Record {
    /// The address; 0 for nothing.
    address: AtomicU64,
    /// The kind's place in [`Kind::ALL`].
    kind: AtomicUsize,
    seconds: AtomicU64,
}

static RECORDS: [Record; MAX_CPUS] = [const {
    Record {
        address: AtomicU64::new(0),
        kind: AtomicUsize::new(0),
        seconds: AtomicU64::new(0),
    }
}; MAX_CPUS];

/// What a CPU runs; exact for the running one, or one that has stopped.
pub fn of(cpu: u32) -> Option<Activity> {
    let record = RECORDS.get(cpu as usize)?;
    let address = record.address.load(Ordering::Relaxed);
    let kind = *Kind::ALL.get(record.kind.load(Ordering::Relaxed))?;
    let seconds = record.seconds.load(Ordering::Relaxed);
    (address != 0).then_some(Activity {
        kind,
        address,
        seconds,
    })
}

/// Puts one in the place of what this CPU runs, which it returns.
fn replace(activity: Option<Activity>) -> Option<Activity> {
    let this = cpu::number();
    with_interrupts_off(|_| {
        let before = of(this);
        let record = &RECORDS[this as usize];
        let Some(Activity {
            kind,
            address,
            seconds,
        }) = activity
        else {
            record.address.store(0, Ordering::Relaxed);
            return before;
        };
        record.kind.store(kind as usize, Ordering::Relaxed);
        record.seconds.store(seconds, Ordering::Relaxed);
        record.address.store(address, Ordering::Relaxed);
        before
    })
}

/// Runs `work`, which is the function at `address`. What the CPU ran before starts anew
/// behind it.
pub fn during<R>(kind: Kind, address: u64, work: impl FnOnce() -> R) -> R {
    let new = |kind, address| Activity {
        kind,
        address,
        seconds: 0,
    };
    let before = replace(Some(new(kind, address)));
    let result = work();
    replace(before.map(|before| new(before.kind, before.address)));
    result
}

/// A second has passed on this CPU: what it runs, if that has run for so many seconds now.
pub fn look(limit: u64) -> Option<Activity> {
    let mut activity = replace(None)?;
    activity.seconds += 1;
    replace(Some(activity));
    (activity.seconds == limit).then_some(activity)
}
