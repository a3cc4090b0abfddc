//! Locks between threads of the host, with its own atomics: what an order that is too
//! weak would break is seen by Miri, as a data race.
//!
//! A thread is a CPU without interrupts; each knows the ranks that it holds.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use sync::{Machine, RawIrqSaveLock};

std::thread_local! {
    static HELD: Cell<u32> = const { Cell::new(0) };
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static MARK: u32 = THREADS.fetch_add(1, Ordering::Relaxed) + 1;
}

/// Threads that have a mark.
static THREADS: AtomicU32 = AtomicU32::new(0);

struct Thread;

impl Machine for Thread {
    type Word = AtomicU32;

    fn push_interrupts_off() {
        DEPTH.set(DEPTH.get() + 1);
    }

    unsafe fn pop_interrupts_off() {
        DEPTH.set(DEPTH.get() - 1);
    }

    fn held_ranks_and_mode() -> u32 {
        HELD.get()
    }

    fn hold_rank<const RANK: u8>() {
        HELD.set(HELD.get() | 1 << RANK);
    }

    fn release_rank<const RANK: u8>() {
        HELD.set(HELD.get() & !(1 << RANK));
    }

    fn mark() -> u32 {
        MARK.with(|mark| *mark)
    }

    fn wait_for_lock(_rank: u8, _taken: &AtomicU32, mut done: impl FnMut() -> bool) {
        while !done() {
            thread::yield_now();
        }
    }

    fn section_from() -> u64 {
        0
    }

    fn count_taken(_rank: u8, _from: u64, _contended: bool) {
        unreachable!("nothing is counted")
    }

    fn out_of_order(wanted: u8, held: u32) -> ! {
        panic!("rank {wanted} is wanted, {held:#b} are held")
    }
}

type Lock<T, const RANK: u8> = lock_api::Mutex<RawIrqSaveLock<Thread, RANK>, T>;

#[test]
fn what_one_thread_wrote_the_next_one_reads() {
    const ROUNDS: u64 = if cfg!(miri) { 20 } else { 20_000 };
    let outer: Lock<u64, 1> = Lock::default();
    let inner: Lock<Vec<u64>, 2> = Lock::default();
    thread::scope(|scope| {
        for thread in 0..3 {
            let (outer, inner) = (&outer, &inner);
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let mut count = outer.lock();
                    if round % 7 == thread {
                        inner.lock().push(*count);
                    }
                    *count += 1;
                    drop(count);
                    if let Some(mut seen) = inner.try_lock() {
                        seen.sort_unstable();
                    }
                }
                assert_eq!((HELD.get(), DEPTH.get()), (0, 0));
            });
        }
    });
    assert_eq!(*outer.lock(), 3 * ROUNDS);
    assert!(inner.lock().is_sorted());
}
