//! Objects of slabs with `sanity=1`: each in a larger one, between red zones.

use super::sanity::{self, Fresh, Kind, Refused, Zones};
use super::slab_frames::Frames;
use ::memory::slab::{NotLive, Slabs, size_for};
use arch::PAGE_SIZE;
use spin::Once;

static UNDER: Once<Slabs<Frames>> = Once::new();

/// Takes the slabs that objects with red zones are in. Once, at boot.
pub fn init(slabs: Slabs<Frames>) {
    UNDER.call_once(|| slabs);
    sanity::own(Kind::Slab, |block| release(block.base()));
}

/// The slabs under red zones.
pub fn under() -> &'static Slabs<Frames> {
    UNDER.get().expect("slabs are set up before they are used")
}

/// An object of exactly `bytes`, at a multiple of `align`, of a cache, by address, or of none.
#[inline(never)]
pub fn allocate(bytes: usize, align: usize, cache: usize) -> Option<usize> {
    let natural = match bytes.is_power_of_two() {
        true => bytes.min(PAGE_SIZE),
        false => 1,
    };
    let align = align.max(natural);
    let mut zones = Zones::new(bytes, align)?;
    let mut total = zones.total();
    if !size_for(total).is_multiple_of(align) {
        total = total.checked_next_power_of_two()?;
    }
    let base = sanity::or_flushed(|| under().allocate(total).ok_or(())).ok()?;
    // All of the object that is left is red.
    zones.after = size_for(total) - zones.before - bytes;
    let start = base + zones.before;
    if sanity::enter(Kind::Slab, start, zones, cache, Fresh::Anything).is_err() {
        release(base);
        return None;
    }
    Some(start)
}

/// Frees an object of a cache, or of none.
///
/// # Errors
/// If no live object of that cache begins there.
#[inline(never)]
pub fn free(address: usize, cache: usize) -> Result<(), NotLive> {
    match sanity::begin_free(Kind::Slab, address, cache) {
        Ok(block) => {
            sanity::finish_free(&block);
            Ok(())
        }
        Err(Refused::Twice(block)) => Err(NotLive::Free {
            bytes: block.zones.bytes,
        }),
        Err(Refused::Inside(block)) => Err(NotLive::Inside {
            start: block.start,
            bytes: block.zones.bytes,
        }),
        Err(_) => Err(NotLive::Foreign),
    }
}

/// Gives an object back that nobody has any more, by its first byte of red zone.
fn release(base: usize) {
    let freed = under().free(base);
    debug_assert_eq!(freed, Ok(()), "an object under red zones is live");
}

/// Bytes of a live object, as they were asked for.
///
/// # Errors
/// If no live object begins there.
pub fn size_of(address: usize) -> Result<usize, NotLive> {
    match sanity::at(Kind::Slab, address) {
        Some(block) if block.kind != Kind::Slab => Err(NotLive::Foreign),
        Some(block) if block.start != address => Err(NotLive::Inside {
            start: block.start,
            bytes: block.zones.bytes,
        }),
        Some(block) if block.state != sanity::State::Live => Err(NotLive::Free {
            bytes: block.zones.bytes,
        }),
        Some(block) => Ok(block.zones.bytes),
        None => Err(NotLive::Foreign),
    }
}
