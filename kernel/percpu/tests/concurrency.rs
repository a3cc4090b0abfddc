//! Allocation, free and balance on several CPUs, under a scheduler that tries one
//! interleaving after the other.
//!
//! The scheduler switches wherever a lock is taken or dropped and around each
//! request to the machine. A CPU fills its copies of an area with a byte of its
//! own and finds them so later: two owners of one byte, a page taken away under an
//! area, or a copy that isn't zero would show, and so would a deadlock.
#![cfg(not(miri))] // The scheduler switches stacks, which Miri doesn't follow.

mod common;

use common::{Machine, UNITS, allocator_with};
use lock_api::{GuardSend, RawMutex};
use percpu::{
    Allocator, Backing, FreeError, Handle, MAGAZINE, MIN_UNIT_SIZE, Mark, OutOfMemory, PAGE_SIZE,
    Sizes,
};
use shuttle::future::batch_semaphore::{BatchSemaphore, Fairness};
use shuttle::sync::atomic::AtomicU8;
use shuttle::thread::{self, yield_now};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A lock that the scheduler knows: a semaphore of one permit.
struct Scheduled(BatchSemaphore);

// SAFETY: P8: who holds the lock has the one permit.
unsafe impl RawMutex for Scheduled {
    const INIT: Self = Self(BatchSemaphore::const_new(1, Fairness::Unfair));

    type GuardMarker = GuardSend;

    fn lock(&self) {
        self.0.acquire_blocking(1).unwrap();
    }

    fn try_lock(&self) -> bool {
        self.0.try_acquire(1).is_ok()
    }

    unsafe fn unlock(&self) {
        self.0.release(1);
    }
}

/// A byte that the scheduler knows.
struct ScheduledMark(AtomicU8);

impl Mark for ScheduledMark {
    fn new(value: u8) -> Self {
        Self(AtomicU8::new(value))
    }

    fn load(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }

    fn store(&self, value: u8) {
        self.0.store(value, Ordering::Relaxed);
    }

    fn test_and_set(&self) -> bool {
        self.0.swap(u8::MAX, Ordering::Relaxed) >> 7 != 0
    }
}

shuttle::thread_local! {
    /// The CPU that a thread is.
    static CPU: Cell<usize> = const { Cell::new(0) };
}

/// A machine whose requests take a while.
struct Slow(Arc<Machine>);

impl Slow {
    fn machine(&self) -> &Machine {
        yield_now();
        &self.0
    }
}

// SAFETY: P7, P13: what the machine keeps to.
unsafe impl Backing for Slow {
    type PagesLock = Scheduled;
    type AreasLock = Scheduled;
    type MagazineLock = Scheduled;
    type Mark = ScheduledMark;

    fn this_unit(&self) -> usize {
        CPU.with(Cell::get)
    }

    fn reserve(&self, address: usize, size: usize) -> Result<(), OutOfMemory> {
        self.machine().reserve(address, size)
    }

    unsafe fn release(&self, address: usize, size: usize) {
        self.machine().release(address, size);
    }

    unsafe fn map(&self, address: usize, pages: usize) -> Result<(), OutOfMemory> {
        self.machine().map(address, pages)?;
        yield_now();
        Ok(())
    }

    unsafe fn unmap(&self, starts: impl Iterator<Item = usize>, pages: usize) {
        starts.for_each(|start| self.machine().unmap(start, pages));
    }

    unsafe fn zero(&self, address: usize, size: usize) {
        self.machine().fill(address, size, 0);
    }
}

/// What the CPUs of a case share.
struct Shared {
    machine: Arc<Machine>,
    tested: Allocator<Slow>,
}

impl Shared {
    /// A first chunk of one dynamic page, so that little fills it.
    fn new() -> Arc<Self> {
        Self::with_magazines_of(MAGAZINE)
    }

    fn with_magazines_of(bytes: usize) -> Arc<Self> {
        let machine = Arc::new(Machine::default());
        let sizes = Sizes::new(MIN_UNIT_SIZE - PAGE_SIZE, 0, PAGE_SIZE, UNITS).unwrap();
        assert_eq!(sizes.unit_size, MIN_UNIT_SIZE);
        let tested = allocator_with(&machine, Slow(machine.clone()), sizes, bytes);
        Arc::new(Self { machine, tested })
    }

    fn copies(&self, handle: Handle) -> impl Iterator<Item = usize> + '_ {
        (0..UNITS).map(move |unit| handle.0.wrapping_add(self.tested.offset(unit)))
    }

    /// Makes an area its owner's, who found it zero.
    fn own(&self, handle: Handle, size: usize, byte: u8) {
        for copy in self.copies(handle) {
            assert!(self.machine.holds(copy, size, 0), "{handle} isn't zero");
            self.machine.fill(copy, size, byte);
        }
        yield_now();
    }

    /// Frees an area that nobody else has touched.
    fn disown(&self, handle: Handle, size: usize, byte: u8) {
        for copy in self.copies(handle) {
            let whole = self.machine.holds(copy, size, byte);
            assert!(whole, "somebody wrote to {handle}");
        }
        self.tested.free(handle).unwrap();
    }

    /// An area from birth to death.
    fn live(&self, size: usize, align: usize, byte: u8) {
        if let Ok(handle) = self.tested.alloc(size, align) {
            self.own(handle, size, byte);
            self.disown(handle, size, byte);
        }
    }
}

/// Runs these on a CPU each, thousands of times over; after each time the
/// book-keeping adds up, and what was allocated is freed.
fn at_once<const N: usize>(setup: fn(&Shared), cpus: [fn(&Shared); N]) {
    let case = move || {
        let shared = Shared::new();
        let before = shared.machine.count();
        setup(&shared);
        let running: Vec<_> = cpus
            .into_iter()
            .enumerate()
            .map(|(number, cpu)| {
                let shared = shared.clone();
                thread::spawn(move || {
                    CPU.with(|running| running.set(number));
                    cpu(&shared);
                })
            })
            .collect();
        for cpu in running {
            cpu.join().unwrap();
        }
        shared.tested.verify().unwrap();
        shared.tested.trim();
        shared.tested.verify().unwrap();
        assert_eq!(shared.tested.usage().live, 0);
        assert_eq!(shared.machine.count(), before, "pages or chunks were lost");
    };
    shuttle::check_random(case, 1000);
    shuttle::check_pct(case, 1000, 3);
}

fn nothing(_: &Shared) {}

#[test]
fn two_cpus_that_need_the_same_page() {
    let small = |shared: &Shared| shared.live(PAGE_SIZE, PAGE_SIZE, 1);
    let large = |shared: &Shared| shared.live(3 * PAGE_SIZE, 8, 2);
    at_once(nothing, [small, large, small]);
}

#[test]
fn a_page_taken_away_while_an_allocation_wants_it() {
    let setup = |shared: &Shared| {
        // Empty pages above the marks, which the balance takes.
        let areas: Vec<_> = (0..8)
            .map(|_| shared.tested.alloc(PAGE_SIZE, 8).unwrap())
            .collect();
        for area in areas {
            shared.tested.free(area).unwrap();
        }
    };
    let user = |shared: &Shared| {
        shared.live(PAGE_SIZE, 8, 1);
        shared.live(24, 8, 2);
    };
    at_once(setup, [user, |shared| shared.tested.balance(), user]);
}

#[test]
fn a_chunk_released_while_a_free_is_on_its_way() {
    let user = |shared: &Shared| {
        for byte in 1..4 {
            shared.live(2 * PAGE_SIZE, 8, byte);
        }
    };
    at_once(nothing, [user, |shared| shared.tested.trim(), user]);
}

#[test]
fn an_atomic_allocation_beside_a_balance() {
    let atomic = |shared: &Shared| {
        for byte in 1..4 {
            if let Ok(handle) = shared.tested.alloc_atomic(1000, 8) {
                shared.own(handle, 1000, byte);
                shared.disown(handle, 1000, byte);
            }
        }
    };
    at_once(nothing, [atomic, |shared| shared.tested.balance(), atomic]);
}

#[test]
fn magazines_that_are_emptied_by_another() {
    let user = |shared: &Shared| {
        for byte in 1..4 {
            shared.live(8, 8, byte);
        }
    };
    at_once(nothing, [user, user, |shared| shared.tested.trim()]);
}

#[test]
fn the_magazine_of_a_cpu_that_has_left() {
    // What it has freed goes back, while the others allocate, and free into their own.
    let setup = |shared: &Shared| {
        CPU.with(|running| running.set(2));
        shared.live(8, 8, 1);
    };
    let user = |shared: &Shared| {
        shared.live(8, 8, 1);
        shared.live(8, 8, 2);
    };
    let leads = |shared: &Shared| shared.tested.empty_magazine(2);
    at_once(setup, [user, user, leads]);
}

#[test]
fn a_magazine_whose_owner_is_interrupted() {
    // Threads that are one CPU: each may find the magazine taken.
    let same = |shared: &Shared| {
        CPU.with(|running| running.set(0));
        for byte in 1..4 {
            shared.live(8, 8, byte);
            shared.live(24, 8, byte);
        }
    };
    at_once(nothing, [same, same, same]);
}

#[test]
fn what_another_cpu_keeps_is_found_before_an_allocation_fails() {
    let case = || {
        let shared = Shared::new();
        // All of the one page, and the last area in the magazine of this CPU.
        let mut areas = Vec::new();
        while let Ok(area) = shared.tested.alloc_atomic(64, 64) {
            areas.push(area);
        }
        shared.tested.free(areas.pop().unwrap()).unwrap();
        let other = shared.clone();
        let found = thread::spawn(move || {
            CPU.with(|running| running.set(1));
            other.tested.alloc_atomic(8, 8).is_ok()
        });
        assert!(found.join().unwrap());
        shared.tested.verify().unwrap();
    };
    shuttle::check_random(case, 200);
}

#[test]
fn memory_that_runs_out_under_one_of_them() {
    let setup = |shared: &Shared| shared.machine.fail.store(2, Ordering::Relaxed);
    let user = |shared: &Shared| shared.live(2 * PAGE_SIZE, 8, 1);
    at_once(setup, [user, |shared| shared.tested.balance(), user]);
}

fn frees_one_area_twice(shared: &Arc<Shared>) {
    let area = shared.tested.alloc(64, 8).unwrap();
    let frees: Vec<_> = (0..2)
        .map(|cpu| {
            let shared = shared.clone();
            thread::spawn(move || {
                CPU.with(|running| running.set(cpu));
                shared.tested.free(area)
            })
        })
        .collect();
    let mut results: Vec<_> = frees.into_iter().map(|cpu| cpu.join().unwrap()).collect();
    results.sort_by_key(Result::is_err);
    let refused = Err(FreeError::NotAllocated { handle: area });
    assert_eq!(results, [Ok(()), refused]);
}

#[test]
fn of_two_frees_of_one_area_one_is_refused() {
    let case = || {
        let shared = Shared::new();
        frees_one_area_twice(&shared);
        shared.tested.verify().unwrap();
    };
    shuttle::check_random(case, 3000);
    shuttle::check_pct(case, 3000, 3);
}

#[test]
fn of_two_frees_into_a_chunk_one_is_refused() {
    // So few steps that every interleaving is tried.
    let case = || {
        let shared = Shared::with_magazines_of(0);
        frees_one_area_twice(&shared);
        shared.tested.verify().unwrap();
    };
    shuttle::check_dfs(case, None);
}
