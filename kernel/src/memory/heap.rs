//! The kernel heap: one block of page frames under `linked_list_allocator`.
//!
//! Module images and per-CPU memory keep off it: they come from page frames.

use super::{OutOfMemory, take_frames};
use crate::fail::{self, Site};
use crate::sync::{Lock, rank};
use ::memory::frames::order_of;
use alloc::boxed::Box;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::NonNull;
use linked_list_allocator::Heap;

struct KernelHeap(Lock<Heap, { rank::HEAP }>);

#[global_allocator]
static HEAP: KernelHeap = KernelHeap(Lock::new(Heap::empty()));

// SAFETY: `Heap` hands out disjoint blocks of the memory it was given, and the
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
            // SAFETY: the caller's promise: the block is from `alloc`, with this layout.
            unsafe { self.0.lock().deallocate(block, layout) };
        }
    }
}

/// Bytes of heap for a machine with `memory` bytes: a sixteenth, 4 to 64 MiB.
fn size_for(memory: usize) -> usize {
    (memory / 16).clamp(4 << 20, 64 << 20)
}

/// Gives the heap its memory.
///
/// # Panics
/// If the machine has too little memory to boot.
pub fn init(memory: usize) {
    // A power of two, rounded down: blocks of frames come in no other size.
    let bytes = 1 << size_for(memory).ilog2();
    let start = take_frames(order_of(bytes)).expect("memory holds the kernel heap");
    let start = core::ptr::with_exposed_provenance_mut(start);
    // SAFETY: M1: the block is the heap's alone, for good.
    unsafe { HEAP.0.lock().init(start, bytes) };
}

/// A box for a value, or an error where `Box::new` would end the run.
pub fn try_box<T>(value: T) -> Result<Box<T>, OutOfMemory> {
    let layout = Layout::new::<T>();
    assert!(layout.size() != 0, "a value of no bytes needs no box");
    // SAFETY: the size isn't 0.
    let place = unsafe { alloc::alloc::alloc(layout) }.cast::<T>();
    if place.is_null() {
        return Err(OutOfMemory);
    }
    // SAFETY: `place` is from the global allocator, laid out for a `T`, and holds
    // one once it is written.
    unsafe {
        place.write(value);
        Ok(Box::from_raw(place))
    }
}

/// Bytes in use, and all.
pub fn used() -> (usize, usize) {
    let heap = HEAP.0.lock();
    (heap.used(), heap.size())
}
