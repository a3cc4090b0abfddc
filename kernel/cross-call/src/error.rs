//! Why a call isn't made.

/// Why a CPU doesn't run a function. It never will, then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error<R> {
    /// The CPU isn't online.
    NotOnline {
        /// Its number.
        cpu: u32,
    },
    /// The CPU refused the signal.
    Refused {
        /// Its number.
        cpu: u32,
        /// How it did.
        refusal: R,
    },
    /// The CPU took the signal, and no notice of it for too long.
    Silent {
        /// Its number.
        cpu: u32,
    },
    /// Another CPU has had the caller lock for too long.
    CallerBusy,
    /// The CPU still has another function to run.
    Busy {
        /// Its number.
        cpu: u32,
    },
    /// A called function may not call, a task may not start a round of tasks.
    Nested,
}
