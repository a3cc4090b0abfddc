//! What a CPU runs for a module, and for how many seconds it has: so that a module's init
//! that doesn't end has a name.
//!
//! The seconds are looks of the CPU's own (timer.rs), each at least a second after the
//! last, and only those that find interruptions on.

use core::cell::Cell;
use core::fmt;
use this_cpu::{percpu, with_interrupts_off};

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

percpu! {
    /// What this CPU runs.
    static CURRENT: Cell<Option<Activity>> = Cell::new(None);
}

fn replace(activity: Option<Activity>) -> Option<Activity> {
    with_interrupts_off(|off| off.get(&CURRENT).replace(activity))
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
