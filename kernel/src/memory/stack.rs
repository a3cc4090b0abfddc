//! Stacks in page frames, with a guard page at the low end.

use super::error::OutOfMemory;
use super::frames::FrameBlock;
use super::real::{self, RealMemory};
use arch::dat::Protection;
use arch::{boot, stack};
use core::sync::atomic::{AtomicUsize, Ordering};

/// Where stacks lie in a machine that has so much memory.
const HIGH: usize = 64 << 20;

/// Stacks that there are.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// A stack: a block of frames whose lowest page isn't mapped. Given back when dropped.
#[derive(Debug)]
pub struct Stack(FrameBlock);

impl Stack {
    /// A stack of [`stack::SIZE`] bytes, guard page included. It lies above 64 MiB, or behind the
    /// image at least: the probes of a frame compare addresses, and one that is larger than the
    /// address of its stack wraps past the guard page (C23).
    pub fn new() -> Result<Self, OutOfMemory> {
        let block = FrameBlock::above(stack::SIZE, HIGH, boot::image().data.1)?;
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
