//! The reference count and the counter on several CPUs and in interrupt handlers, under
//! a scheduler that tries one interleaving after the other.
//!
//! `reference.rs` and `counter.rs` are compiled here as they are, over CPUs that the
//! scheduler knows: it switches at each atomic operation, and where a CPU turns
//! interrupts off.
//!
//! ```text
//!  a thread                   code on a CPU; two threads of one CPU are a task and what
//!                             interrupts it
//!  with_interrupts_off        holds the CPU's lock: no other thread of the CPU runs
//!  on_each_cpu                takes the locks one after the other, as signals that
//!                             are taken when interrupts are on
//! ```

#[path = "../src/counter.rs"]
mod counter;
#[path = "../src/reference.rs"]
mod reference;

use counter::PerCpuCounter;
use reference::PerCpuRef;
use shuttle::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering::SeqCst};
use shuttle::sync::{Arc, Mutex};
use shuttle::thread;
use std::cell::Cell;
use std::num::NonZeroU32;

const CPUS: usize = 3;

shuttle::lazy_static! {
    /// Held while a CPU has interrupts off.
    static ref MASKS: [Mutex<()>; CPUS] = [const { Mutex::new(()) }; CPUS];
}

shuttle::thread_local! {
    /// The CPU that a thread runs on.
    static RUNNING: Cell<usize> = const { Cell::new(usize::MAX) };
}

fn running() -> usize {
    RUNNING.with(Cell::get)
}

// What the two files import, by the names that the crate has for it.

mod atomic {
    pub use shuttle::sync::atomic::{AtomicBool, AtomicI64, Ordering};
}

mod interrupts {
    /// Holds the CPU's lock meanwhile.
    pub fn with_interrupts_off<R>(work: impl FnOnce(&()) -> R) -> R {
        let _off = super::MASKS[super::running()].lock().unwrap();
        work(&())
    }
}

mod kernel {
    /// Runs `function` on each CPU once its interrupts are on.
    ///
    /// # Safety
    /// L8: `function` may be called with `argument`.
    pub unsafe fn on_each_cpu(function: extern "C" fn(*mut ()), argument: *mut ()) {
        for mask in super::MASKS.iter() {
            let _off = mask.lock().unwrap();
            function(argument);
        }
    }
}

mod dynamic {
    use super::{AtomicI64, CPUS, running};
    use std::marker::PhantomData;

    #[derive(Debug)]
    pub struct NoMemory;

    /// Copies of a number.
    #[derive(Debug)]
    pub struct PerCpu<T>(pub [AtomicI64; CPUS], PhantomData<T>);

    impl PerCpu<i64> {
        pub fn alloc() -> Result<Self, NoMemory> {
            Ok(Self([const { AtomicI64::new(0) }; CPUS], PhantomData))
        }

        pub fn mine(&self) -> &AtomicI64 {
            &self.0[running()]
        }
    }
}

mod variable {
    use super::SeqCst;
    use super::dynamic::PerCpu;

    /// The operations that the two files use; each is one step, as the instruction that
    /// it stands for.
    pub trait Variable {
        fn read(&self) -> i64;
        fn inc(&self);
        fn dec(&self);
        fn cmpxchg(&self, old: i64, new: i64) -> i64;
        fn sum(&self) -> i64;
    }

    impl Variable for PerCpu<i64> {
        fn read(&self) -> i64 {
            self.mine().load(SeqCst)
        }

        fn inc(&self) {
            self.mine().fetch_add(1, SeqCst);
        }

        fn dec(&self) {
            self.mine().fetch_sub(1, SeqCst);
        }

        fn cmpxchg(&self, old: i64, new: i64) -> i64 {
            let result = self.mine().compare_exchange(old, new, SeqCst, SeqCst);
            result.unwrap_or_else(|found| found)
        }

        fn sum(&self) -> i64 {
            self.0.iter().map(|copy| copy.load(SeqCst)).sum()
        }
    }
}

/// Runs a case under many schedules.
fn schedules(case: fn()) {
    shuttle::check_random(case, 1000);
    shuttle::check_pct(case, 1000, 3);
}

/// Starts code on a CPU.
fn on(cpu: usize, work: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        RUNNING.with(|running| running.set(cpu));
        work();
    })
}

/// An object, its references, and who released it.
struct Object {
    references: PerCpuRef,
    alive: AtomicBool,
    released: AtomicU32,
    killed: AtomicBool,
}

impl Object {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            references: PerCpuRef::new().unwrap(),
            alive: AtomicBool::new(true),
            released: AtomicU32::new(0),
            killed: AtomicBool::new(false),
        })
    }

    /// What a caller does who may have had the last reference.
    fn release_if(&self, last: bool) {
        if last {
            self.alive.store(false, SeqCst);
            self.released.fetch_add(1, SeqCst);
        }
    }

    fn get(&self) -> bool {
        let killed = self.killed.load(SeqCst);
        let got = self.references.try_get();
        assert!(!(killed && got), "a reference after the kill");
        got
    }

    /// Uses the object under a reference, which it gives up then.
    fn work(&self) {
        assert!(self.alive.load(SeqCst), "released while referenced");
        self.release_if(self.references.put());
    }

    /// A user that comes and goes.
    fn visit(&self) {
        for _ in 0..2 {
            if self.get() {
                self.work();
            }
        }
    }

    fn kill(&self) {
        self.release_if(self.references.kill());
        self.killed.store(true, SeqCst);
    }
}

fn join(threads: impl IntoIterator<Item = thread::JoinHandle<()>>) {
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
}

/// Runs these on a CPU each, the last beside the first on CPU 0; the object is
/// released once in the end.
fn released_once<const N: usize>(cpus: [fn(&Object); N]) {
    let object = Object::new();
    let threads = cpus.into_iter().enumerate().map(|(cpu, work)| {
        let object = object.clone();
        on(cpu % CPUS, move || work(&object))
    });
    join(threads.collect::<Vec<_>>());
    assert_eq!(object.released.load(SeqCst), 1);
}

#[test]
fn users_come_and_go_while_it_is_killed() {
    schedules(|| released_once([Object::visit, Object::kill, Object::visit, Object::visit]));
}

#[test]
fn of_two_kills_one_counts() {
    schedules(|| released_once([Object::kill, Object::visit, Object::kill, Object::visit]));
}

#[test]
fn a_switch_beside_a_kill() {
    schedules(|| {
        let switch = |object: &Object| object.release_if(object.references.switch_to_atomic());
        released_once([Object::kill, switch, Object::visit, Object::visit]);
    });
}

#[test]
fn a_switch_before_a_kill() {
    schedules(|| {
        released_once([
            |object| {
                assert!(!object.references.switch_to_atomic());
                object.visit();
                object.kill();
            },
            Object::visit,
            Object::visit,
        ]);
    });
}

#[test]
fn a_reference_given_up_on_another_cpu() {
    schedules(|| {
        let object = Object::new();
        let taken = Arc::new(AtomicU32::new(0));
        let (its, counts) = (object.clone(), taken.clone());
        let taker = on(0, move || {
            counts.store(if its.get() { 1 } else { 2 }, SeqCst);
        });
        let (its, counts) = (object.clone(), taken.clone());
        let giver = on(1, move || {
            while counts.load(SeqCst) == 0 {
                thread::yield_now();
            }
            if counts.load(SeqCst) == 1 {
                its.work();
            }
        });
        let its = object.clone();
        let killer = on(2, move || its.kill());
        join([taker, giver, killer]);
        assert_eq!(object.released.load(SeqCst), 1);
    });
}

#[test]
fn killed_and_brought_back() {
    schedules(|| {
        released_once([
            |object| {
                if object.references.kill() {
                    object.release_if(true);
                } else if object.references.resurrect() {
                    assert!(object.alive.load(SeqCst), "the owner's is a reference");
                    object.visit();
                    object.kill();
                }
                // Otherwise who gave up the last reference has released it.
            },
            Object::visit,
            Object::visit,
        ]);
    });
}

#[test]
fn the_count_is_of_references_at_any_time() {
    schedules(|| {
        let count = |object: &Object| {
            for _ in 0..3 {
                let count = object.references.count();
                // Each of two users and the kill may be in the midst of one.
                assert!((-3..=3).contains(&count), "{count} references");
            }
        };
        released_once([Object::visit, Object::kill, count, Object::visit]);
    });
}

#[test]
fn a_counter_loses_nothing() {
    schedules(|| {
        let counter = Arc::new(PerCpuCounter::new(NonZeroU32::new(3).unwrap()).unwrap());
        // Two threads of CPU 0: what interrupts between a read and its exchange.
        let threads = [(0, 2), (0, 1), (1, 2), (2, -1)].map(|(cpu, amount)| {
            let counter = counter.clone();
            on(cpu, move || (0..3).for_each(|_| counter.add(amount)))
        });
        join(threads);
        assert_eq!(counter.sum(), 3 * (2 + 1 + 2 - 1));
        let held_back = counter.sum() - counter.approximate();
        assert!(held_back.abs() <= 2 * CPUS as i64, "{held_back} held back");
    });
}

#[test]
fn a_sum_counts_nothing_twice() {
    schedules(|| {
        let counter = Arc::new(PerCpuCounter::new(NonZeroU32::new(2).unwrap()).unwrap());
        let threads = [0, 1, 0].map(|cpu| {
            let counter = counter.clone();
            on(cpu, move || (0..2).for_each(|_| counter.add(1)))
        });
        let its = counter.clone();
        let reader = on(2, move || {
            for _ in 0..2 {
                let sum = its.sum();
                assert!((0..=6).contains(&sum), "{sum} of at most 6");
            }
        });
        join(threads.into_iter().chain([reader]));
        assert_eq!(counter.sum(), 6);
    });
}
