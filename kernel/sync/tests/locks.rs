//! Locks on emulated CPUs, step by step in thousands of orders.
//!
//! A wait that nothing ends is an error here: shuttle gives up after so many steps.

mod common;

use common::{Lock, cpu};
use shuttle::thread;
use std::cell::Cell;
use std::sync::Arc;

/// Runs these on a CPU each, all orders of their steps alike.
fn at_once<const N: usize>(cpus: [fn(&Shared); N]) {
    let case = move || {
        let shared = Arc::new(Shared::default());
        let run = |cpu: fn(&Shared)| {
            let shared = shared.clone();
            thread::spawn(move || cpu(&shared))
        };
        for cpu in cpus.map(run) {
            cpu.join().unwrap();
        }
        let outer = shared.outer.lock();
        let inner = shared.inner.lock();
        assert_eq!(outer.get() + inner.get(), shared.expected.get());
    };
    shuttle::check_random(case, 2000);
    shuttle::check_pct(case, 2000, 3);
}

/// What the CPUs of a case share.
#[derive(Default)]
struct Shared {
    outer: Lock<Cell<u32>, 1>,
    inner: Lock<Cell<u32>, 2>,
    /// What the CPUs have added. Its scheduler is no part of the case: plain memory.
    expected: Cell<u32>,
}

// SAFETY: C5: shuttle runs one of its threads at a time, all on one thread of the
// host, and `expected` is read and written without a step of the scheduler in between.
unsafe impl Sync for Shared {}
// SAFETY: C5: as for `Sync`.
unsafe impl Send for Shared {}

impl Shared {
    /// An addition that another one in between would lose.
    fn add<const RANK: u8>(&self, lock: &Lock<Cell<u32>, RANK>) {
        let count = lock.lock();
        assert!(!cpu().on.get(), "a lock is held with interrupts on");
        let before = count.get();
        thread::yield_now();
        count.set(before + 1);
        drop(count);
        self.expected.set(self.expected.get() + 1);
    }
}

#[test]
fn one_cpu_at_a_time_holds_a_lock() {
    fn both(shared: &Shared) {
        shared.add(&shared.outer);
        shared.add(&shared.inner);
        assert!(cpu().on.get() && cpu().held.get() == 0 && cpu().depth.get() == 0);
    }
    at_once([both, both, both]);
}

#[test]
fn a_handler_takes_the_lock_that_its_cpu_takes() {
    fn interrupted(shared: &Shared) {
        // SAFETY: C5: `at_once` joins this CPU before it drops what is shared.
        let shared: &'static Shared = unsafe { &*std::ptr::from_ref(shared) };
        cpu().on_interrupt(|| shared.add(&shared.inner));
        for _ in 0..2 {
            shared.add(&shared.inner);
            shared.add(&shared.outer);
            cpu().step();
        }
        cpu().on_interrupt(|| ());
    }
    at_once([interrupted, interrupted]);
}

#[test]
fn guards_dropped_out_of_order_keep_interrupts_off() {
    fn crossed(shared: &Shared) {
        let outer = shared.outer.lock();
        let inner = shared.inner.lock();
        drop(outer);
        assert!(!cpu().on.get(), "interrupts are on under a held lock");
        assert_eq!(cpu().held.get(), 1 << 2);
        thread::yield_now();
        drop(inner);
        assert!(cpu().on.get());
        assert_eq!(cpu().held.get(), 0);
    }
    at_once([crossed, crossed]);
}

#[test]
fn a_try_never_waits() {
    fn tries(shared: &Shared) {
        match shared.inner.try_lock() {
            Some(count) => {
                assert!(!cpu().on.get());
                let before = count.get();
                thread::yield_now();
                count.set(before + 1);
                shared.expected.set(shared.expected.get() + 1);
            }
            None => assert!(cpu().on.get() && cpu().depth.get() == 0),
        }
        assert_eq!(cpu().held.get(), 0);
    }
    at_once([tries, tries, |shared| shared.add(&shared.inner)]);
}

#[test]
fn a_try_of_a_rank_that_is_held_fails() {
    fn tries(shared: &Shared) {
        let other: Lock<(), 1> = Lock::default();
        let held = shared.outer.lock();
        assert!(other.try_lock().is_none());
        assert!(!cpu().on.get());
        assert_eq!(cpu().held.get(), 1 << 1);
        drop(held);
        assert!(other.try_lock().is_some());
    }
    at_once([tries]);
}

/// The text of the panic with which one CPU's case ends.
fn panic_of(case: fn(&Shared)) -> String {
    let ended =
        std::panic::catch_unwind(|| shuttle::check_random(move || case(&Shared::default()), 1));
    let text = ended.unwrap_err();
    text.downcast::<String>()
        .map_or(String::new(), |text| *text)
}

#[test]
fn a_lock_out_of_order_is_refused() {
    let earlier = panic_of(|shared| {
        let _inner = shared.inner.lock();
        let _outer = shared.outer.lock();
    });
    assert!(
        earlier.contains("rank 1 is wanted, 0b100 are held"),
        "{earlier}"
    );
    let same = panic_of(|shared| {
        let _inner = shared.inner.lock();
        let _again = shared.inner.lock();
    });
    assert!(same.contains("rank 2 is wanted, 0b100 are held"), "{same}");
}
