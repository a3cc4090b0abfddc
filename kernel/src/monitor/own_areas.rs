//! Areas of per-CPU memory that were allocated by hand.

use crate::percpu::trace::{self, Kind};
use crate::percpu::{self, AllocError, FreeError, Handle};
use alloc::vec::Vec;
use fallible::TryPush;
use spin::Mutex;

/// Areas that were allocated by hand, and not freed.
static OWN: Mutex<Vec<Handle>> = Mutex::new(Vec::new());

/// Allocates an area, and keeps its handle.
///
/// # Errors
/// The allocator's; no memory for the handle.
pub fn allocate(size: usize, align: usize, is_atomic: bool) -> Result<Handle, AllocError> {
    let handle = match is_atomic {
        true => percpu::alloc_atomic(size, align),
        false => percpu::alloc(size, align),
    }?;
    let kind = if is_atomic {
        Kind::AllocAtomic
    } else {
        Kind::Alloc
    };
    trace::enter(kind, handle, size, || 0);
    if OWN.lock().try_push(handle).is_err() {
        // Nobody would know of it.
        let _ = percpu::free(handle);
        return Err(AllocError::OutOfMemory { size, align });
    }
    Ok(handle)
}

/// Whether an area was allocated by hand.
pub fn is_own(handle: Handle) -> bool {
    OWN.lock().contains(&handle)
}

/// Frees an area.
///
/// # Errors
/// The allocator's: the handle isn't a live area's.
pub fn free(handle: Handle) -> Result<(), FreeError> {
    let result = percpu::free(handle);
    let kind = if result.is_ok() {
        Kind::Free
    } else {
        Kind::Refused
    };
    trace::enter(kind, handle, 0, || 0);
    result
}

/// Forgets a handle; whether it was there. Its area is the caller's to free.
pub fn forget(handle: Handle) -> bool {
    let mut own = OWN.lock();
    let at = own.iter().position(|&its| its == handle);
    at.map(|at| own.swap_remove(at)).is_some()
}

/// Forgets all handles, which are the caller's to free.
pub fn forget_all() -> Vec<Handle> {
    core::mem::take(&mut *OWN.lock())
}
