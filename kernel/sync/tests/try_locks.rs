//! Locks that leave interrupts on, on emulated CPUs: tried by who owns them and by its
//! handler, waited for by others.

mod common;

use common::{Emulated, cpu};
use shuttle::sync::atomic::{AtomicBool, Ordering};
use shuttle::thread;
use std::cell::Cell;
use std::sync::Arc;
use sync::RawTryLock;

type TryLock<T> = lock_api::Mutex<RawTryLock<Emulated, 2>, T>;

/// What the CPUs of a case share.
#[derive(Default)]
struct Shared {
    count: TryLock<Cell<u32>>,
    /// What the CPUs have added. Its scheduler is no part of the case: plain memory.
    expected: Cell<u32>,
}

// SAFETY: C5: shuttle runs one of its threads at a time, all on one thread of the host, and
// `expected` is read and written without a step of the scheduler in between.
unsafe impl Sync for Shared {}
// SAFETY: C5: as for `Sync`.
unsafe impl Send for Shared {}

impl Shared {
    /// An addition that another one in between would lose, in a few steps.
    fn add(&self, count: &Cell<u32>) {
        let before = count.get();
        cpu().step();
        thread::yield_now();
        count.set(before + 1);
        self.expected.set(self.expected.get() + 1);
    }

    fn tries(&self) {
        let on = cpu().on.get();
        if let Some(count) = self.count.try_lock() {
            assert_eq!(cpu().on.get(), on, "a try leaves interrupts as they are");
            self.add(&count);
        }
    }

    fn waits(&self) {
        let count = self.count.lock();
        assert!(cpu().on.get() && cpu().depth.get() == 0);
        assert_eq!(cpu().held.get(), 0, "its holder isn't known to hold a rank");
        self.add(&count);
    }
}

#[test]
fn a_handler_finds_what_it_has_interrupted() {
    fn owner(shared: &Shared) {
        // SAFETY: C5: the case joins this CPU before it drops what is shared.
        let shared: &'static Shared = unsafe { &*std::ptr::from_ref(shared) };
        cpu().on_interrupt(|| shared.tries());
        (0..3).for_each(|_| shared.tries());
        cpu().on_interrupt(|| ());
    }
    let case = || {
        let shared = Arc::new(Shared::default());
        let cpus = [owner, owner, Shared::waits].map(|cpu: fn(&Shared)| {
            let shared = shared.clone();
            thread::spawn(move || cpu(&shared))
        });
        cpus.into_iter().for_each(|cpu| cpu.join().unwrap());
        assert_eq!(shared.count.lock().get(), shared.expected.get());
    };
    shuttle::check_random(case, 2000);
    shuttle::check_pct(case, 2000, 3);
}

/// The holder is interrupted by who waits for all other CPUs' handlers.
#[test]
fn who_waits_takes_interrupts() {
    let case = || {
        let shared = Arc::new(Shared::default());
        let taken = Arc::new(AtomicBool::new(false));
        let held = shared.count.lock();
        let waiter = {
            let (shared, taken) = (shared.clone(), taken.clone());
            thread::spawn(move || {
                let handler = taken.clone();
                cpu().on_interrupt(move || handler.store(true, Ordering::Relaxed));
                shared.waits();
                cpu().on_interrupt(|| ());
            })
        };
        while !taken.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        drop(held);
        waiter.join().unwrap();
    };
    shuttle::check_random(case, 500);
}

#[test]
#[should_panic = "rank 2 is wanted, 0b10 are held"]
fn who_waits_holds_no_lock() {
    let case = || {
        let earlier: common::Lock<(), 1> = Default::default();
        let _held = earlier.lock();
        Shared::default().waits();
    };
    shuttle::check_random(case, 1);
}
