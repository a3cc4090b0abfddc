//! What the allocator asks of the machine. The kernel implements it with page tables, the
//! tests with an emulation that reports a touch of an unmapped page.
//!
//! Each call is made **without** the *areas* lock, so an implementation may take locks,
//! allocate and wait (P8). `alloc_atomic` and `free` call nothing but `zero`, which only
//! stores, and `this_unit`.

use crate::error::OutOfMemory;
use crate::marks::Mark;
use lock_api::RawMutex;

/// Address space, frames and bytes under the chunks.
///
/// # Safety
/// A page that `map` has mapped is memory that nobody else reaches by any address, and
/// stays so until `unmap` is called for it (P13); `zero` stores what it says (P7); of two
/// CPUs that set a mark one finds it not set (P7). Who has
/// an area relies on both. So safe code can't implement it, nor call what stores or maps:
///
/// ```compile_fail,E0200
/// struct Nothing;
/// impl percpu::Backing for Nothing {}
/// ```
///
/// ```compile_fail,E0133
/// fn zero_anywhere(backing: &impl percpu::Backing) {
///     backing.zero(0x1000, 8);
/// }
/// ```
#[expect(
    unsafe_code,
    reason = "the memory that is handed out is the implementation's"
)]
pub unsafe trait Backing {
    /// Lock of whoever populates or balances; outside the other in the lock order.
    type PagesLock: RawMutex;
    /// Lock of the book-keeping; interrupt handlers take it too.
    type AreasLock: RawMutex;
    /// Lock of a magazine, between the two in the lock order; interrupt handlers try it,
    /// and a CPU may be interrupted while it has it.
    type MagazineLock: RawMutex;
    /// A byte that CPUs share.
    type Mark: Mark;

    /// Number of the unit that the running CPU's copies are in. A wrong one costs time.
    fn this_unit(&self) -> usize;

    /// Sets aside `size` bytes of address space at `address` for one chunk, and makes what
    /// it can ready for mapping pages there. The last page of it is a guard: never mapped.
    /// Called with the *pages* lock held.
    ///
    /// # Errors
    /// No memory for what the implementation keeps about it.
    fn reserve(&self, address: usize, size: usize) -> Result<(), OutOfMemory>;

    /// Takes back what `reserve` set aside. Called with the *pages* lock held.
    ///
    /// # Safety
    /// P13: `reserve` set aside just this, and none of its pages is mapped.
    unsafe fn release(&self, address: usize, size: usize);

    /// Gets `pages` frames, whatever is in them, and maps them at `address`; on failure
    /// none is mapped. Called with the *pages* lock held.
    ///
    /// # Errors
    /// No frame, or no memory for a page table.
    ///
    /// # Safety
    /// P13: the pages are in a unit of a chunk that is set aside, and aren't mapped.
    unsafe fn map(&self, address: usize, pages: usize) -> Result<(), OutOfMemory>;

    /// Unmaps `pages` pages at each of these addresses, makes sure no TLB holds them, then
    /// frees the frames. Called with the *pages* lock held.
    ///
    /// # Safety
    /// P13: `map` has mapped them, and no area is on them.
    unsafe fn unmap(&self, starts: impl Iterator<Item = usize>, pages: usize);

    /// Stores `size` zero bytes at `address`. Called in any context, interrupt handlers
    /// included.
    ///
    /// # Safety
    /// P7, P13: they are a copy of an area that nobody has yet, on mapped pages.
    unsafe fn zero(&self, address: usize, size: usize);
}
