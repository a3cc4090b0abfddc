//! The kernel heap: one block of page frames under `linked_list_allocator`.
//!
//! Module images and per-CPU memory keep off it: they come from page frames. Finding a
//! block takes as many steps as there are free ones before it, with interrupts off.

use super::error::OutOfMemory;
use super::frames::FrameBlock;
use super::real;
use super::sanity::{self, Block, Fresh, Kind, Zones};
use crate::fail::{self, Site};
use crate::sync::{Lock, rank};
use alloc::boxed::Box;
use arch::PAGE_SIZE;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};
use linked_list_allocator::Heap;

struct KernelHeap(Lock<Heap, { rank::HEAP }>);

#[global_allocator]
static HEAP: KernelHeap = KernelHeap(Lock::new(Heap::empty()));

// SAFETY: M1: `Heap` hands out disjoint blocks of the memory it was given, and the
// lock admits one CPU at a time. With `sanity=1` a block is inside one of those.
unsafe impl GlobalAlloc for KernelHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match fail::is_plain(Site::Heap) {
            true => take(layout),
            false => alloc_watched(layout),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match fail::is_unwatched(Site::Heap) {
            // SAFETY: M4: the caller's promise: the block is from `alloc`, with this layout.
            true => unsafe { give(block, layout) },
            // SAFETY: M4: as above.
            false => unsafe { dealloc_watched(block, layout) },
        }
    }
}

fn take(layout: Layout) -> *mut u8 {
    match HEAP.0.lock().allocate_first_fit(layout) {
        Ok(block) => block.as_ptr(),
        Err(()) => core::ptr::null_mut(),
    }
}

/// # Safety
/// M4: the block is from [`take`], with this layout, and given back once.
unsafe fn give(block: *mut u8, layout: Layout) {
    if let Some(block) = NonNull::new(block) {
        // SAFETY: M4: the caller's promise.
        unsafe { HEAP.0.lock().deallocate(block, layout) };
    }
}

#[cold]
fn alloc_watched(layout: Layout) -> *mut u8 {
    match (fail::now(Site::Heap), sanity::is_on()) {
        (true, _) => core::ptr::null_mut(),
        (false, false) => take(layout),
        (false, true) => match alloc_checked(layout) {
            Some(address) => core::ptr::with_exposed_provenance_mut(address),
            None => core::ptr::null_mut(),
        },
    }
}

/// The layout of a block with its red zones; the one in front is a multiple of the alignment,
/// and the least that is.
fn layout_of(zones: &Zones) -> Option<Layout> {
    Layout::from_size_align(zones.total(), zones.before).ok()
}

/// A block between red zones.
fn alloc_checked(layout: Layout) -> Option<usize> {
    let zones = Zones::new(layout.size(), layout.align())?;
    let around = layout_of(&zones)?;
    let mut block = take(around);
    if block.is_null() {
        sanity::flush();
        block = take(around);
    }
    if block.is_null() {
        return None;
    }
    let base = block.expose_provenance();
    let (start, end) = bounds();
    if base < start
        || base
            .checked_add(zones.total())
            .is_none_or(|last| last > end)
    {
        // What its free blocks say was written over: this is no memory of its own.
        sanity::overlap(base, None);
        return None;
    }
    let address = base + zones.before;
    if sanity::enter(Kind::Heap, address, zones, 0, Fresh::Anything).is_err() {
        // SAFETY: M4: it was taken above.
        unsafe { give(block, around) };
        return None;
    }
    CHECKED.fetch_add(zones.bytes, Ordering::Relaxed);
    Some(address)
}

/// Bytes of the blocks between red zones that are somebody's.
static CHECKED: AtomicUsize = AtomicUsize::new(0);

/// # Safety
/// M4: the block is from `alloc`, with this layout.
#[cold]
unsafe fn dealloc_watched(block: *mut u8, layout: Layout) {
    if !sanity::is_on() {
        // SAFETY: M4: the caller's promise.
        unsafe { give(block, layout) };
        return;
    }
    match sanity::begin_free(Kind::Heap, block.addr(), 0) {
        Ok(block) => {
            CHECKED.fetch_sub(block.zones.bytes, Ordering::Relaxed);
            sanity::finish_free(&block);
        }
        Err(_) => sanity::refused(Kind::Heap, block.addr(), 0),
    }
}

/// Takes a block back that was between red zones.
fn release(block: &Block) {
    if let Some(layout) = layout_of(&block.zones) {
        let block = core::ptr::with_exposed_provenance_mut(block.base());
        // SAFETY: M4: `alloc_checked` took it with this layout, and nobody has it any more.
        unsafe { give(block, layout) };
    }
}

/// Bytes of heap for a machine with `memory` bytes: a sixteenth, 4 to 64 MiB, rounded
/// down to a power of two, as blocks of frames come in no other size.
pub(super) fn size_for(memory: usize) -> usize {
    1 << (memory / 16).clamp(4 << 20, 64 << 20).ilog2()
}

/// First address of the heap, and the first beyond it; before and behind lie guard pages.
static BOUNDS: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

/// The heap's first address, and the first beyond it.
pub fn bounds() -> (usize, usize) {
    let [start, end] = &BOUNDS;
    (start.load(Ordering::Relaxed), end.load(Ordering::Relaxed))
}

/// The pages before and behind the heap, which nothing maps.
pub fn guard_pages() -> [usize; 2] {
    let (start, end) = bounds();
    [start - PAGE_SIZE, end]
}

/// Gives the heap its memory, for good, but for the first and the last page: these aren't
/// mapped any more, so that what outgrows the block in front of it, or runs backwards from the
/// one behind, faults before it is here. Once, at boot.
pub(super) fn init(block: FrameBlock) {
    let first = block.address();
    let last = first + block.bytes() - PAGE_SIZE;
    for page in [first, last] {
        // SAFETY: M1: the page in the identity map goes with its frame, and the block is the
        // heap's, which doesn't use it.
        real::with(|memory| unsafe { memory.space.unmap(page) });
    }
    sanity::own(Kind::Heap, release);
    let memory = block.leak();
    let bytes = memory.len();
    BOUNDS[0].store(first + PAGE_SIZE, Ordering::Relaxed);
    BOUNDS[1].store(last, Ordering::Relaxed);
    HEAP.0
        .lock()
        .init_from_slice(&mut memory[PAGE_SIZE..bytes - PAGE_SIZE]);
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

/// Bytes of the heap in use, red zones and what is in quarantine apart; and bytes that it has.
pub fn used() -> (usize, usize) {
    let heap = HEAP.0.lock();
    match sanity::is_on() {
        true => (CHECKED.load(Ordering::Relaxed), heap.size()),
        false => (heap.used(), heap.size()),
    }
}
