//! Threads: functions with stacks of their own, which take turns on a CPU (`schedule.rs`).
//!
//! ```text
//!  new ──► made ── start ──► ready ◄── unpark ── parked       stop: should_stop holds, and
//!                              │  ──── park ───►   │          the end is waited for
//!                              └───► ended ◄───────┘
//!                                      └── stop ──► free
//! ```
//!
//! A thread runs on one of the CPUs that have an idle loop, in turn, or on the boot CPU if that is
//! alone; or on the one that it was bound to before it began; and stays there (C25).

mod schedule;

use super::machine::Cpus;
use super::task;
use crate::cpus;
use crate::memory::Stack;
use arch::{context, cpu};
use core::cell::UnsafeCell;
use core::ffi::c_void;
use core::fmt;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use cross_call::Machine;
use schedule::cpu_for;

pub use schedule::{current, is_waiting, on, rest, yield_now};

/// Threads that there may be at once, ended ones that nobody has stopped included.
pub const THREADS: usize = 64;

/// Bytes of a name, its NUL included.
pub const NAME: usize = 16;

/// What a thread runs; its result is for who stops it.
pub type Function = extern "C" fn(*mut c_void) -> i32;

const FREE: u32 = 0;
/// Being filled, by who made it so.
const MADE: u32 = 1;
const READY: u32 = 2;
const PARKED: u32 = 3;
const ENDED: u32 = 4;
/// Made, and given another CPU at this moment.
const MOVED: u32 = 5;

const STOP: u32 = 1;
const PARK: u32 = 2;

/// What is written before a thread begins, and by itself at its end.
struct Work {
    /// Given back with the rest.
    _stack: Stack,
    function: Function,
    argument: *mut c_void,
    result: i32,
}

/// A thread; begins with what linux/sched.h shows of a `struct task_struct`.
#[repr(C)]
pub struct Thread {
    number: AtomicU32,
    group: AtomicU32,
    flags: AtomicU32,
    name: UnsafeCell<[u8; NAME]>,
    state: AtomicU32,
    cpu: AtomicU32,
    asked: AtomicU32,
    /// Its stack pointer; 0 while it runs.
    pointer: AtomicU64,
    /// The lowest address of its stack; 0 while it has none.
    lowest: AtomicUsize,
    /// The address of what it runs.
    code: AtomicUsize,
    /// The address of the work that is; 0 for none.
    work_item: AtomicUsize,
    work: UnsafeCell<Option<Work>>,
}

// SAFETY: C25: the name and the work are written in `MADE`, by the one that made it so, then
// the work by the thread, and in the end by the one that stops it.
unsafe impl Sync for Thread {}

static ALL: [Thread; THREADS] = [const {
    Thread {
        number: AtomicU32::new(0),
        group: AtomicU32::new(0),
        flags: AtomicU32::new(0),
        name: UnsafeCell::new([0; NAME]),
        state: AtomicU32::new(FREE),
        cpu: AtomicU32::new(0),
        asked: AtomicU32::new(0),
        pointer: AtomicU64::new(0),
        lowest: AtomicUsize::new(0),
        code: AtomicUsize::new(0),
        work_item: AtomicUsize::new(0),
        work: UnsafeCell::new(None),
    }
}; THREADS];

/// Threads that aren't free.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Numbers the threads, and spreads them over the CPUs.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// Why there is no new thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoThread {
    /// There are as many as there may be.
    TooMany,
    /// There is no memory for its stack.
    OutOfMemory,
}

impl Thread {
    /// A new thread, which [`start`](Self::start) lets begin.
    ///
    /// # Errors
    /// There are too many, or no memory is left.
    pub fn new(
        name: [u8; NAME],
        function: Function,
        argument: *mut c_void,
    ) -> Result<&'static Self, NoThread> {
        let stack = Stack::new().map_err(|_| NoThread::OutOfMemory)?;
        let claim = |thread: &&Self| {
            let state = &thread.state;
            let claimed = state.compare_exchange(FREE, MADE, Ordering::Acquire, Ordering::Relaxed);
            claimed.is_ok()
        };
        let thread = ALL.iter().find(claim).ok_or(NoThread::TooMany)?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        thread.number.store(number, Ordering::Relaxed);
        thread.group.store(number, Ordering::Relaxed);
        thread.asked.store(0, Ordering::Relaxed);
        thread.choose_cpu(number);
        // SAFETY: C25: the stack is new.
        let pointer = unsafe { context::prepare(stack.top(), first) };
        thread.pointer.store(pointer, Ordering::Relaxed);
        thread.lowest.store(stack.guard_page(), Ordering::Relaxed);
        thread.runs(function as usize, 0);
        // SAFETY: C25: it is this function's in `MADE`.
        unsafe {
            *thread.name.get() = name;
            *thread.work.get() = Some(Work {
                _stack: stack,
                function,
                argument,
                result: 0,
            });
        }
        COUNT.fetch_add(1, Ordering::Relaxed);
        Ok(thread)
    }

    /// A CPU for a thread that is made. One that is led out either sees that it has a thread,
    /// or is active no more, and another is chosen.
    fn choose_cpu(&self, number: u32) {
        loop {
            let cpu = cpu_for(number);
            self.cpu.store(cpu, Ordering::SeqCst);
            if cpus::state(cpu) == cpus::State::Active {
                return;
            }
        }
    }

    /// Gives a thread that hasn't begun this CPU, if it is active; whether it did.
    pub fn bind(&self, cpu: u32) -> bool {
        let state = &self.state;
        let moved = || state.compare_exchange(MADE, MOVED, Ordering::Acquire, Ordering::Relaxed);
        if cpu >= cpus::possible() || moved().is_err() {
            return false;
        }
        self.cpu.store(cpu, Ordering::SeqCst);
        // As in `choose_cpu`.
        let is_active = cpus::state(cpu) == cpus::State::Active;
        if !is_active {
            self.choose_cpu(self.number.load(Ordering::Relaxed));
        }
        state.store(MADE, Ordering::Release);
        is_active
    }

    /// The thread at an address that a module passes.
    pub fn at(address: usize) -> Option<&'static Self> {
        let is_it = |thread: &&Self| core::ptr::from_ref(*thread).addr() == address;
        let thread = ALL.iter().find(is_it)?;
        (thread.state() != FREE).then_some(thread)
    }

    fn state(&self) -> u32 {
        self.state.load(Ordering::Acquire)
    }

    /// Whether it isn't on its CPU, and its stack pointer is there.
    fn has_left(&self, state: u32) -> bool {
        self.state() == state && self.pointer.load(Ordering::Acquire) != 0
    }

    /// Lets it begin, or go on after a park; whether it didn't run already. On its own CPU it
    /// has a turn at once.
    pub fn start(&self) -> bool {
        let ready = |from| {
            let state = &self.state;
            let made = state.compare_exchange(from, READY, Ordering::AcqRel, Ordering::Relaxed);
            made.is_ok()
        };
        if !ready(MADE) && !ready(PARKED) {
            return false;
        }
        let cpu = self.cpu.load(Ordering::Relaxed);
        if cpu == cpu::number() {
            yield_now();
        } else if let Err(refusal) = Cpus.signal(cpu) {
            log::warn!(
                "cpu {cpu} can't be signalled that it has a thread, and sees it later: {refusal}"
            );
        }
        true
    }

    /// Has it end, waits for that, and gives its stack back: the result, or `None` if it never
    /// began. Not from the thread itself.
    pub fn stop(&self) -> Option<i32> {
        self.asked.fetch_or(STOP, Ordering::Release);
        self.asked.fetch_and(!PARK, Ordering::Release);
        let began = self.state() != MADE;
        if began {
            self.start();
            while !self.has_left(ENDED) {
                wait();
            }
        }
        let work = self.reap();
        work.filter(|_| began).map(|work| work.result)
    }

    /// Takes what it ran, and lets another have its place.
    fn reap(&self) -> Option<Work> {
        self.lowest.store(0, Ordering::Relaxed);
        // SAFETY: C25: it has left its stack for good, or never was on it; and who stops it
        // is one.
        let work = unsafe { (*self.work.get()).take() };
        self.state.store(FREE, Ordering::Release);
        COUNT.fetch_sub(1, Ordering::Release);
        work
    }

    /// Takes its place from one that has ended, or that nobody woke; whether it did.
    pub fn give_up(&self) -> bool {
        let is_over = self.has_left(ENDED) || self.state() == MADE;
        if is_over {
            self.reap();
        }
        is_over
    }

    /// It runs code at this address from here on, as [`keeping`] sees it: of the work at that
    /// one, if it is a worker.
    pub fn runs(&self, code: usize, work_item: usize) {
        self.work_item.store(work_item, Ordering::Relaxed);
        self.code.store(code, Ordering::Release);
    }

    /// The address of the work that it runs, for reports.
    pub fn work_item(&self) -> Option<u64> {
        let address = self.work_item.load(Ordering::Relaxed);
        (address != 0).then_some(address as u64)
    }

    /// The address of what it runs.
    pub fn code(&self) -> u64 {
        self.code.load(Ordering::Acquire) as u64
    }

    /// Where its stack pointer is while it has no turn; `None` while it runs.
    pub fn pointer(&self) -> Option<u64> {
        Some(self.pointer.load(Ordering::Acquire)).filter(|&pointer| pointer != 0)
    }

    /// Its name, for messages.
    pub fn name(&self) -> Name {
        // SAFETY: C25: it is written in `MADE` alone, and this is read of threads that are
        // there.
        Name(unsafe { *self.name.get() })
    }

    /// Has it wait in [`park_this`], and waits until it does; whether it does.
    pub fn park(&self) -> bool {
        self.asked.fetch_or(PARK, Ordering::Release);
        while !self.has_left(PARKED) {
            if self.has_left(ENDED) {
                return false;
            }
            wait();
        }
        true
    }

    /// Ends a park.
    pub fn unpark(&self) {
        self.asked.fetch_and(!PARK, Ordering::Release);
        self.start();
    }

    /// Whether it is to end.
    pub fn should_stop(&self) -> bool {
        self.asked.load(Ordering::Acquire) & STOP != 0
    }

    /// Whether it is to park.
    pub fn should_park(&self) -> bool {
        self.asked.load(Ordering::Acquire) & PARK != 0
    }
}

/// A thread's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name([u8; NAME]);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.split(|&byte| byte == 0).next().unwrap_or(&[]);
        let valid = bytes.utf8_chunks().next();
        f.write_str(valid.map_or("", |chunk| chunk.valid()))
    }
}

/// Threads that are there.
fn all() -> impl Iterator<Item = &'static Thread> {
    ALL.iter().filter(|thread| thread.state() != FREE)
}

/// The lowest addresses of all threads' stacks, with the threads.
pub fn stacks() -> impl Iterator<Item = (usize, &'static Thread)> {
    let stacks = all().map(|thread| (thread.lowest.load(Ordering::Relaxed), thread));
    stacks.filter(|(lowest, _)| *lowest != 0)
}

/// One that runs code at these addresses, or will again, and so keeps it there. Those that have
/// ended and that nobody has stopped, and those that nobody woke, are given up.
pub fn keeping(code: &Range<usize>) -> Option<Name> {
    if COUNT.load(Ordering::Acquire) == 0 {
        return None;
    }
    let of_it = || all().filter(|thread| code.contains(&thread.code.load(Ordering::Relaxed)));
    of_it().for_each(|thread| {
        thread.give_up();
    });
    of_it().next().map(Thread::name)
}

/// Threads of a CPU, parked and ended ones included. Once it isn't active any more, no other
/// comes.
pub fn count_on(cpu: u32) -> usize {
    let is_there = |thread: &&Thread| {
        thread.state.load(Ordering::SeqCst) != FREE && thread.cpu.load(Ordering::SeqCst) == cpu
    };
    ALL.iter().filter(is_there).count()
}

/// A turn for the others while this one waits.
fn wait() {
    task::serve_errand();
    rest();
}

/// Waits until nobody wants the running thread parked.
pub fn park_this() {
    let Some(thread) = current() else {
        return;
    };
    while thread.should_park() {
        thread.state.store(PARKED, Ordering::Release);
        yield_now();
    }
    thread.state.store(READY, Ordering::Release);
}

/// Where a thread begins.
extern "C" fn first() -> ! {
    let Some(thread) = current() else {
        unreachable!("a thread begins in a turn of its own");
    };
    end(thread, run(thread))
}

fn run(thread: &Thread) -> i32 {
    // SAFETY: C25: the work is the thread's while it runs.
    let work = unsafe { (*thread.work.get()).as_ref() };
    work.map_or(0, |work| (work.function)(work.argument))
}

/// Ends the running thread.
pub fn end(thread: &Thread, result: i32) -> ! {
    // SAFETY: C25: the work is the thread's while it runs.
    if let Some(work) = unsafe { (*thread.work.get()).as_mut() } {
        work.result = result;
    }
    thread.state.store(ENDED, Ordering::Release);
    loop {
        yield_now();
    }
}
