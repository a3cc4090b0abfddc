//! Lists that grow without ending the run: what `Vec` offers for this ends in a panic when
//! the heap is exhausted, and no such call may be on a path that a user or a module drives
//! (`clippy.toml` names them).

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

/// Growing a `Vec` where an exhausted heap is an error.
pub trait TryPush<T> {
    /// Appends a value; without memory for it the value is dropped, and the list is as
    /// before.
    fn try_push(&mut self, value: T) -> Result<(), TryReserveError>;
}

impl<T> TryPush<T> for Vec<T> {
    #[inline]
    #[expect(clippy::disallowed_methods, reason = "there is room")]
    fn try_push(&mut self, value: T) -> Result<(), TryReserveError> {
        self.try_reserve(1)?;
        self.push(value);
        Ok(())
    }
}

/// A list of `count` times the same value.
#[expect(clippy::disallowed_methods, reason = "there is room")]
pub fn try_filled<T: Clone>(value: T, count: usize) -> Result<Vec<T>, TryReserveError> {
    let mut list = Vec::new();
    list.try_reserve_exact(count)?;
    list.resize(count, value);
    Ok(list)
}

/// A list of all that an iterator returns.
pub fn try_collect<T>(items: impl Iterator<Item = T>) -> Result<Vec<T>, TryReserveError> {
    let mut list = Vec::new();
    list.try_reserve(items.size_hint().0)?;
    for item in items {
        list.try_push(item)?;
    }
    Ok(list)
}
