//! The allocator of this kernel.

use super::backing::Pages;
use crate::fail::{self, Site};
use ::percpu::{AllocError, Allocator};
use spin::Once;

static ALLOCATOR: Once<Allocator<Pages>> = Once::new();

/// Makes it known. Once, at boot.
pub fn set(allocator: Allocator<Pages>) {
    ALLOCATOR.call_once(|| allocator);
}

/// The allocator.
#[inline]
pub fn allocator() -> &'static Allocator<Pages> {
    ALLOCATOR
        .get()
        .expect("per-CPU memory is set up before it is used")
}

/// # Errors
/// The fault that is to be injected now, if one is.
#[inline(always)]
pub fn injected(size: usize, align: usize) -> Result<(), AllocError> {
    if fail::now(Site::PerCpu) {
        return Err(AllocError::OutOfMemory { size, align });
    }
    Ok(())
}
