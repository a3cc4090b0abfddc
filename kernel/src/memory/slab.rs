//! Slabs in page frames: memory for modules, apart from the kernel's own heap (L10).

use super::error::OutOfMemory;
use super::slab_frames::Frames;
use super::{checked_slab, sanity};
use crate::fail::{self, Site};
use ::memory::slab::{Slabs, size_for};
use arch::PAGE_SIZE;
use spin::Once;

pub use super::slab_frames::descriptor_frames;
pub use ::memory::slab::{LargeUsage, NotLive, Usage};

/// The slabs. With `sanity=1` there are none here, so who looks for them is led to
/// [`checked_slab`], and who has them knows by that.
static SLABS: Once<Slabs<Frames>> = Once::new();

/// Makes ready for objects, on a machine whose memory ends at `memory_end`, with so many
/// CPUs. Once, at boot.
///
/// # Errors
/// If there is no memory for the book-keeping.
pub fn init(memory_end: usize, cpus: u32) -> Result<(), OutOfMemory> {
    let slabs = Slabs::new(memory_end / PAGE_SIZE, cpus as usize, Frames).ok_or(OutOfMemory)?;
    match sanity::is_on() {
        true => checked_slab::init(slabs),
        false => drop(SLABS.call_once(|| slabs)),
    }
    Ok(())
}

fn slabs() -> &'static Slabs<Frames> {
    SLABS.get().unwrap_or_else(checked_slab::under)
}

/// An object of at least `bytes`, not 0, whatever is in it; its address is a multiple of 16,
/// and of `bytes` if that is a power of two, up to a page. `None` if there is no memory. In any
/// context, with any lock held that comes before the slabs' (L10).
#[inline]
pub fn allocate(bytes: usize) -> Option<usize> {
    match (fail::now(Site::Slab), SLABS.get()) {
        (true, _) => None,
        (false, Some(slabs)) => slabs.allocate(bytes),
        (false, None) => checked_slab::allocate(bytes, 1, 0),
    }
}

/// As [`allocate`], for a cache of objects of `bytes` at multiples of `align`, a power of two up
/// to a page; `rounded` is a size of kmalloc's that is so aligned.
#[inline]
pub fn allocate_of(cache: usize, bytes: usize, align: usize, rounded: usize) -> Option<usize> {
    match (fail::now(Site::Slab), SLABS.get()) {
        (true, _) => None,
        (false, Some(slabs)) => slabs.allocate(rounded),
        (false, None) => checked_slab::allocate(bytes, align, cache),
    }
}

/// Frees an object, in the contexts of [`allocate`].
///
/// # Errors
/// If no live object begins there; nothing changed.
#[inline]
pub fn free(address: usize) -> Result<(), NotLive> {
    match SLABS.get() {
        Some(slabs) => slabs.free(address),
        None => checked_slab::free(address, 0),
    }
}

/// Why an object isn't freed to a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOfCache {
    /// It is no live object.
    NotLive(NotLive),
    /// Its bytes aren't those of the cache's objects.
    Size(usize),
}

/// Frees an object of a cache whose objects have `rounded` bytes. Of another cache's object
/// nobody knows, unless it has another size, or with `sanity=1`.
///
/// # Errors
/// If no live object begins there, or another cache's; nothing changed.
#[inline]
pub fn free_of(cache: usize, address: usize, rounded: usize) -> Result<(), NotOfCache> {
    let Some(slabs) = SLABS.get() else {
        return checked_slab::free(address, cache).map_err(NotOfCache::NotLive);
    };
    match slabs.size_of(address) {
        Ok(size) if size_for(rounded) != size => Err(NotOfCache::Size(size)),
        Ok(_) => slabs.free(address).map_err(NotOfCache::NotLive),
        Err(error) => Err(NotOfCache::NotLive(error)),
    }
}

/// Bytes that a live object has.
///
/// # Errors
/// If no live object begins there.
pub fn size_of_object(address: usize) -> Result<usize, NotLive> {
    match SLABS.get() {
        Some(slabs) => slabs.size_of(address),
        None => checked_slab::size_of(address),
    }
}

/// Gives back what is kept for the next allocation, and what is in quarantine. Not in
/// interrupt handlers.
pub fn shrink() {
    sanity::flush();
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

/// Whether the book-keeping equals a recount. For tests.
pub fn verify() -> bool {
    slabs().verify()
}
