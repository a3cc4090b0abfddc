//! How a thread begins, parks and ends.
//!
//! ```text
//!  new ──► made ── start ──► ready ◄── unpark ── parked       stop: should_stop holds, and
//!                              │  ──── park ───►   │          the end is waited for
//!                              └───► ended ◄───────┘
//!                                      └── stop ──► free
//! ```

use super::schedule::{cpu_for, current, rest, yield_now};
use super::table::{ALL, COUNT, Function, NAME, Name, Thread, Work, all, request, state};
use crate::cpus;
use crate::memory::Stack;
use crate::smp::machine::Cpus;
use crate::smp::task;
use arch::{context, cpu};
use core::ffi::c_void;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, Ordering};
use cross_call::Machine;

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
        let mut all = ALL.iter();
        let claimed = all.find(|thread| thread.change_state(state::FREE, state::MADE));
        let thread = claimed.ok_or(NoThread::TooMany)?;
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
        if cpu >= cpus::possible() || !self.change_state(state::MADE, state::MOVED) {
            return false;
        }
        self.cpu.store(cpu, Ordering::SeqCst);
        // As in `choose_cpu`.
        let is_active = cpus::state(cpu) == cpus::State::Active;
        if !is_active {
            self.choose_cpu(self.number.load(Ordering::Relaxed));
        }
        self.state.store(state::MADE, Ordering::Release);
        is_active
    }

    /// Lets it begin, or go on after a park; whether it didn't run already. On its own CPU it
    /// has a turn at once.
    pub fn start(&self) -> bool {
        let ready = |from| self.change_state(from, state::READY);
        if !ready(state::MADE) && !ready(state::PARKED) {
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
        self.asked.fetch_or(request::STOP, Ordering::Release);
        self.asked.fetch_and(!request::PARK, Ordering::Release);
        let began = self.state() != state::MADE;
        if began {
            self.start();
            while !self.has_left(state::ENDED) {
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
        self.state.store(state::FREE, Ordering::Release);
        COUNT.fetch_sub(1, Ordering::Release);
        work
    }

    /// Takes its place from one that has ended, or that nobody woke; whether it did.
    pub fn give_up(&self) -> bool {
        let is_over = self.has_left(state::ENDED) || self.state() == state::MADE;
        if is_over {
            self.reap();
        }
        is_over
    }

    /// Has it wait in [`park_this`], and waits until it does; whether it does.
    pub fn park(&self) -> bool {
        self.asked.fetch_or(request::PARK, Ordering::Release);
        while !self.has_left(state::PARKED) {
            if self.has_left(state::ENDED) {
                return false;
            }
            wait();
        }
        true
    }

    /// Ends a park.
    pub fn unpark(&self) {
        self.asked.fetch_and(!request::PARK, Ordering::Release);
        self.start();
    }
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
        thread.state.store(state::PARKED, Ordering::Release);
        yield_now();
    }
    thread.state.store(state::READY, Ordering::Release);
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
    thread.state.store(state::ENDED, Ordering::Release);
    loop {
        yield_now();
    }
}
