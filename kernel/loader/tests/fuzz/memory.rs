//! A global allocator that counts: how much a thread holds, and the most it held; and
//! that can end.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
    /// Blocks that there still are.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

// SAFETY: every block is the system allocator's, which gets it back. What grows a
// block is the trait's own way: old and new are held at once, and both counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(left) = LEFT.get().checked_sub(1) else {
            return std::ptr::null_mut();
        };
        if left != usize::MAX - 1 {
            LEFT.set(left);
        }
        HELD.set(HELD.get() + layout.size());
        MOST.set(MOST.get().max(HELD.get()));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // A block may come from another thread, as those of the test's harness do.
        HELD.set(HELD.get().saturating_sub(layout.size()));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs `work`; the most bytes that it held at once.
pub fn most_held<R>(work: impl FnOnce() -> R) -> (R, usize) {
    let before = HELD.get();
    MOST.set(before);
    let result = work();
    (result, MOST.get() - before)
}

/// Runs `work`, which gets so many blocks of memory; whether it asked for more. What
/// can't do without ends the test.
pub fn with_blocks<R>(blocks: usize, work: impl FnOnce() -> R) -> (R, bool) {
    LEFT.set(blocks);
    let result = work();
    let ended = LEFT.get() == 0;
    LEFT.set(usize::MAX);
    (result, ended)
}
