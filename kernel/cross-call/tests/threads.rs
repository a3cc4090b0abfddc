//! Calls between threads of the host, with its own atomics: what an order that is too
//! weak would break, and a function that outlives its call, are seen by Miri.
//!
//! A thread is a CPU that looks into its mailbox whenever it waits.

use cross_call::{Calls, Machine, Tasks, Wait};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::thread;

const CPUS: usize = 3;

std::thread_local! {
    static NUMBER: Cell<u32> = const { Cell::new(0) };
}

static CALLS: Calls<Threads, CPUS> = Calls::new(Threads);
static TASKS: Tasks<Threads, CPUS> = Tasks::new(Threads);
static REFUSE: AtomicBool = AtomicBool::new(false);

/// The threads, as calls see them.
struct Threads;

impl Machine for Threads {
    type Word = AtomicU32;
    type Refusal = ();

    fn this_cpu(&self) -> u32 {
        NUMBER.get()
    }

    fn is_online(&self, cpu: u32) -> bool {
        (cpu as usize) < CPUS
    }

    fn signal(&self, _cpu: u32) -> Result<(), ()> {
        if REFUSE.swap(false, Ordering::Relaxed) {
            return Err(());
        }
        Ok(())
    }

    fn assert_may_wait(&self) {}

    fn report_running(&self, _cpu: u32) {}

    fn without_interrupts<R>(&self, work: impl FnOnce() -> R) -> R {
        work()
    }

    fn spin_until(&self, _wait: impl Fn() -> Wait, mut done: impl FnMut() -> bool) -> bool {
        while !done() {
            thread::yield_now();
        }
        true
    }

    fn idle_until(&self, mut done: impl FnMut() -> bool) -> bool {
        while !done() {
            CALLS.serve();
            thread::yield_now();
        }
        true
    }
}

#[test]
fn what_is_lent_is_used_by_others_and_then_the_callers_again() {
    const ROUNDS: usize = if cfg!(miri) { 10 } else { 2_000 };
    let running = AtomicUsize::new(CPUS);
    let runs = AtomicUsize::new(0);
    thread::scope(|scope| {
        for number in 0..CPUS as u32 {
            let (running, runs) = (&running, &runs);
            scope.spawn(move || {
                NUMBER.set(number);
                for round in 0..ROUNDS {
                    call(number, round);
                }
                if number == 0 {
                    let task = TASKS.run_on_each(&|| {
                        runs.fetch_add(1, Ordering::Relaxed);
                    });
                    assert_eq!(task, Ok(()));
                }
                running.fetch_sub(1, Ordering::Relaxed);
                while running.load(Ordering::Relaxed) > 0 {
                    CALLS.serve();
                    TASKS.serve();
                    thread::yield_now();
                }
            });
        }
    });
    assert_eq!(runs.into_inner(), CPUS);
}

/// Lends what lies on this thread's stack, and is no atomic.
fn call(number: u32, round: usize) {
    let other = (number + 1) % CPUS as u32;
    let mut found = 0;
    let before = [round; 4];
    let result = CALLS.run_on(other, || {
        assert_eq!(NUMBER.get(), other);
        found = before.iter().sum();
        found
    });
    match result {
        Ok(sum) => assert_eq!((sum, found), (4 * round, 4 * round)),
        Err(_) => assert_eq!(found, 0),
    }
    REFUSE.store(round.is_multiple_of(5), Ordering::Relaxed);
    let sum = AtomicUsize::new(0);
    let all = CALLS.on_each(&|| {
        sum.fetch_add(before[1], Ordering::Relaxed);
    });
    if all.is_ok() {
        assert_eq!(sum.into_inner(), CPUS * round);
    }
}
