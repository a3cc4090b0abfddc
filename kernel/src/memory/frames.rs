//! Page frames and their owners (M1).
//!
//! A value of these types is the only owner of its frames, which it reaches through the
//! identity map, and gives them back when it is dropped.

use super::error::OutOfMemory;
use super::{real, reserve, sanity};
use crate::fail::{self, Site};
use ::memory::frames::{FrameAllocator, order_of};
use arch::PAGE_SIZE;
use core::mem::{ManuallyDrop, MaybeUninit};

/// A block of 2^order page frames, contiguous and aligned to its size.
#[derive(Debug)]
pub struct FrameBlock {
    address: usize,
    order: usize,
}

impl FrameBlock {
    /// A block that holds `bytes`, not 0, whatever is in it.
    pub fn new(bytes: usize) -> Result<Self, OutOfMemory> {
        Self::of_order(order_of(bytes))
    }

    /// A block of 2^`order` frames, whatever is in it.
    pub fn of_order(order: usize) -> Result<Self, OutOfMemory> {
        Self::take(order, |order| {
            real::with(|memory| memory.frames.take(order))
        })
    }

    /// A block of 2^`order` frames for modules, who leave the reserve.
    pub fn for_modules(order: usize) -> Result<Self, OutOfMemory> {
        Self::beside_reserve(order, |frames| frames.take(order))
    }

    /// A block that holds `bytes`, not 0, at real addresses below `end`, and leaves the reserve.
    /// It may look at all free blocks with interrupts off: for starting CPUs.
    pub fn below(bytes: usize, end: usize) -> Result<Self, OutOfMemory> {
        let order = order_of(bytes);
        Self::beside_reserve(order, |frames| frames.take_below(order, end / PAGE_SIZE))
    }

    /// A block that holds `bytes`, not 0, from `high` on, or from `start` on where there is none;
    /// it leaves the reserve. It may look at all free blocks with interrupts off.
    pub(super) fn above(bytes: usize, high: usize, start: usize) -> Result<Self, OutOfMemory> {
        let order = order_of(bytes);
        Self::beside_reserve(order, |frames| {
            let found = frames.take_above(order, high / PAGE_SIZE);
            found.or_else(|| frames.take_above(order, start / PAGE_SIZE))
        })
    }

    fn beside_reserve(
        order: usize,
        from: impl Fn(&mut FrameAllocator<'static>) -> Option<usize>,
    ) -> Result<Self, OutOfMemory> {
        Self::take(order, |order| {
            real::with(|memory| {
                let may = reserve::allows(memory.frames.free(), 1 << order);
                may.then(|| from(&mut memory.frames)).flatten()
            })
        })
    }

    fn take(order: usize, from: impl Fn(usize) -> Option<usize>) -> Result<Self, OutOfMemory> {
        if fail::now(Site::Frames) {
            return Err(OutOfMemory);
        }
        let frame = from(order).ok_or(OutOfMemory)?;
        // SAFETY: M1: they are this block's.
        unsafe { sanity::taken(frame..frame + (1 << order)) };
        Ok(Self {
            address: frame * PAGE_SIZE,
            order,
        })
    }

    /// Address of the first byte, real and virtual.
    pub fn address(&self) -> usize {
        self.address
    }

    /// Bytes of all its frames.
    pub fn bytes(&self) -> usize {
        PAGE_SIZE << self.order
    }

    /// Its first frame's number, for an owner who keeps no more; [`from_frame`](Self::from_frame)
    /// is the way back.
    pub(super) fn into_frame(self) -> usize {
        ManuallyDrop::new(self).address / PAGE_SIZE
    }

    /// The block that begins at a frame.
    ///
    /// # Safety
    /// M1: [`into_frame`](Self::into_frame) of a block of that order gave the number, and this
    /// is its owner, who asks once.
    pub(super) unsafe fn from_frame(frame: usize, order: usize) -> Self {
        Self {
            address: frame * PAGE_SIZE,
            order,
        }
    }

    /// Its memory, for good: the block is never given back.
    pub fn leak(self) -> &'static mut [MaybeUninit<u8>] {
        let block = ManuallyDrop::new(self);
        let start = core::ptr::with_exposed_provenance_mut(block.address);
        // SAFETY: M1: the block was its owner's alone, and is the caller's for good; the
        // identity map has it, writable. Bytes that may be anything need no value.
        unsafe { core::slice::from_raw_parts_mut(start, block.bytes()) }
    }
}

impl Drop for FrameBlock {
    /// # Panics
    /// If the block isn't in use: it had a second owner (M1).
    fn drop(&mut self) {
        let frame = self.address / PAGE_SIZE;
        // SAFETY: M1: they are this block's, whose owner has no more use for them.
        unsafe { sanity::giving(frame..frame + (1 << self.order)) };
        let given = real::with(|memory| memory.frames.give(frame, self.order));
        if let Err(error) = given {
            panic!(
                "frame {:#x} of order {} is not in use",
                error.frame, error.order
            );
        }
    }
}

/// One page frame.
#[derive(Debug)]
pub struct PageFrame(FrameBlock);

impl PageFrame {
    /// A frame, whatever is in it.
    pub fn new() -> Result<Self, OutOfMemory> {
        FrameBlock::of_order(0).map(Self)
    }

    /// Address of the first byte, real and virtual.
    pub fn address(&self) -> usize {
        self.0.address
    }

    /// Leaves the frame to the page that it is mapped at.
    pub(super) fn into_mapping(self) {
        let _the_pages = ManuallyDrop::new(self);
    }
}
