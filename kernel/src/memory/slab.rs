//! Slabs in page frames: memory for modules, apart from the kernel's own heap (L10).

use super::error::OutOfMemory;
use super::frames::FrameBlock;
use crate::fail::{self, Site};
use crate::sync::{RawLock, TryLock, rank};
use ::memory::slab::{Backing, Section, Slabs, size_for};
use arch::{PAGE_SIZE, cpu};
use core::sync::atomic::{AtomicUsize, Ordering};
use spin::Once;

pub use ::memory::slab::{LargeUsage, NotLive, Usage};

/// Frames that hold descriptors of frames; they are never given back.
static DESCRIPTOR_FRAMES: AtomicUsize = AtomicUsize::new(0);

static SLABS: Once<Slabs<Frames>> = Once::new();

/// Where slabs get their frames.
#[derive(Debug)]
struct Frames;

impl Backing for Frames {
    type ClassLock = RawLock<{ rank::SLAB }>;
    type MagazineLock = TryLock<{ rank::SLAB_MAGAZINE }>;

    #[inline(always)]
    fn this_cpu(&self) -> usize {
        cpu::number() as usize
    }

    fn take(&self, order: usize) -> Option<usize> {
        FrameBlock::of_order(order).ok().map(FrameBlock::into_frame)
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

/// Makes ready for objects, on a machine whose memory ends at `memory_end`, with so many
/// CPUs. Once, at boot.
///
/// # Errors
/// If there is no memory for the book-keeping.
pub fn init(memory_end: usize, cpus: u32) -> Result<(), OutOfMemory> {
    let slabs = Slabs::new(memory_end / PAGE_SIZE, cpus as usize, Frames).ok_or(OutOfMemory)?;
    SLABS.call_once(|| slabs);
    Ok(())
}

#[inline]
fn slabs() -> &'static Slabs<Frames> {
    SLABS.get().expect("slabs are set up before they are used")
}

/// An object of at least `bytes`, not 0, whatever is in it; its address is a multiple of 16,
/// and of `bytes` if that is a power of two, up to a page. `None` if there is no memory. In any
/// context, with any lock held that comes before the slabs' (L10).
#[inline]
pub fn allocate(bytes: usize) -> Option<usize> {
    match fail::now(Site::Slab) {
        true => None,
        false => slabs().allocate(bytes),
    }
}

/// Frees an object, in the contexts of [`allocate`].
///
/// # Errors
/// If no live object begins there; nothing changed.
#[inline]
pub fn free(address: usize) -> Result<(), NotLive> {
    slabs().free(address)
}

/// Bytes that a live object has.
///
/// # Errors
/// If no live object begins there.
pub fn size_of_object(address: usize) -> Result<usize, NotLive> {
    slabs().size_of(address)
}

/// Whether an object of `bytes` has this size.
pub fn serves(size: usize, bytes: usize) -> bool {
    size_for(bytes) == size
}

/// Gives back what is kept for the next allocation. Not in interrupt handlers.
pub fn shrink() {
    slabs().shrink();
}

/// Empties the magazine of a CPU that has left. Not in interrupt handlers.
pub fn empty_magazine(cpu: u32) {
    slabs().empty_magazine(cpu as usize);
}

/// What there is of each class, and of what is larger. Not in interrupt handlers.
pub fn usage() -> (impl Iterator<Item = Usage>, LargeUsage) {
    (slabs().usage().into_iter(), slabs().large())
}

/// Frames that hold descriptors of frames that objects lie in, or have lain in.
pub fn descriptor_frames() -> usize {
    DESCRIPTOR_FRAMES.load(Ordering::Relaxed)
}

/// Whether the book-keeping equals a recount. For tests.
pub fn verify() -> bool {
    slabs().verify()
}
