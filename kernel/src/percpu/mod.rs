//! Per-CPU memory of this kernel: the first chunk, and the allocator on top.
//!
//! ```text
//!  image            CPU 0's unit          CPU 1's unit
//!  ┌───────────┐    ┌───────────┐         ┌───────────┐
//!  │ template  │───►│ static    │         │ static    │  offset[cpu] = unit
//!  └───────────┘    │ reserved  │ modules'│ reserved  │              - template
//!   addresses are   │ dynamic   │ alloc   │ dynamic   │
//!   the handles     └───────────┘         └───────────┘
//! ```
//!
//! The book-keeping is the crate `percpu`; here it meets page frames and
//! translation tables. Keeps P1, P7 and P13.
//!
//! * `first_chunk.rs`: the first chunk, embedded in the identity map or mapped
//!   page by page, and the copies of the template in it
//! * `backing.rs`: frames and mappings for the later chunks
//! * `instance.rs`: the allocator of this kernel
//! * `checked.rs`: areas between red zones, with `sanity=1`
//! * `counters.rs`: counters of modules in C, for what CPUs leave in their copies
//! * `trace.rs`: the last events, on each CPU

mod backing;
pub mod checked;
pub mod counters;
mod first_chunk;
mod instance;
pub mod trace;

pub use ::percpu::{AllocError, ChunkPart, FreeError, Handle, Location, Part, Piece, Usage, Use};
pub use first_chunk::{SetupError, first_chunk};

use crate::command_line::Options;
use crate::fail::{self, Site};
use crate::memory::{Region, sanity};
use ::percpu::{Allocator, ChunkStatistics, MAX_UNITS, Mismatch, Statistics, Summary};
use arch::{MAX_CPUS, lowcore};
use backing::Pages;
use core::sync::atomic::{AtomicUsize, Ordering};
use instance::{allocator, injected};

// `this-cpu` has these offsets for its own, in the kernel and in every module.
const _: () = {
    use core::mem::offset_of;
    use lowcore::Lowcore;
    use this_cpu::lowcore as compiled;
    assert!(offset_of!(Lowcore, per_cpu_offset) == compiled::PER_CPU_OFFSET);
    assert!(offset_of!(Lowcore, scratch) == compiled::SCRATCH);
    assert!(offset_of!(Lowcore, interrupt_depth) == compiled::INTERRUPT_DEPTH);
    assert!(offset_of!(Lowcore, interrupt_state) == compiled::INTERRUPT_STATE);
    assert!(offset_of!(Lowcore, writable) == compiled::WRITABLE);
    assert!(offset_of!(Lowcore, begin_counted) == compiled::BEGIN_COUNTED);
    assert!(offset_of!(Lowcore, end_counted) == compiled::END_COUNTED);
};

// Every CPU that can have a number can have a unit, and an entry in `OFFSETS`.
const _: () = assert!(MAX_CPUS == MAX_UNITS && arch::PAGE_SIZE == ::percpu::PAGE_SIZE);

/// `offset[cpu]`, for look-ups that need no more; modules in C read it too.
pub static OFFSETS: [AtomicUsize; MAX_CPUS] = [const { AtomicUsize::new(0) }; MAX_CPUS];

/// Sets up the first chunk and the allocator, whose chunks lie in `region`; from here on
/// the boot CPU's copies exist. Once, at boot, before another CPU runs.
///
/// # Errors
/// Sizes that don't fit; no memory for the first chunk or for the book-keeping.
pub fn init(options: &Options, region: Region) -> Result<(), SetupError> {
    let pages = Pages::new(region);
    let first = first_chunk::set_up(options, &pages)?;
    // SAFETY: M1, P13: `set_up` has mapped the units, for good and for this; the rest of
    // the region is mapped by these pages' only owner, the allocator.
    let allocator = unsafe { Allocator::new(first, options.percpu_magazine, pages) }
        .map_err(SetupError::Unusable)?;
    for (unit, offset) in OFFSETS.iter().enumerate().take(allocator.units()) {
        offset.store(allocator.offset(unit), Ordering::Relaxed);
    }
    // SAFETY: P1, P2: the offset of the boot CPU's unit, which holds the template.
    unsafe { lowcore::set_per_cpu_offset(allocator.offset(0)) };
    instance::set(allocator);
    sanity::own(sanity::Kind::PerCpu, |block| checked::release(block.base()));
    Ok(())
}

/// What turns a handle into the address of the CPU's copy (P1); 0 for a number
/// that no possible CPU has.
pub fn offset(cpu: u32) -> usize {
    let offset = OFFSETS.get(cpu as usize);
    offset.map_or(0, |offset| offset.load(Ordering::Relaxed))
}

/// Allocates `size` bytes, 1 to 32 KiB, on every possible CPU, aligned to `align`, a power
/// of two up to a page, and zeroes them.
///
/// May map pages, and waits for another CPU that does: not for interrupt handlers, nor
/// with a lock held of the rank of per-CPU pages or a later one.
///
/// # Errors
/// A bad size or alignment; no memory.
#[inline(always)]
pub fn alloc(size: usize, align: usize) -> Result<Handle, AllocError> {
    injected(size, align)?;
    allocator().alloc(size, align)
}

/// As [`alloc()`], if no fault is to be injected, nobody traces, and no blocks are recorded; else
/// `None`, and nothing was done.
#[inline(always)]
pub fn alloc_plain(size: usize, align: usize) -> Option<Result<Handle, AllocError>> {
    fail::is_plain(Site::PerCpu).then(|| allocator().alloc(size, align))
}

/// As [`alloc_atomic`], in the same way.
#[inline(always)]
pub fn alloc_atomic_plain(size: usize, align: usize) -> Option<Result<Handle, AllocError>> {
    fail::is_plain(Site::PerCpu).then(|| allocator().alloc_atomic(size, align))
}

/// Allocates as [`alloc()`] does, but from pages that are mapped already: for interrupt
/// handlers, and with any lock held but those after per-CPU areas.
///
/// # Errors
/// A bad size or alignment; [`AllocError::NotPopulated`] if no mapped page has room. Then
/// the next [`balance`] maps some.
#[inline]
pub fn alloc_atomic(size: usize, align: usize) -> Result<Handle, AllocError> {
    injected(size, align)?;
    allocator().alloc_atomic(size, align)
}

/// Allocates for a module's static variables: from the reserved part while it has room,
/// then as [`alloc()`] does; in the contexts of [`alloc()`].
///
/// # Errors
/// Those of [`alloc()`].
pub fn alloc_reserved(size: usize, align: usize) -> Result<Handle, AllocError> {
    injected(size, align)?;
    allocator().alloc_reserved(size, align)
}

/// Fills `out` with areas of one size, many of them under one hold of the lock; all of them
/// or none. In the contexts of [`alloc()`].
///
/// # Errors
/// Those of [`alloc()`].
pub fn alloc_batch(size: usize, align: usize, out: &mut [Handle]) -> Result<(), AllocError> {
    injected(size, align)?;
    allocator().alloc_batch(size, align, out)
}

/// Frees the area whose handle this is, from any CPU, in the contexts of [`alloc_atomic`];
/// the null handle is a no-op.
///
/// # Errors
/// The handle isn't a live area's: which kind it is. Nothing has changed then.
#[inline(always)]
pub fn free(handle: Handle) -> Result<(), FreeError> {
    allocator().free(handle)
}

/// Brings the store of empty mapped pages between its marks, if it isn't. Maps and unmaps:
/// in the contexts of [`alloc()`], for the idle loop, between commands, between tests.
pub fn balance() {
    if allocator().wants_balance() {
        allocator().balance();
    }
}

/// Brings the store of empty mapped pages to its lower mark, and empties the magazines, wanted
/// or not. In the contexts of [`balance`].
pub fn balance_now() {
    sanity::flush();
    allocator().balance();
}

/// Empties the magazine of a CPU that has left. In the contexts of [`balance`].
pub fn empty_magazine(cpu: u32) {
    allocator().empty_magazine(cpu as usize);
}

/// Gives back every page and chunk that nothing is on, in the contexts of [`alloc()`].
pub fn trim() {
    sanity::flush();
    allocator().trim();
}

/// What a handle belongs to; `None` if it is no per-CPU memory's. Never waits.
pub fn locate(handle: Handle) -> Option<Location> {
    let mut location = allocator().locate(handle)?;
    if let Some(area) = checked::area_around(handle) {
        location.area = area;
    }
    Some(location)
}

/// Whose copy an address is in: the CPU, and the handle; `None` if it is in no CPU's unit.
/// Never waits.
pub fn locate_address(address: usize) -> Option<(u32, Handle)> {
    let (unit, handle) = allocator().locate_address(address)?;
    Some((unit as u32, handle))
}

/// Bytes of the live area whose handle this is: what was asked for, or somewhat more. `None`
/// if it is no area's. Never waits.
pub fn size_of(handle: Handle) -> Option<usize> {
    checked::size_of(handle).or_else(|| allocator().size_of(handle))
}

/// Bytes of the kernel heap that the allocator keeps for every chunk that there ever was.
pub fn marks_bytes() -> usize {
    allocator().marks_bytes()
}

/// The part of per-CPU memory with the lowest number from this one up. Never waits.
pub fn chunk_from(number: usize) -> Option<ChunkPart> {
    allocator().chunk_from(number)
}

/// What a byte of a part's unit belongs to, and up to where. Never waits.
pub fn piece_from(number: usize, byte: usize) -> Option<Piece> {
    allocator().piece_from(number, byte)
}

/// The line that boot prints of the first chunk.
pub fn summary() -> Summary {
    Summary {
        sizes: allocator().sizes(),
        embedded: first_chunk::is_embedded(),
    }
}

/// What must be equal before and after a balanced piece of work. A step a chunk, with
/// interrupts off.
pub fn usage() -> Usage {
    sanity::flush();
    allocator().usage()
}

/// Statistics: `each` gets every chunk's, with no lock held, and the result is the total. A
/// step a granule of one chunk, at the most, with interrupts off.
pub fn statistics(each: &mut dyn FnMut(&ChunkStatistics)) -> Statistics {
    allocator().statistics(each)
}

/// Compares the book-keeping with one recomputed, a chunk at a time with interrupts off.
///
/// # Errors
/// The first entry that differs.
// A name of its own in reports of who held the lock.
#[inline(never)]
pub fn verify() -> Result<(), Mismatch> {
    allocator().verify()
}
