//! Why a CPU isn't started, doesn't leave, or doesn't run a function.

use arch::sigp::{Order, Refusal};
use core::fmt;
use hotplug::Name;

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
    /// It is being started, or was, and isn't online yet.
    Starting(u32),
    /// It was started, and isn't online after ten seconds.
    NotStarted(u32),
    /// It was signalled, and hasn't begun the function for a minute.
    Silent(u32),
    /// It has the task of another round still.
    Busy(u32),
    /// Another CPU has been calling for a minute.
    CallerBusy,
    /// A called function calls, a task starts a round of tasks, or a callback of hot-plug
    /// leads CPUs, registers or gives an errand.
    Nested,
    /// The boot CPU doesn't leave: it has no idle loop, and powers the machine off.
    BootCpu,
    /// The running CPU doesn't lead itself out.
    Itself(u32),
    /// Threads are on it, parked or ended ones included.
    Threads {
        /// The CPU.
        cpu: u32,
        /// How many.
        count: usize,
    },
    /// It runs what is left of its way out, and didn't stop.
    NotStopped(u32),
    /// Others have led CPUs in or out, or changed hot-plug states, for a minute.
    Led,
    /// Other CPUs didn't hold still for an order, for some seconds.
    Restless,
    /// So many have kept the CPUs as they are for ten seconds, or on many CPUs longer.
    Kept(u32),
    /// A callback of a hot-plug state failed.
    State {
        /// The CPU that it was for.
        cpu: u32,
        /// The state.
        state: Name,
        /// What it came to.
        failure: Failure,
    },
    /// There is no hot-plug state of this number.
    NoState(u32),
}

/// What a callback came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It returned an error number.
    Returned(i32),
    /// The CPU didn't do the errand.
    NotCalled,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned(error) => write!(f, "returned {error}"),
            Self::NotCalled => f.write_str("wasn't called: the CPU is busy"),
        }
    }
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
            Error::Starting(cpu) => write!(f, "cpu {cpu}: is being started"),
            Error::NotStarted(cpu) => write!(f, "cpu {cpu}: started, but silent for ten seconds"),
            Error::Silent(cpu) => write!(f, "cpu {cpu}: signalled, but silent for a minute"),
            Error::Busy(cpu) => write!(f, "cpu {cpu}: still runs another task"),
            Error::CallerBusy => f.write_str("another CPU has been calling for a minute"),
            Error::Nested => f.write_str("a called function may not call other CPUs itself"),
            Error::BootCpu => f.write_str("cpu 0: the boot CPU doesn't leave"),
            Error::Itself(cpu) => write!(f, "cpu {cpu}: it runs this, and can't lead itself out"),
            Error::Threads { cpu, count } => write!(f, "cpu {cpu}: it has {count} threads"),
            Error::NotStopped(cpu) => write!(f, "cpu {cpu}: left, but doesn't stop"),
            Error::Led => f.write_str("others have led CPUs in or out for a minute"),
            Error::Restless => f.write_str("other CPUs didn't hold still within four seconds"),
            Error::Kept(count) => write!(
                f,
                "CPUs are kept as they are by {count} holders of cpus_read_lock"
            ),
            Error::State {
                cpu,
                state,
                failure,
            } => write!(
                f,
                "cpu {cpu}: a callback of hot-plug state {state} {failure}"
            ),
            Error::NoState(number) => write!(f, "there is no hot-plug state {number:#x}"),
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
