//! The kernel heap: one block of page frames under `linked_list_allocator`.
//!
//! Module images and per-CPU memory keep off it: they come from page frames. Finding a
//! block takes as many steps as there are free ones before it, with interrupts off.

use super::error::OutOfMemory;
use super::frames::FrameBlock;
use crate::fail::{self, Site};
use crate::sync::{Lock, rank};
use alloc::boxed::Box;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::NonNull;
use linked_list_allocator::Heap;

struct KernelHeap(Lock<Heap, { rank::HEAP }>);

#[global_allocator]
static HEAP: KernelHeap = KernelHeap(Lock::new(Heap::empty()));

// SAFETY: M1: `Heap` hands out disjoint blocks of the memory it was given, and the
// lock admits one CPU at a time.
unsafe impl GlobalAlloc for KernelHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if fail::now(Site::Heap) {
            return core::ptr::null_mut();
        }
        match self.0.lock().allocate_first_fit(layout) {
            Ok(block) => block.as_ptr(),
            Err(()) => core::ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if let Some(block) = NonNull::new(block) {
            // SAFETY: M1: the caller's promise: the block is from `alloc`, with this layout.
            unsafe { self.0.lock().deallocate(block, layout) };
        }
    }
}

/// Bytes of heap for a machine with `memory` bytes: a sixteenth, 4 to 64 MiB, rounded
/// down to a power of two, as blocks of frames come in no other size.
pub(super) fn size_for(memory: usize) -> usize {
    1 << (memory / 16).clamp(4 << 20, 64 << 20).ilog2()
}

/// Gives the heap its memory, for good. Once, at boot.
pub(super) fn init(block: FrameBlock) {
    HEAP.0.lock().init_from_slice(block.leak());
}

/// A box for a value, or an error where `Box::new` would end the run.
pub fn try_box<T>(value: T) -> Result<Box<T>, OutOfMemory> {
    let layout = Layout::new::<T>();
    assert!(layout.size() != 0, "a value of no bytes needs no box");
    // SAFETY: M1: the size isn't 0, so that this is a block of its own.
    let place = unsafe { alloc::alloc::alloc(layout) }.cast::<T>();
    if place.is_null() {
        return Err(OutOfMemory);
    }
    // SAFETY: M1: `place` is from the global allocator, laid out for a `T`, and holds
    // one once it is written.
    unsafe {
        place.write(value);
        Ok(Box::from_raw(place))
    }
}

/// Bytes of the heap in use, and bytes that it has.
pub fn used() -> (usize, usize) {
    let heap = HEAP.0.lock();
    (heap.used(), heap.size())
}
