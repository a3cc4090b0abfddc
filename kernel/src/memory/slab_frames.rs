//! Where slabs get their frames, and their locks.

use super::frames::FrameBlock;
use crate::sync::{RawLock, TryLock, rank};
use ::memory::slab::{Backing, Section};
use arch::{PAGE_SIZE, cpu};
use core::sync::atomic::{AtomicUsize, Ordering};

/// Frames that hold descriptors of frames; they are never given back.
static DESCRIPTOR_FRAMES: AtomicUsize = AtomicUsize::new(0);

/// Where slabs get their frames.
#[derive(Debug)]
pub struct Frames;

impl Backing for Frames {
    type ClassLock = RawLock<{ rank::SLAB }>;
    type MagazineLock = TryLock<{ rank::SLAB_MAGAZINE }>;

    #[inline(always)]
    fn this_cpu(&self) -> usize {
        cpu::number() as usize
    }

    fn take(&self, order: usize) -> Option<usize> {
        let block = FrameBlock::for_modules(order).ok()?;
        Some(block.into_frame())
    }

    fn give(&self, frame: usize, order: usize) {
        // SAFETY: M1: slabs give back what they have taken, once, when no object in it is
        // anybody's.
        drop(unsafe { FrameBlock::from_frame(frame, order) });
    }

    fn section(&self) -> Option<&'static Section> {
        let memory = FrameBlock::new(size_of::<Section>()).ok()?.leak();
        DESCRIPTOR_FRAMES.fetch_add(memory.len() / PAGE_SIZE, Ordering::Relaxed);
        let section = memory.as_mut_ptr().cast::<Section>();
        // SAFETY: M1: the frames are the section's for good, aligned to a page, and have room
        // for it; it may be zeros: the type is `FromZeros`.
        unsafe {
            section.write_bytes(0, 1);
            Some(&*section)
        }
    }
}

/// Frames that hold descriptors of frames that objects lie in, or have lain in.
pub fn descriptor_frames() -> usize {
    DESCRIPTOR_FRAMES.load(Ordering::Relaxed)
}
