//! Per-CPU areas with `sanity=1`: each in a larger one, between red zones in every copy.

use super::instance::{allocator, injected};
use crate::memory::sanity::{self, Fresh, Kind, Refused, State, Zones};
use ::percpu::{AllocError, FreeError, Handle, MIN_UNIT_SIZE};

/// Which of the allocator's functions gets the area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// `alloc`.
    Any,
    /// `alloc_atomic`.
    Populated,
    /// `alloc_reserved`.
    Reserved,
}

fn take(from: From, size: usize, align: usize) -> Result<Handle, AllocError> {
    match from {
        From::Any => allocator().alloc(size, align),
        From::Populated => allocator().alloc_atomic(size, align),
        From::Reserved => allocator().alloc_reserved(size, align),
    }
}

/// Allocates as the function does; an area of nearly the largest size has smaller red zones,
/// or none.
///
/// # Errors
/// Those of the function.
#[inline(never)]
pub fn alloc(from: From, size: usize, align: usize) -> Result<Handle, AllocError> {
    injected(size, align)?;
    let fits = (1..=MIN_UNIT_SIZE).contains(&size) && align.is_power_of_two();
    let zones = Zones::within(size, align, MIN_UNIT_SIZE).filter(|_| fits);
    let Some(mut zones) = zones else {
        // It says what is wrong.
        return take(from, size, align);
    };
    let around = |zones: &Zones| take(from, zones.total(), align.max(zones.before.min(16)));
    let base = sanity::or_flushed(|| around(&zones))?;
    // What the area has beyond that is red, too.
    if let Some(bytes) = allocator().size_of(base) {
        zones.after = bytes - zones.before - size;
    }
    let start = base.0.wrapping_add(zones.before);
    if sanity::enter(Kind::PerCpu, start, zones, 0, Fresh::Filled).is_err() {
        release(base.0);
        return Err(AllocError::OutOfMemory { size, align });
    }
    Ok(Handle(start))
}

/// Frees as the allocator does; what can't be freed is reported, too.
///
/// # Errors
/// If no live area's handle is this.
#[inline(never)]
pub fn free(handle: Handle) -> Result<(), FreeError> {
    if handle.0 == 0 {
        return Ok(());
    }
    match sanity::begin_free(Kind::PerCpu, handle.0, 0) {
        Ok(block) => {
            sanity::finish_free(&block);
            Ok(())
        }
        Err(Refused::Unknown) => {
            // One that was got without red zones, or none.
            let freed = allocator().free(handle);
            if freed.is_err() {
                sanity::refused(Kind::PerCpu, handle.0, 0);
            }
            freed
        }
        Err(refused) => {
            sanity::refused(Kind::PerCpu, handle.0, 0);
            Err(match refused {
                Refused::Twice(_) => FreeError::NotAllocated { handle },
                Refused::Inside(block) => FreeError::Interior {
                    handle,
                    start: Handle(block.start),
                    size: block.zones.bytes,
                },
                _ => FreeError::Foreign { handle },
            })
        }
    }
}

/// Gives an area back that nobody has any more, by its handle, red zone included.
pub fn release(handle: usize) {
    let freed = allocator().free(Handle(handle));
    debug_assert_eq!(freed, Ok(()), "an area under red zones is live");
}

/// The live area between red zones that a handle is in, or in whose red zones; `Some(None)` if
/// that has been freed, and `None` if there is none.
pub fn area_around(handle: Handle) -> Option<Option<(Handle, usize)>> {
    let block = sanity::is_on().then(|| sanity::at(Kind::PerCpu, handle.0))??;
    let live = block.state == State::Live;
    Some(live.then_some((Handle(block.start), block.zones.bytes)))
}

/// Bytes of the area between red zones whose handle this is.
pub fn size_of(handle: Handle) -> Option<usize> {
    let (start, bytes) = area_around(handle)??;
    (start == handle).then_some(bytes)
}
