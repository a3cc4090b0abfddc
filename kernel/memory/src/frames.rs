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
//! What takes longer says so.
//!
//! Invariants (checked by [`FrameAllocator::verify`]): free blocks don't overlap, no free
//! block's buddy is free as a whole, `free` counts the frames of all free blocks.

/// Orders: blocks of 1 to 2^(ORDERS - 1) frames.
pub const ORDERS: usize = 20;

const NONE: u32 = u32::MAX;

/// What the table says of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not this allocator's: the image, the initrd, what does not exist.
    Reserved,
    /// First frame of a free block.
    FreeHead(u8),
    /// First frame of a block in use.
    UsedHead(u8),
    /// Inside a block.
    Tail,
}

/// An entry of the table of frames: what the allocator knows of one frame.
#[derive(Clone, Copy, Debug)]
pub struct FrameEntry {
    state: State,
    previous: u32,
    next: u32,
}

impl FrameEntry {
    /// The entry of a frame that isn't the allocator's.
    pub const RESERVED: FrameEntry = FrameEntry {
        state: State::Reserved,
        previous: NONE,
        next: NONE,
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
}

impl<'table> FrameAllocator<'table> {
    /// An allocator of no frames yet; `table` has an entry for each frame number.
    pub fn new(table: &'table mut [FrameEntry]) -> Self {
        table.fill(FrameEntry::RESERVED);
        Self {
            table,
            heads: [NONE; ORDERS],
            free: 0,
            total: 0,
        }
    }

    /// Hands frames `start..end` to the allocator. FrameAllocator beyond the table, and
    /// frames it has already, are left out.
    pub fn add(&mut self, start: usize, end: usize) {
        let end = end.min(self.table.len());
        for frame in start..end {
            if self.table[frame].state == State::Reserved {
                self.total += 1;
                self.release(frame, 0);
            }
        }
    }

    /// FrameAllocator given out and not.
    pub fn total(&self) -> usize {
        self.total
    }

    /// FrameAllocator not given out.
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
        for found in order..ORDERS {
            let mut block = self.heads[found];
            while let Some(entry) = self.table.get(block as usize) {
                // The lowest part of a larger block is what is taken of it.
                if block as usize + (1 << order) <= end {
                    return Some(self.split(block as usize, found, order));
                }
                block = entry.next;
            }
        }
        None
    }

    /// Takes the lowest 2^`order` frames of a free block of order `found`.
    fn split(&mut self, block: usize, found: usize, order: usize) -> usize {
        self.unlink(block, found);
        for smaller in (order..found).rev() {
            self.link(block + (1 << smaller), smaller);
        }
        self.table[block].state = State::UsedHead(order as u8);
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
        if order >= ORDERS || entry.state != State::UsedHead(order as u8) {
            return Err(error);
        }
        self.release(block, order);
        Ok(())
    }

    fn release(&mut self, mut block: usize, mut order: usize) {
        self.free += 1 << order;
        self.table[block].state = State::Tail;
        while order + 1 < ORDERS {
            let buddy = block ^ (1 << order);
            let free = State::FreeHead(order as u8);
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
            state: State::FreeHead(order as u8),
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
        self.table[block].state = State::Tail;
    }

    /// Recounts everything from the table; `false` if the book-keeping differs. As many
    /// steps as there are frames.
    pub fn verify(&self) -> bool {
        let mut free = 0;
        let mut covered_to = 0;
        for (number, entry) in self.table.iter().enumerate() {
            if let State::FreeHead(order) = entry.state {
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
mod tests {
    extern crate std;
    use super::*;
    use std::vec;
    use std::vec::Vec;

    #[test]
    fn everything_comes_back_as_one_block() {
        let mut table = vec![FrameEntry::RESERVED; 64];
        let mut frames = FrameAllocator::new(&mut table);
        frames.add(0, 64);
        let blocks: Vec<usize> = (0..64).map(|_| frames.take(0).unwrap()).collect();
        assert_eq!(frames.free(), 0);
        assert_eq!(frames.take(0), None);
        for block in blocks {
            frames.give(block, 0).unwrap();
            assert!(frames.verify());
        }
        assert_eq!(frames.take(6), Some(0));
    }

    #[test]
    fn reserved_frames_are_never_given_out() {
        let mut table = vec![FrameEntry::RESERVED; 32];
        let mut frames = FrameAllocator::new(&mut table);
        frames.add(3, 9);
        frames.add(5, 12);
        assert_eq!(frames.total(), 9);
        let mut seen = vec![];
        while let Some(frame) = frames.take(0) {
            seen.push(frame);
        }
        seen.sort_unstable();
        assert_eq!(seen, (3..12).collect::<Vec<_>>());
    }

    #[test]
    fn a_block_below_a_limit_is_below_it() {
        let mut table = vec![FrameEntry::RESERVED; 64];
        let mut frames = FrameAllocator::new(&mut table);
        frames.add(0, 64);
        let all: Vec<usize> = (0..64).map(|_| frames.take(0).unwrap()).collect();
        // Those given back last are found first.
        for block in all.iter().filter(|&&block| block % 2 == 0) {
            frames.give(*block, 0).unwrap();
        }
        assert!(frames.take(0).unwrap() >= 62);
        assert_eq!(frames.take_below(0, 2), Some(0));
        assert_eq!(frames.take_below(0, 2), None);
        assert_eq!(frames.take_below(1, 64), None);
        for block in all.iter().filter(|&&block| block % 2 == 1) {
            frames.give(*block, 0).unwrap();
        }
        assert!(frames.verify());
        assert_eq!(frames.take_below(3, 15), None);
        assert_eq!(frames.take_below(3, 24), Some(8));
        // The lower part of a block that reaches beyond the limit.
        assert_eq!(frames.take_below(3, 24), Some(16));
        assert!(frames.verify());
        let mut found = 0;
        while let Some(frame) = frames.take_below(0, 30) {
            assert!(frame < 30);
            found += 1;
        }
        assert_eq!(found, 6 + 7);
        assert!(frames.verify());
    }

    #[test]
    fn a_wrong_give_changes_nothing() {
        let mut table = vec![FrameEntry::RESERVED; 16];
        let mut frames = FrameAllocator::new(&mut table);
        frames.add(0, 16);
        let block = frames.take(1).unwrap();
        for (frame, order) in [(block, 0), (block + 1, 0), (99, 0), (block, 40)] {
            assert_eq!(frames.give(frame, order), Err(NotInUse { frame, order }));
        }
        frames.give(block, 1).unwrap();
        assert_eq!(
            frames.give(block, 1),
            Err(NotInUse {
                frame: block,
                order: 1
            })
        );
        assert_eq!(frames.free(), 16);
    }

    #[test]
    fn random_operations_against_a_map() {
        let mut table = vec![FrameEntry::RESERVED; 1000];
        let mut frames = FrameAllocator::new(&mut table);
        frames.add(7, 1000);
        let mut owner = vec![false; 1000];
        let mut live: Vec<(usize, usize)> = vec![];
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..20_000 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let order = (random >> 8) as usize % 5;
            if random & 1 == 0
                && let Some(block) = frames.take(order)
            {
                assert_eq!(block % (1 << order), 0);
                assert!(block >= 7);
                for taken in &mut owner[block..block + (1 << order)] {
                    assert!(!core::mem::replace(taken, true));
                }
                live.push((block, order));
            } else if !live.is_empty() {
                let (block, order) = live.swap_remove((random >> 16) as usize % live.len());
                owner[block..block + (1 << order)].fill(false);
                frames.give(block, order).unwrap();
            }
            let used = owner.iter().filter(|&&used| used).count();
            assert_eq!(frames.free(), 993 - used);
        }
        assert!(frames.verify());
    }

    #[test]
    fn orders() {
        assert_eq!(order_of(1), 0);
        assert_eq!(order_of(4096), 0);
        assert_eq!(order_of(4097), 1);
        assert_eq!(order_of(65536), 4);
    }
}
