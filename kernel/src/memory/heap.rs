//! The kernel heap: one block of page frames, its own. Modules have no part in it: what they
//! allocate comes from page frames, of which they leave some to the kernel.
//!
//! ```text
//!  │ guard │ boot: linked_list_allocator │ after it: rlsf, two-level segregated fit │ guard │
//! ```
//!
//! While the kernel boots, a list of free blocks does: few are freed. From then on finding a
//! block, or giving one back, takes the same steps however many there are, with interrupts
//! off (docs/misuse.md has the figures). What boot has allocated stays where it is.

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
use rlsf::Tlsf;

struct KernelHeap(Lock<Parts, { rank::HEAP }>);

#[global_allocator]
static HEAP: KernelHeap = KernelHeap(Lock::new(Parts::new()));

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

/// First-level lists of the heap after boot: for blocks of 32 bytes to 256 MiB.
const FIRST_LEVEL: usize = 24;
/// Second-level lists of each.
const SECOND_LEVEL: usize = 16;

type Segregated = Tlsf<'static, u32, u16, FIRST_LEVEL, SECOND_LEVEL>;

/// Both parts of the heap.
struct Parts {
    boot: Heap,
    /// First address beyond boot's part.
    boot_end: usize,
    after: Segregated,
    /// Whether boot is over.
    is_boot_over: bool,
    /// Bytes of the blocks that are somebody's, as they were asked for.
    used: usize,
    /// Bytes of both parts.
    size: usize,
}

impl Parts {
    const fn new() -> Self {
        Self {
            boot: Heap::empty(),
            boot_end: 0,
            after: Tlsf::new(),
            is_boot_over: false,
            used: 0,
            size: 0,
        }
    }

    fn allocate(&mut self, layout: Layout) -> Option<NonNull<u8>> {
        let from_boot = match self.is_boot_over {
            true => None,
            false => self.boot.allocate_first_fit(layout).ok(),
        };
        let block = from_boot.or_else(|| self.after.allocate(layout))?;
        self.used += layout.size();
        Some(block)
    }

    /// # Safety
    /// M4: the block is from `allocate`, with this layout, and given back once.
    unsafe fn deallocate(&mut self, block: NonNull<u8>, layout: Layout) {
        self.used -= layout.size();
        // SAFETY: M4: the caller's promise; its address says which part it is of.
        unsafe {
            match block.addr().get() < self.boot_end {
                true => self.boot.deallocate(block, layout),
                false => self.after.deallocate(block, layout.align()),
            }
        }
    }
}

fn take(layout: Layout) -> *mut u8 {
    match HEAP.0.lock().allocate(layout) {
        Some(block) => block.as_ptr(),
        None => core::ptr::null_mut(),
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

/// Boot is over: what is allocated from here on comes from the part whose steps are bounded.
pub fn end_boot() {
    HEAP.0.lock().is_boot_over = true;
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
    let block = sanity::or_flushed(|| NonNull::new(take(around)).ok_or(())).ok()?;
    let base = block.as_ptr().expose_provenance();
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
        unsafe { give(block.as_ptr(), around) };
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

/// Of the heap one part in so many is boot's; what boot needs beyond that comes from the other.
const BOOT_SHARE: usize = 8;

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
    let memory = &mut memory[PAGE_SIZE..bytes - PAGE_SIZE];
    let size = memory.len();
    let (boot, after) = memory.split_at_mut(size / BOOT_SHARE / PAGE_SIZE * PAGE_SIZE);
    let mut parts = HEAP.0.lock();
    parts.boot_end = boot.as_ptr().addr() + boot.len();
    parts.size = size;
    parts.boot.init_from_slice(boot);
    let _stays_for_good = parts.after.insert_free_block(after);
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

/// Of the heap one part in so many is left to the kernel by what allocates there because a
/// module asks.
const RESERVE_SHARE: usize = 8;

/// Whether the rest is in use: then what a module asks for that needs memory of the heap, for
/// its book-keeping, is refused.
pub fn is_low() -> bool {
    let heap = HEAP.0.lock();
    heap.used > heap.size - heap.size / RESERVE_SHARE
}

/// Bytes of the heap in use, red zones and what is in quarantine apart; and bytes that it has.
pub fn used() -> (usize, usize) {
    let heap = HEAP.0.lock();
    match sanity::is_on() {
        true => (CHECKED.load(Ordering::Relaxed), heap.size),
        false => (heap.used, heap.size),
    }
}
