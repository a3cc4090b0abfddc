//! The work that is measured most: an area of 8 bytes is allocated, and freed.

use crate::percpu::{self, AllocError};

/// So many of these.
///
/// # Errors
/// Of the allocation.
pub fn pairs(count: u64) -> Result<(), AllocError> {
    for _ in 0..count {
        let area = percpu::alloc(8, 8)?;
        // The area is this function's own.
        let freed = percpu::free(area);
        debug_assert_eq!(freed, Ok(()));
    }
    Ok(())
}
