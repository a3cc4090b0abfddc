//! Page frames: a buddy system.
//!
//! ```text
//!  order 3 │               8                 │
//!  order 2 │       4        │      4 (free)  │   a block of order n is 2^n
//!  order 1 │   2   │2 (free)│                │   frames, aligned to its size;
//!  order 0 │ 1 │1 f│                             its buddy is the other half
//! ```
//!
//! Free blocks of an order are linked through their first frame's entry in the
//! table of frames, so a block is taken or given back in [`ORDERS`] steps at most and
//! nothing is ever allocated. The table is the caller's; the frames are not touched.
//! What takes longer says so. Only the heads of blocks have entries that say anything, so
//! memory is handed over in as few steps as it has blocks.
//!
//! Invariants (checked by [`FrameAllocator::verify`]): free blocks don't overlap, no free
//! block's buddy is free as a whole, `free` counts the frames of all free blocks.

use core::ops::Range;
use zerocopy::FromZeros;

/// Orders: blocks of 1 to 2^(ORDERS - 1) frames.
pub const ORDERS: usize = 20;

const NONE: u32 = u32::MAX;

/// What the table says of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromZeros)]
#[repr(u8)]
enum State {
    /// Inside a block; or not this allocator's: the image, the initrd, what does not exist.
    Other = 0,
    /// First frame of a free block of this order.
    Free(u8),
    /// First frame of a block in use, of this order.
    Used(u8),
}

/// An entry of the table of frames: what the allocator knows of one frame. One of zeros is
/// [`NO_HEAD`](Self::NO_HEAD).
#[derive(Clone, Copy, Debug, FromZeros)]
pub struct FrameEntry {
    state: State,
    previous: u32,
    next: u32,
}

impl FrameEntry {
    /// The entry of a frame that begins no block.
    pub const NO_HEAD: FrameEntry = FrameEntry {
        state: State::Other,
        previous: 0,
        next: 0,
    };
}

/// Giving back a block failed; nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotInUse {
    /// Number of the frame.
    pub frame: usize,
    /// The order that the caller gave.
    pub order: usize,
}

/// A buddy allocator of the frames of one table.
#[derive(Debug)]
pub struct FrameAllocator<'table> {
    table: &'table mut [FrameEntry],
    heads: [u32; ORDERS],
    free: usize,
    total: usize,
    /// Frames below this one have been handed over, or never will be.
    added_to: usize,
}

impl<'table> FrameAllocator<'table> {
    /// An allocator of no frames yet; `table` has an entry for each frame number, each
    /// [`FrameEntry::NO_HEAD`].
    pub fn new(table: &'table mut [FrameEntry]) -> Self {
        Self {
            table,
            heads: [NONE; ORDERS],
            free: 0,
            total: 0,
            added_to: 0,
        }
    }

    /// Hands frames `start..end` to the allocator, as the largest blocks that there are in
    /// them. Ranges are added from low addresses to high ones: frames below the end of an
    /// earlier range, and frames beyond the table, are left out.
    pub fn add(&mut self, start: usize, end: usize) {
        let end = end.min(self.table.len());
        let start = start.max(self.added_to);
        self.release_all(start..end);
        self.total += end.saturating_sub(start);
        self.added_to = self.added_to.max(end);
    }

    /// Releases frames as the largest blocks that there are in them.
    fn release_all(&mut self, frames: Range<usize>) {
        let mut frame = frames.start;
        while frame < frames.end {
            let aligned = frame.trailing_zeros() as usize;
            let fits = (frames.end - frame).ilog2() as usize;
            let order = aligned.min(fits).min(ORDERS - 1);
            self.release(frame, order);
            frame += 1 << order;
        }
    }

    /// Frames given out and not.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Frames not given out.
    pub fn free(&self) -> usize {
        self.free
    }

    /// Takes a block of 2^`order` frames; returns its first frame's number. `None` when
    /// no block is that large.
    pub fn take(&mut self, order: usize) -> Option<usize> {
        let found = (order..ORDERS).find(|&order| self.heads[order] != NONE)?;
        Some(self.split(self.heads[found] as usize, found, order))
    }

    /// Takes a block of 2^`order` frames that ends at frame `end` or before. As many
    /// steps as there are free blocks, if need be.
    pub fn take_below(&mut self, order: usize, end: usize) -> Option<usize> {
        // The lowest part of a larger block is what is taken of it.
        self.take_where(order, |block| block + (1 << order) <= end)
    }

    /// Takes a block of 2^`order` frames of a free block that begins at frame `start` or behind
    /// it. As many steps as there are free blocks, if need be.
    pub fn take_above(&mut self, order: usize, start: usize) -> Option<usize> {
        self.take_where(order, |block| block >= start)
    }

    /// Takes a block of 2^`order` frames at the beginning of a free block for whose first frame
    /// `fits` holds.
    fn take_where(&mut self, order: usize, fits: impl Fn(usize) -> bool) -> Option<usize> {
        for found in order..ORDERS {
            let mut block = self.heads[found];
            while let Some(entry) = self.table.get(block as usize) {
                if fits(block as usize) {
                    return Some(self.split(block as usize, found, order));
                }
                block = entry.next;
            }
        }
        None
    }

    fn split(&mut self, block: usize, found: usize, order: usize) -> usize {
        self.unlink(block, found);
        for smaller in (order..found).rev() {
            self.link(block + (1 << smaller), smaller);
        }
        self.table[block].state = State::Used(order as u8);
        self.free -= 1 << order;
        block
    }

    /// Gives back a block of 2^`order` frames that was taken as such.
    ///
    /// # Errors
    /// If that block isn't in use.
    #[inline]
    pub fn give(&mut self, block: usize, order: usize) -> Result<(), NotInUse> {
        let error = NotInUse {
            frame: block,
            order,
        };
        let entry = self.table.get(block).ok_or(error)?;
        if order >= ORDERS || entry.state != State::Used(order as u8) {
            return Err(error);
        }
        self.release(block, order);
        Ok(())
    }

    /// Gives back blocks of one frame each that follow one another: a few steps for each, and
    /// the most for each of the largest blocks in them.
    ///
    /// # Errors
    /// The first that isn't in use as such; then none is given back.
    pub fn give_each(&mut self, frames: Range<usize>) -> Result<(), NotInUse> {
        let used = State::Used(0);
        let entries = self.table.get(frames.start..frames.end).unwrap_or(&[]);
        let in_use = entries.iter().take_while(|entry| entry.state == used);
        match in_use.count() {
            count if count == frames.len() => {}
            count => {
                return Err(NotInUse {
                    frame: frames.start + count,
                    order: 0,
                });
            }
        }
        for entry in &mut self.table[frames.start..frames.end] {
            entry.state = State::Other;
        }
        self.release_all(frames);
        Ok(())
    }

    fn release(&mut self, mut block: usize, mut order: usize) {
        self.free += 1 << order;
        self.table[block].state = State::Other;
        while order + 1 < ORDERS {
            let buddy = block ^ (1 << order);
            let free = State::Free(order as u8);
            if self
                .table
                .get(buddy)
                .is_none_or(|entry| entry.state != free)
            {
                break;
            }
            self.unlink(buddy, order);
            block = block.min(buddy);
            order += 1;
        }
        self.link(block, order);
    }

    fn link(&mut self, block: usize, order: usize) {
        let next = self.heads[order];
        self.table[block] = FrameEntry {
            state: State::Free(order as u8),
            previous: NONE,
            next,
        };
        if let Some(entry) = self.table.get_mut(next as usize) {
            entry.previous = block as u32;
        }
        self.heads[order] = block as u32;
    }

    fn unlink(&mut self, block: usize, order: usize) {
        let FrameEntry { previous, next, .. } = self.table[block];
        match self.table.get_mut(previous as usize) {
            Some(entry) => entry.next = next,
            None => self.heads[order] = next,
        }
        if let Some(entry) = self.table.get_mut(next as usize) {
            entry.previous = previous;
        }
        self.table[block].state = State::Other;
    }

    /// Recounts everything from the table; `false` if the book-keeping differs. As many
    /// steps as there are frames.
    pub fn verify(&self) -> bool {
        let mut free = 0;
        let mut covered_to = 0;
        for (number, entry) in self.table.iter().enumerate() {
            if let State::Free(order) = entry.state {
                let order = usize::from(order);
                let buddy = self.table.get(number ^ (1 << order));
                let merged = order + 1 == ORDERS || buddy.is_none_or(|b| b.state != entry.state);
                if number < covered_to || number % (1 << order) != 0 || !merged {
                    return false;
                }
                covered_to = number + (1 << order);
                free += 1 << order;
            }
        }
        free == self.free
    }
}

/// The smallest order whose blocks hold `bytes`.
pub fn order_of(bytes: usize) -> usize {
    bytes
        .div_ceil(crate::PAGE_SIZE)
        .next_power_of_two()
        .trailing_zeros() as usize
}

#[cfg(test)]
mod tests;
