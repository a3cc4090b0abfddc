//! What is counted of locks: by the lock on emulated CPUs in thousands of orders, and by the
//! counts alone, on a clock that the test moves.

mod common;

use common::{LONG, Lock, SECTION, cpu};
use shuttle::thread;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use sync::{COUNTED, Counts, Longest, PLACES, Summary};

#[test]
fn every_hold_is_counted_once() {
    const TIMES: u64 = 3;
    static CONTENDED: AtomicU64 = AtomicU64::new(0);
    let case = || {
        let locks: Arc<(Lock<(), 1>, Lock<(), 2>)> = Arc::default();
        let run = |_| {
            let locks = locks.clone();
            thread::spawn(move || {
                let cpu = cpu();
                cpu.count();
                for _ in 0..TIMES {
                    let outer = locks.0.lock();
                    assert_eq!(cpu.held.get(), COUNTED | 1 << 1);
                    let inner = locks.1.lock();
                    thread::yield_now();
                    drop(outer);
                    assert!(!cpu.on.get(), "interrupts are on under a held lock");
                    drop(inner);
                }
                assert!(cpu.on.get() && cpu.held.get() == COUNTED);
                assert_eq!(cpu.counts.stretches().count, TIMES);
                let [outer, inner] = [1, 2].map(|rank| cpu.counts.lock(rank).unwrap());
                assert_eq!((outer.count, inner.count), (TIMES, TIMES));
                assert!(outer.contended <= TIMES && outer.longest[0].from == SECTION);
                CONTENDED.fetch_add(outer.contended, Ordering::Relaxed);
            })
        };
        for cpu in [0, 1].map(run) {
            cpu.join().unwrap();
        }
    };
    shuttle::check_random(case, 1000);
    assert_ne!(CONTENDED.load(Ordering::Relaxed), 0, "nobody ever waited");
}

#[test]
fn a_try_counts_when_it_succeeds() {
    let case = || {
        let lock: Lock<(), 1> = Lock::default();
        cpu().count();
        drop(lock.try_lock());
        let held = lock.lock();
        assert!(lock.try_lock().is_none());
        drop(held);
        assert_eq!(cpu().counts.lock(1).unwrap().count, 2);
        assert_eq!(cpu().held.get(), COUNTED);
    };
    shuttle::check_random(case, 1);
}

#[test]
fn the_order_is_kept_while_locks_are_counted() {
    let case = || {
        let (outer, inner): (Lock<(), 1>, Lock<(), 2>) = Default::default();
        cpu().count();
        let _inner = inner.lock();
        let _outer = outer.lock();
    };
    let ended = std::panic::catch_unwind(|| shuttle::check_random(case, 1)).unwrap_err();
    let text = ended.downcast::<String>().unwrap();
    assert!(text.contains("rank 1 is wanted, 0b100 are held"), "{text}");
}

#[test]
fn what_is_held_long_has_a_name() {
    let case = || {
        let lock: Lock<(), 1> = Lock::default();
        let cpu = cpu();
        cpu.count();
        for steps in [LONG / 2, 3 * LONG, 2 * LONG] {
            let held = lock.lock();
            cpu.work(steps);
            drop(held);
        }
        let of_lock = cpu.counts.lock(1).unwrap();
        assert_eq!((of_lock.count, of_lock.long), (3, 2));
        // Counting takes steps of its own, outside of the hold but for one.
        assert_eq!(of_lock.longest[0].length, 3 * LONG + 1);
        assert_eq!(of_lock.longest[1], Longest::default());
    };
    shuttle::check_random(case, 1);
}

/// A clock that moves as the test says, and by one each time that it is read.
#[derive(Default)]
struct Clock(Cell<u64>);

impl Clock {
    fn pass(&self, ticks: u64) {
        self.0.set(self.0.get() + ticks);
    }

    fn now(&self) -> u64 {
        self.pass(1);
        self.0.get()
    }
}

/// Holds inside one another, freed in another order, in a stretch.
#[test]
fn lengths_leave_out_what_counting_takes() {
    let clock = Clock::default();
    let counts: Counts<3> = Counts::new(100);
    let now = || clock.now();
    let start = clock.now();
    clock.pass(10);
    counts.taken(0, 0xa, false, now);
    clock.pass(20);
    counts.taken(2, 0xc, true, now);
    clock.pass(40);
    counts.section_ended(1 << 2, None, now);
    clock.pass(80);
    counts.section_ended(0, None, now);
    clock.pass(160);
    counts.section_ended(0, Some((start, 0x5)), now);
    let one = |length, from| Longest { length, from };
    let summary = |count, contended, long, length, from| Summary {
        count,
        contended,
        long,
        longest: with([(length, from)]).longest,
    };
    // The first reading of each event's two belongs to what it ends or begins.
    assert_eq!(counts.lock(0), Some(summary(1, 0, 0, 20 + 40 + 2, 0xa)));
    assert_eq!(counts.lock(1), Some(Summary::default()));
    assert_eq!(counts.lock(2), Some(summary(1, 1, 1, 40 + 80 + 2, 0xc)));
    assert_eq!(counts.lock(3), None);
    let all = 10 + 20 + 40 + 80 + 160 + 5;
    assert_eq!(counts.stretches(), summary(1, 0, 1, all, 0x5));
    // The next stretch begins anew, also if the clock stood still since.
    let start = clock.0.get();
    counts.section_ended(0, Some((start, 0x6)), now);
    assert_eq!((counts.stretches().count, counts.stretches().long), (2, 1));
    let places = counts.stretches().longest;
    assert_eq!(places[..2], [one(all, 0x5), one(1, 0x6)]);
}

/// A summary with these lengths and places.
fn with<const N: usize>(known: [(u64, u64); N]) -> Summary {
    let mut longest = [Longest::default(); PLACES];
    for (one, (length, from)) in longest.iter_mut().zip(known) {
        *one = Longest { length, from };
    }
    Summary {
        count: 2,
        contended: 1,
        long: 1,
        longest,
    }
}

#[test]
fn the_longest_of_two_cpus() {
    let a = with([(9, 1), (7, 2), (5, 3)]);
    let b = with([(8, 2), (6, 4), (4, 1), (3, 5)]);
    for both in [a.and(b), b.and(a)] {
        assert_eq!((both.count, both.contended, both.long), (4, 2, 2));
        let expected = with([(9, 1), (8, 2), (6, 4), (5, 3), (3, 5)]);
        assert_eq!(both.longest, expected.longest);
    }
}

/// Against the same by sorting.
#[test]
fn places_are_those_with_the_longest() {
    let mut state = 1u64;
    let counts: Counts<1> = Counts::new(100);
    let mut model = std::collections::BTreeMap::new();
    for _ in 0..2000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let (from, length) = (state >> 59, state >> 40 & 0xfff);
        counts.section_ended(0, Some((0, from)), || length);
        let longest = model.entry(from).or_insert(0);
        *longest = length.max(*longest);
        let mut sorted: Vec<(u64, u64)> = model
            .iter()
            .map(|(&from, &length)| (length, from))
            .collect();
        sorted.sort_by_key(|&(length, _)| std::cmp::Reverse(length));
        sorted.truncate(PLACES);
        let kept = counts.stretches().longest.map(|one| one.length);
        let lengths: Vec<u64> = sorted.iter().map(|&(length, _)| length).collect();
        assert_eq!(kept[..lengths.len()], lengths);
    }
    let mut places = counts.stretches().longest.map(|one| one.from).to_vec();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), PLACES, "a place is there once");
}
