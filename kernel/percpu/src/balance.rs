//! Balance: a store of empty pages for allocations that can't wait, and no more.
//!
//! ```text
//!  empty populated pages   0 ........ LOW ........ HIGH ........
//!                          populate │   as it is   │ depopulate, to LOW
//! ```
//!
//! That is when a balance is wanted; one that is asked for goes to LOW either way.
//!
//! A page leaves under the *pages* lock: first it is taken out of the book-keeping,
//! so that no allocation can find it, then it is unmapped. A chunk with no page
//! left is released. The first chunk stays as it is.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunk::Chunk;
use crate::chunks::REGION;
use crate::limits::PAGE_SIZE;

/// Empty pages kept at least: Linux's PCPU_EMPTY_POP_PAGES_LOW.
pub const LOW: usize = 2;
/// Empty pages kept at most: Linux's PCPU_EMPTY_POP_PAGES_HIGH.
pub const HIGH: usize = 4;

impl<B: Backing> Allocator<B> {
    /// Whether `balance` would have something to do.
    pub fn wants_balance(&self) -> bool {
        let chunks = self.areas.lock();
        chunks.starved || chunks.empty < LOW || (chunks.empty > HIGH && chunks.spare > 0)
    }

    /// Brings the number of empty pages to the low mark. Waits and maps.
    pub fn balance(&self) {
        let _pages = self.pages.lock();
        self.areas.lock().starved = false;
        while self.areas.lock().empty < LOW {
            // Without memory the store stays low; the next balance tries again.
            if self.populate_one().is_err() {
                return;
            }
        }
        while self.areas.lock().empty > LOW && self.depopulate_one() {}
        self.release_chunks();
    }

    /// Gives back every empty page and every chunk without pages.
    pub fn trim(&self) {
        let _pages = self.pages.lock();
        while self.depopulate_one() {}
        self.release_chunks();
    }

    /// Takes the last empty page away; false if none may be.
    fn depopulate_one(&self) -> bool {
        let (number, page) = {
            let mut chunks = self.areas.lock();
            chunks.coalesce();
            let empty = |(number, chunk): (usize, &Chunk)| {
                Some((number, chunk.last_empty().filter(|_| !chunk.immutable)?))
            };
            let Some((number, page)) = chunks.all().rev().find_map(empty) else {
                return false;
            };
            chunks.change(number, |chunk| chunk.depopulate(page));
            (number, page)
        };
        let start = self.layout.unit0(number) + page * PAGE_SIZE;
        self.unmap(start, 1, self.units());
        true
    }

    /// Releases the chunks that have no page. The caller holds the *pages* lock.
    pub(crate) fn release_chunks(&self) {
        loop {
            let (number, chunk) = {
                let mut chunks = self.areas.lock();
                let gone = |(number, chunk): (usize, &Chunk)| {
                    (number >= REGION && chunk.populated == 0).then_some(number)
                };
                let Some(number) = chunks.all().rev().find_map(gone) else {
                    chunks.shorten();
                    return;
                };
                chunks.counts.released += 1;
                (number, chunks.remove(number))
            };
            drop(chunk);
            if let Some(area) = self.layout.area_of(number) {
                self.backing.release(area, self.layout.stride());
            }
        }
    }
}
