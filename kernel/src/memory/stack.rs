//! Stacks in page frames, with a guard page at the low end.

use super::error::OutOfMemory;
use super::frames::FrameBlock;
use super::real::{self, RealMemory};
use arch::dat::Protection;
use arch::stack;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Stacks that there are.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// Where the lowest stack may begin. Who probes a frame compares addresses, and takes the
/// lower end of one that is larger than its stack's address for an address far above: it
/// probes nothing. Below this there is room for so few frames that the rest can do without.
const LOWEST: usize = 1 << 20;

/// A stack: a block of frames whose lowest page isn't mapped. Given back when dropped.
#[derive(Debug)]
pub struct Stack(FrameBlock);

impl Stack {
    /// A stack of [`stack::SIZE`] bytes, guard page included.
    pub fn new() -> Result<Self, OutOfMemory> {
        let block = FrameBlock::from(stack::SIZE, LOWEST)?;
        // SAFETY: M1: the block's pages in the identity map go with its frames, and the
        // block is this stack's.
        real::with(|memory| unsafe { memory.space.unmap(block.address()) });
        LIVE.fetch_add(1, Ordering::Relaxed);
        Ok(Self(block))
    }

    /// Stacks that there are.
    pub fn live() -> usize {
        LIVE.load(Ordering::Relaxed)
    }

    /// Address of the guard page, its lowest.
    pub fn guard_page(&self) -> usize {
        self.0.address()
    }

    /// The initial stack pointer.
    pub fn top(&self) -> usize {
        self.0.address() + stack::SIZE - stack::SAVE_AREA
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
        let guard = self.guard_page();
        let mapped = real::with(|memory: &mut RealMemory| {
            let (space, mut tables) = memory.split();
            // SAFETY: M1: the page is the identity map's view of this block's own frame;
            // `Tables` gives frames of the allocator, which are in the identity map.
            unsafe { space.map(&mut tables, guard, guard, Protection::ReadWrite) }
        });
        // The page's table is there, and its entry was taken out of it.
        if let Err(error) = mapped {
            panic!("a guard page can't be mapped again: {error}");
        }
    }
}
