//! What is done while the *areas* lock is held (P8): no memory is allocated or freed, and
//! nothing is asked of the machine.

mod common;

use common::{Machine, UNITS, allocator_on};
use lock_api::{GuardSend, RawMutex};
use percpu::{Allocator, Backing, DYNAMIC_RESERVE, Handle, MIN_UNIT_SIZE, OutOfMemory, Sizes};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};

thread_local! {
    static HELD: Cell<bool> = const { Cell::new(false) };
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// Counts calls of the system's allocator by a thread that holds the lock.
struct Watched;

#[global_allocator]
static WATCHED: Watched = Watched;

impl Watched {
    fn note(&self) {
        if HELD.get() {
            CALLS.set(CALLS.get() + 1);
        }
    }
}

// SAFETY: P8 is what is watched; all memory is the system's.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.note();
        // SAFETY: P8: as the caller promises the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.note();
        // SAFETY: P8: as the caller promises the system's allocator.
        unsafe { System.dealloc(block, layout) }
    }
}

/// The *areas* lock, on one CPU.
struct Areas(parking_lot::RawMutex);

// SAFETY: P8: the lock inside.
unsafe impl RawMutex for Areas {
    const INIT: Self = Self(parking_lot::RawMutex::INIT);

    type GuardMarker = GuardSend;

    fn lock(&self) {
        self.0.lock();
        assert!(!HELD.replace(true), "taken twice");
    }

    fn try_lock(&self) -> bool {
        let free = self.0.try_lock();
        HELD.set(HELD.get() || free);
        free
    }

    unsafe fn unlock(&self) {
        HELD.set(false);
        // SAFETY: P8: the caller holds the lock.
        unsafe { self.0.unlock() };
    }
}

/// A machine that must be asked without the lock.
struct Asked<'machine>(&'machine Machine);

impl Asked<'_> {
    fn machine(&self) -> &Machine {
        assert!(!HELD.get(), "the machine is asked under the lock");
        self.0
    }
}

// SAFETY: P7, P13: what the machine keeps to.
unsafe impl Backing for Asked<'_> {
    type PagesLock = parking_lot::RawMutex;
    type AreasLock = Areas;
    type MagazineLock = parking_lot::RawMutex;
    type Mark = AtomicU8;

    fn this_unit(&self) -> usize {
        0
    }

    fn reserve(&self, address: usize, size: usize) -> Result<(), OutOfMemory> {
        self.machine().reserve(address, size)
    }

    unsafe fn release(&self, address: usize, size: usize) {
        self.machine().release(address, size);
    }

    unsafe fn map(&self, address: usize, pages: usize) -> Result<(), OutOfMemory> {
        self.machine().map(address, pages)
    }

    unsafe fn unmap(&self, starts: impl Iterator<Item = usize>, pages: usize) {
        starts.for_each(|start| self.machine().unmap(start, pages));
    }

    unsafe fn zero(&self, address: usize, size: usize) {
        self.machine().fill(address, size, 0);
    }
}

/// Everything that the allocator does, over chunks that come and go.
fn everything(machine: &Machine, tested: &Allocator<Asked<'_>>) {
    let mut areas = Vec::new();
    for round in 0..70 {
        for size in [1, 8, 100, 4000, MIN_UNIT_SIZE] {
            areas.push(tested.alloc(size, 8).unwrap());
        }
        areas.push(tested.alloc_reserved(500, 8).unwrap());
        areas.extend(tested.alloc_atomic(64, 64));
        if round % 8 == 0 {
            tested.balance();
        }
    }
    let mut batch = [Handle(0); 200];
    tested.alloc_batch(40, 8, &mut batch).unwrap();
    areas.extend(batch);
    machine.fail.store(2, Ordering::Relaxed);
    let refused = (0..10).any(|_| match tested.alloc(MIN_UNIT_SIZE, 8) {
        Ok(area) => {
            areas.push(area);
            false
        }
        Err(_) => true,
    });
    assert!(refused, "there is memory for all");
    machine.fail.store(0, Ordering::Relaxed);
    tested.verify().unwrap();
    let mut seen = 0;
    tested.statistics(&mut |_| {
        assert!(!HELD.get(), "statistics are shown under the lock");
        seen += 1;
    });
    assert_eq!(seen, tested.usage().chunks + 1);
    for (index, &area) in areas.iter().enumerate() {
        assert!(tested.locate(area).unwrap().area.is_some());
        assert!(tested.free(Handle(area.0 + 1)).is_err());
        tested.free(area).unwrap();
        assert!(tested.free(area).is_err());
        if index % 100 == 0 {
            tested.balance();
        }
    }
    tested.trim();
}

#[test]
fn nothing_but_the_book_keeping() {
    let machine = Machine::default();
    let sizes = Sizes::new(1000, 8192, DYNAMIC_RESERVE, UNITS).unwrap();
    let tested = allocator_on(&machine, Asked(&machine), sizes);
    everything(&machine, &tested);
    assert_eq!(
        CALLS.get(),
        0,
        "memory is allocated or freed under the lock"
    );
    // That the calls are counted at all.
    HELD.set(true);
    drop(Box::new(1));
    HELD.set(false);
    assert_eq!(CALLS.get(), 2);
}
