//! More than one CPU: starting them, calling functions on them, stopping them.
//!
//! ```text
//!  call_on(2, f):   CPU 0                          CPU 2
//!        mailbox[2] := f, argument
//!        SIGP emergency signal  ───────────►  external interruption
//!        waits, serving its own mailbox       f(argument); mailbox[2] := empty
//!        done  ◄──────────────────────────────┘
//! ```
//!
//! * `start.rs`: a CPU's lowcore and stacks, and its way to the idle loop
//! * `call.rs`: functions in another CPU's interrupt handler, as above
//! * `task.rs`: functions in another CPU's idle loop

mod call;
mod start;
mod task;

pub use call::{Function, call_on, on_each_cpu, run_on, run_on_each, serve_mailbox};
pub use start::{enable_signals, start, start_all};
pub use task::run_as_task_on_each;

use crate::memory::{self, OutOfMemory};
use crate::{cpus, println};
use arch::lowcore;
use arch::sigp::{self, Order};
use arch::{MAX_CPUS, PAGE_SIZE, cpu, stack};
use call::Mailbox;
use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};

/// What a numbered CPU has of its own.
struct Cpu {
    /// Lowest addresses of its stacks: initial, interrupt, fault. The lowest
    /// page of each is a guard page.
    stacks: [AtomicUsize; 3],
    /// What its interrupt handler is to run.
    mailbox: Mailbox,
    /// What its idle loop is to run.
    task: Mailbox,
}

impl Cpu {
    const fn new() -> Self {
        Self {
            stacks: [const { AtomicUsize::new(0) }; 3],
            mailbox: Mailbox::empty(),
            task: Mailbox::empty(),
        }
    }
}

const STACKS: [&str; 3] = ["stack", "interrupt stack", "fault stack"];

static CPUS: [Cpu; MAX_CPUS] = [const { Cpu::new() }; MAX_CPUS];

/// Why a CPU can't be started, or called.
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
    Refused(u32, Order, sigp::Refusal),
    /// It was started and doesn't report.
    Silent(u32),
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
            Error::Silent(cpu) => write!(f, "cpu {cpu}: started, but silent for a second"),
        }
    }
}

impl From<(u32, OutOfMemory)> for Error {
    fn from((cpu, _): (u32, OutOfMemory)) -> Self {
        Error::OutOfMemory(cpu)
    }
}

/// Gives the boot CPU stacks from page frames, with guard pages, for
/// interruptions; until then it uses small static ones.
///
/// # Panics
/// If the machine has too little memory to boot.
pub fn init_boot_stacks() {
    CPUS[0].stacks[0].store(arch::boot::boot_stack(), Ordering::Relaxed);
    let take = |index: usize| {
        let lowest = memory::take_stack().expect("memory holds the boot CPU's stacks");
        CPUS[0].stacks[index].store(lowest, Ordering::Relaxed);
        top(lowest)
    };
    lowcore::set_stacks(take(1), take(2));
}

fn top(lowest: usize) -> usize {
    lowest + stack::SIZE - stack::SAVE_AREA
}

/// If `address` is in the guard page of a stack, says whose.
pub fn guard_page_owner(address: usize) -> Option<Guard> {
    CPUS.iter().zip(0..).find_map(|(entry, cpu)| {
        entry.stacks.iter().zip(STACKS).find_map(|(lowest, stack)| {
            let lowest = lowest.load(Ordering::Relaxed);
            let inside = lowest != 0 && (lowest..lowest + PAGE_SIZE).contains(&address);
            inside.then_some(Guard { cpu, stack })
        })
    })
}

/// A guard page's owner.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    cpu: u32,
    stack: &'static str,
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "stack overflow, this is the guard page of cpu {}'s {}",
            self.cpu, self.stack
        )
    }
}

/// Stops every other CPU for good. For the end of a run.
pub fn stop_others() {
    let this = cpu::number();
    for cpu in cpus::online().filter(|&cpu| cpu != this) {
        let stopped = cpus::address(cpu).map(sigp::stop);
        if let Some(Err(error)) = stopped {
            println!("cpu {cpu} does not stop: {error}");
        }
    }
}
