//! Balance: a store of empty pages for allocations that can't wait, and no more.
//!
//! ```text
//!  empty populated pages   0 ........ LOW ........ HIGH ........
//!                          populate │   as it is   │ depopulate, to LOW
//! ```
//!
//! That is when a balance is wanted; one that is asked for goes to LOW either way. A chunk
//! with no page left is released. The first chunk stays as it is.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::limits::PAGE_SIZE;

/// Empty pages kept at least: Linux's PCPU_EMPTY_POP_PAGES_LOW.
const LOW: usize = 2;
/// Empty pages kept at most: Linux's PCPU_EMPTY_POP_PAGES_HIGH.
const HIGH: usize = 4;

impl<B: Backing> Allocator<B> {
    /// Whether [`Allocator::balance`] would have something to do. Never waits.
    pub fn wants_balance(&self) -> bool {
        let chunks = self.areas.lock();
        let (few, many) = (chunks.empty < LOW, chunks.empty > HIGH);
        chunks.atomic_failed || few || (many && chunks.is_reclaimable())
    }

    /// Empties the magazines, and brings the number of empty pages to the low mark. Waits, maps and
    /// unmaps, as [`Allocator::alloc`] may. Without memory the store stays low; the next balance
    /// tries again.
    pub fn balance(&self) {
        let _pages = self.pages.lock();
        self.empty_magazines();
        self.areas.lock().atomic_failed = false;
        while self.areas.lock().empty < LOW {
            if self.populate_one().is_err() {
                return;
            }
        }
        while self.areas.lock().empty > LOW && self.depopulate_one() {}
        self.release_chunks();
    }

    /// Gives back what is in magazines, every empty page and every chunk without pages.
    /// Waits and unmaps.
    pub fn trim(&self) {
        let _pages = self.pages.lock();
        self.empty_magazines();
        while self.depopulate_one() {}
        self.release_chunks();
    }

    /// Takes the last empty page away; false if none may be. The caller holds the *pages*
    /// lock.
    fn depopulate_one(&self) -> bool {
        let taken = self.areas.lock().depopulate_last();
        if let Some((number, page)) = taken {
            let start = self.layout.unit0(number) + page * PAGE_SIZE;
            self.unmap(start, 1, self.units());
        }
        taken.is_some()
    }
}
