//! More than one CPU: starting them, calling functions on them, stopping them.
//!
//! CPUs are numbered from 0, the boot CPU, in the order in which the machine
//! reports them; SIGP knows them by their addresses. A CPU is *possible* when it
//! has a number and a unit of per-CPU memory, *present* when the machine has it,
//! *online* when it runs this kernel.
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
use crate::println;
use arch::lowcore;
use arch::sclp::information::{Information, MAX_CPUS};
use arch::sigp::{self, Order};
use arch::{PAGE_SIZE, cpu, stack};
use call::Mailbox;
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

/// Most CPUs that can have a number.
pub const MAX: usize = MAX_CPUS;

/// What is known of a numbered CPU.
struct Cpu {
    address: AtomicU32,
    online: AtomicBool,
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
            address: AtomicU32::new(NO_ADDRESS),
            online: AtomicBool::new(false),
            stacks: [const { AtomicUsize::new(0) }; 3],
            mailbox: Mailbox::empty(),
            task: Mailbox::empty(),
        }
    }
}

const NO_ADDRESS: u32 = u32::MAX;
const STACKS: [&str; 3] = ["stack", "interrupt stack", "fault stack"];

static CPUS: [Cpu; MAX] = [const { Cpu::new() }; MAX];
static POSSIBLE: AtomicU32 = AtomicU32::new(1);
static PRESENT: AtomicU32 = AtomicU32::new(1);
static ONLINE: AtomicU32 = AtomicU32::new(1);

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

/// Numbers the CPUs.
pub fn init(information: &Information, possible: Option<u32>) {
    let boot = cpu::address();
    let others = information
        .cpus()
        .iter()
        .filter(|&&address| address != boot);
    let mut present = 0;
    for address in core::iter::once(&boot).chain(others) {
        CPUS[present]
            .address
            .store(u32::from(*address), Ordering::Relaxed);
        present += 1;
    }
    let possible = possible.unwrap_or(present as u32).min(MAX as u32);
    PRESENT.store((present as u32).min(possible), Ordering::Relaxed);
    POSSIBLE.store(possible, Ordering::Relaxed);
    CPUS[0].online.store(true, Ordering::Release);
    CPUS[0].stacks[0].store(arch::boot::boot_stack(), Ordering::Relaxed);
}

/// Possible CPUs: numbers `0..possible()`.
pub fn possible() -> u32 {
    POSSIBLE.load(Ordering::Relaxed)
}

/// CPUs that the machine has and that have a number.
pub fn present() -> u32 {
    PRESENT.load(Ordering::Relaxed)
}

/// Whether the CPU runs this kernel.
pub fn is_online(cpu: u32) -> bool {
    CPUS.get(cpu as usize)
        .is_some_and(|cpu| cpu.online.load(Ordering::Acquire))
}

/// CPUs that run this kernel.
pub fn online() -> impl Iterator<Item = u32> {
    (0..possible()).filter(|&cpu| is_online(cpu))
}

/// How many CPUs run this kernel.
pub fn online_count() -> u32 {
    ONLINE.load(Ordering::Acquire)
}

/// The address by which SIGP knows the CPU.
pub fn address(cpu: u32) -> Option<u16> {
    let address = CPUS.get(cpu as usize)?.address.load(Ordering::Relaxed);
    u16::try_from(address).ok()
}

/// Gives the boot CPU stacks from page frames, with guard pages, for
/// interruptions; until then it uses small static ones.
///
/// # Panics
/// If the machine has too little memory to boot.
pub fn init_boot_stacks() {
    let take = |index: usize| {
        let lowest = memory::take_stack().expect("memory holds the boot CPU's stacks");
        CPUS[0].stacks[index].store(lowest, Ordering::Relaxed);
        top(lowest)
    };
    let (interrupt, fault) = (take(1), take(2));
    // SAFETY: C3: two new stacks of frames, and boot code that handles no interruption.
    unsafe { lowcore::set_stacks(interrupt, fault) };
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
    for cpu in online().filter(|&cpu| cpu != this) {
        let stopped = address(cpu).map(sigp::stop);
        if let Some(Err(error)) = stopped {
            println!("cpu {cpu} does not stop: {error}");
        }
    }
}
