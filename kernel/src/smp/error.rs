//! Why a CPU isn't started, or doesn't run a function.

use arch::sigp::{Order, Refusal};
use core::fmt;

/// What went wrong with a CPU, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// No CPU has this number.
    NotPossible(u32),
    /// The machine has no CPU for this number.
    NotPresent(u32),
    /// The CPU isn't online.
    NotOnline(u32),
    /// It runs already.
    Online(u32),
    /// No memory for its lowcore and stacks.
    OutOfMemory(u32),
    /// It refused an order.
    Refused(u32, Order, Refusal),
    /// It was started, and isn't online after a second.
    NotStarted(u32),
    /// It was signalled, and hasn't begun the function for a minute.
    Silent(u32),
    /// It has the task of another round still.
    Busy(u32),
    /// Another CPU has been calling for a minute.
    CallerBusy,
    /// A called function calls, or a task starts a round of tasks.
    Nested,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotPossible(cpu) => write!(f, "cpu {cpu}: no such number"),
            Error::NotPresent(cpu) => write!(f, "cpu {cpu}: the machine has no such CPU"),
            Error::NotOnline(cpu) => write!(f, "cpu {cpu}: not online"),
            Error::Online(cpu) => write!(f, "cpu {cpu}: is online already"),
            Error::OutOfMemory(cpu) => write!(f, "cpu {cpu}: no memory for lowcore and stacks"),
            Error::Refused(cpu, order, refusal) => {
                write!(f, "cpu {cpu}: refused {order:?}: {refusal}")
            }
            Error::NotStarted(cpu) => write!(f, "cpu {cpu}: started, but silent for a second"),
            Error::Silent(cpu) => write!(f, "cpu {cpu}: signalled, but silent for a minute"),
            Error::Busy(cpu) => write!(f, "cpu {cpu}: still runs another task"),
            Error::CallerBusy => f.write_str("another CPU has been calling for a minute"),
            Error::Nested => f.write_str("a called function may not call other CPUs itself"),
        }
    }
}

impl From<cross_call::Error<Refusal>> for Error {
    fn from(error: cross_call::Error<Refusal>) -> Self {
        use cross_call::Error as Call;
        match error {
            Call::NotOnline { cpu } => Error::NotOnline(cpu),
            Call::Refused { cpu, refusal } => Error::Refused(cpu, Order::EmergencySignal, refusal),
            Call::Silent { cpu } => Error::Silent(cpu),
            Call::Busy { cpu } => Error::Busy(cpu),
            Call::CallerBusy => Error::CallerBusy,
            Call::Nested => Error::Nested,
        }
    }
}
