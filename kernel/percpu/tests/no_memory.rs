//! An exhausted heap is an error, wherever it is met: each request for memory in turn
//! fails, and nothing is lost by it.

mod common;

use common::{UNITS, first_chunk, unstored};
use percpu::{AllocError, DYNAMIC_RESERVE, Handle, MIN_UNIT_SIZE, SetupError, Sizes};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Requests of this thread until one fails; 0 for never.
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

struct Failing;

#[global_allocator]
static FAILING: Failing = Failing;

// SAFETY: P8: no book-keeping relies on it; all memory is the system's.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let left = LEFT.get();
        LEFT.set(left.saturating_sub(1));
        if left == 1 {
            return std::ptr::null_mut();
        }
        // SAFETY: P8: as the caller promises the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: P8: as the caller promises the system's allocator.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Repeats the work with one request for memory after the other failing, until there is
/// none left to fail; returns how many there were.
fn each_fails(mut work: impl FnMut()) -> usize {
    for nth in 1.. {
        LEFT.set(nth);
        work();
        if LEFT.replace(0) > 0 {
            return nth - 1;
        }
    }
    unreachable!("there is a request for memory for ever")
}

fn sizes() -> Sizes {
    Sizes::new(1000, 8192, DYNAMIC_RESERVE, UNITS).unwrap()
}

#[test]
fn setting_up() {
    let mut firsts: Vec<_> = (0..1000).map(|_| first_chunk(sizes(), 1 << 30)).collect();
    let mut results = Vec::with_capacity(firsts.len());
    let requests = each_fails(|| results.push(unstored(firsts.pop().unwrap()).err()));
    assert!(
        requests >= 5,
        "map, tables, pages and boxes of two parts, and the sets"
    );
    assert_eq!(results.pop(), Some(None));
    assert_eq!(results, vec![Some(SetupError::OutOfMemory); requests]);
}

#[test]
fn another_chunk() {
    let tested = unstored(first_chunk(sizes(), 1 << 30)).unwrap();
    let (size, align) = (MIN_UNIT_SIZE, 8);
    let before = tested.usage();
    let mut results = Vec::with_capacity(1000);
    let requests = each_fails(|| results.push(tested.alloc(size, align)));
    assert_eq!(
        requests, 8,
        "map, links, ends, holes and their sets, pages, the chunk itself, and marks"
    );
    let last = results.pop().unwrap();
    let refused = Err(AllocError::OutOfMemory { size, align });
    assert_eq!(results, vec![refused; requests]);
    tested.verify().unwrap();
    tested.free(last.unwrap()).unwrap();
    tested.trim();
    assert_eq!(tested.usage(), before);
}

#[test]
fn a_batch_is_given_back() {
    let tested = unstored(first_chunk(sizes(), 1 << 30)).unwrap();
    let before = tested.usage();
    let mut areas = [Handle(0); 3];
    let mut results = Vec::with_capacity(1000);
    let requests = each_fails(|| {
        let result = tested.alloc_batch(MIN_UNIT_SIZE, 8, &mut areas);
        if result.is_ok() {
            areas.iter().for_each(|&area| tested.free(area).unwrap());
        }
        results.push(result);
        tested.trim();
        assert_eq!(tested.usage(), before);
        tested.verify().unwrap();
    });
    assert_eq!(
        requests, 22,
        "seven for each chunk, and marks the first time"
    );
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 22);
}

#[test]
fn what_needs_no_memory() {
    let tested = unstored(first_chunk(sizes(), 1 << 30)).unwrap();
    let requests = each_fails(|| {
        let area = tested.alloc_atomic(64, 8).unwrap();
        assert_eq!(tested.size_of(area), Some(64));
        assert!(tested.locate(area).is_some());
        tested.verify().unwrap();
        tested.statistics(&mut |_| ());
        tested.free(area).unwrap();
        assert!(tested.free(area).is_err());
        tested.trim();
    });
    assert_eq!(requests, 0);
}
