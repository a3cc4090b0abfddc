//! What the allocator asks of the machine. The kernel implements it with page
//! tables, the tests with an emulation that reports a touch of an unmapped page.
//!
//! Every call is made **without** the allocator's lock, so an implementation may
//! take locks, allocate and wait (invariant P7). None is made by the atomic
//! variants or by `free`, but for `zero`, which only stores.

use crate::error::OutOfMemory;
use lock_api::RawMutex;

/// Address space, frames and bytes under the chunks.
pub trait Backing {
    /// Lock of whoever populates or balances; outside the other in the lock order.
    type PagesLock: RawMutex;
    /// Lock of the book-keeping; interrupt handlers take it too.
    type AreasLock: RawMutex;

    /// Sets aside `size` bytes of address space at `address` for one chunk. The
    /// last page of it is a guard: never mapped.
    ///
    /// # Errors
    /// No memory for what the implementation keeps about it.
    fn reserve(&self, address: usize, size: usize) -> Result<(), OutOfMemory>;

    /// Takes back what `reserve` set aside; none of its pages is mapped.
    fn release(&self, address: usize, size: usize);

    /// Gets `pages` frames and maps them at `address`; on failure none is mapped.
    ///
    /// # Errors
    /// No frame, or no memory for a page table.
    fn map(&self, address: usize, pages: usize) -> Result<(), OutOfMemory>;

    /// Unmaps `pages` pages, makes sure no TLB holds them, then frees the frames.
    fn unmap(&self, address: usize, pages: usize);

    /// Stores `size` zero bytes at `address`, all of it mapped. Called in any
    /// context, interrupt handlers included.
    fn zero(&self, address: usize, size: usize);
}
