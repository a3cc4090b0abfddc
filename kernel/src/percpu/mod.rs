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
//! translation tables.
//!
//! * `first_chunk.rs`: the first chunk, embedded in the identity map or mapped
//!   page by page, and the copies of the template in it
//! * `backing.rs`: frames and mappings for the later chunks

mod backing;
mod first_chunk;

pub use ::percpu::{AllocError, FreeError, Handle, Location, Part, Usage};
pub use first_chunk::{SetupError, first_chunk};

use crate::command_line::Options;
use crate::fail::{self, Site};
use crate::memory::map::Map;
use ::percpu::{Allocator, ChunkStatistics, Mismatch, Statistics};
use arch::{MAX_CPUS, lowcore};
use backing::Pages;
use core::sync::atomic::{AtomicUsize, Ordering};
use spin::Once;

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
};

static ALLOCATOR: Once<Allocator<Pages>> = Once::new();

/// `offset[cpu]`, for look-ups that need no more; modules in C read it too.
pub static OFFSETS: [AtomicUsize; MAX_CPUS] = [const { AtomicUsize::new(0) }; MAX_CPUS];

/// Sets up the first chunk and the allocator; from here on the boot CPU's copies
/// exist.
pub fn init(options: &Options, map: &Map) -> Result<(), SetupError> {
    let first = first_chunk::set_up(options, map)?;
    let allocator = Allocator::new(first, Pages).map_err(SetupError::Sizes)?;
    for (unit, offset) in OFFSETS.iter().enumerate().take(allocator.units()) {
        offset.store(allocator.offset(unit), Ordering::Relaxed);
    }
    // SAFETY: P1, P2: the offset of the boot CPU's unit, which holds the template.
    unsafe { lowcore::set_per_cpu_offset(allocator.offset(0)) };
    ALLOCATOR.call_once(|| allocator);
    Ok(())
}

fn allocator() -> &'static Allocator<Pages> {
    ALLOCATOR
        .get()
        .expect("per-CPU memory is set up before it is used")
}

/// What turns a handle into the address of the CPU's copy (P1); 0 for a number
/// that no possible CPU has.
pub fn offset(cpu: u32) -> usize {
    let offset = OFFSETS.get(cpu as usize);
    offset.map_or(0, |offset| offset.load(Ordering::Relaxed))
}

/// Allocates on every possible CPU, zeroed. May map pages.
pub fn alloc(size: usize, align: usize) -> Result<Handle, AllocError> {
    injected(size, align)?;
    allocator().alloc(size, align)
}

/// The same from mapped pages only: for interrupt handlers.
pub fn alloc_atomic(size: usize, align: usize) -> Result<Handle, AllocError> {
    injected(size, align)?;
    allocator().alloc_atomic(size, align)
}

/// For a module's static variables: from the reserved part while it lasts.
pub fn alloc_reserved(size: usize, align: usize) -> Result<Handle, AllocError> {
    injected(size, align)?;
    allocator().alloc_reserved(size, align)
}

/// Many areas of one size under one lock hold; all of them or none.
pub fn alloc_batch(size: usize, align: usize, out: &mut [Handle]) -> Result<(), AllocError> {
    injected(size, align)?;
    allocator().alloc_batch(size, align, out)
}

fn injected(size: usize, align: usize) -> Result<(), AllocError> {
    if fail::now(Site::PerCpu) {
        return Err(AllocError::OutOfMemory { size, align });
    }
    Ok(())
}

/// Frees an area, from any CPU and in any context; the null handle is a no-op.
pub fn free(handle: Handle) -> Result<(), FreeError> {
    allocator().free(handle)
}

/// Brings the store of empty populated pages between its marks, if it isn't.
///
/// For places that may wait: the idle loop, between commands, between tests.
pub fn balance() {
    if allocator().wants_balance() {
        allocator().balance();
    }
}

/// Gives back every page and chunk that nothing is on.
pub fn trim() {
    allocator().trim();
}

/// What a handle belongs to.
pub fn locate(handle: Handle) -> Option<Location> {
    allocator().locate(handle)
}

/// Whose copy an address is in: the CPU, and the handle.
pub fn locate_address(address: usize) -> Option<(u32, Handle)> {
    let (unit, handle) = allocator().locate_address(address)?;
    Some((unit as u32, handle))
}

/// Bytes of the live area that starts at the handle.
pub fn size_of(handle: Handle) -> Option<usize> {
    allocator().size_of(handle)
}

/// What must be equal before and after a balanced piece of work.
pub fn usage() -> Usage {
    allocator().usage()
}

/// Statistics: `each` gets every chunk's, the result is the total.
pub fn statistics(each: &mut dyn FnMut(&ChunkStatistics)) -> Statistics {
    allocator().statistics(each)
}

/// Compares the book-keeping with one recomputed.
pub fn verify() -> Result<(), Mismatch> {
    allocator().verify()
}
