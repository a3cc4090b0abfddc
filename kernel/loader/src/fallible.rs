//! The one place that takes memory: each function ends in an error where there is none.
//!
//! What ends the run instead is denied to the rest of the crate, by name, in
//! `clippy.toml`.
#![expect(
    clippy::disallowed_methods,
    reason = "each is behind a reservation that has succeeded"
)]

use alloc::collections::TryReserveError;
use alloc::string::String;
use alloc::vec::Vec;

/// [`Vec::push`], but for its end without memory.
pub(crate) trait TryPush<T> {
    /// Appends a value.
    ///
    /// # Errors
    /// If there is no memory for it; the list is as before.
    fn try_push(&mut self, value: T) -> Result<(), TryReserveError>;
}

impl<T> TryPush<T> for Vec<T> {
    fn try_push(&mut self, value: T) -> Result<(), TryReserveError> {
        if self.len() == self.capacity() {
            self.try_reserve(1)?;
        }
        self.push(value);
        Ok(())
    }
}

/// A list of copies of a value.
pub(crate) fn filled<T: Clone>(count: usize, value: T) -> Result<Vec<T>, TryReserveError> {
    let mut list = Vec::new();
    list.try_reserve_exact(count)?;
    list.resize(count, value);
    Ok(list)
}

/// An empty list with room for as many as `count`.
pub(crate) fn with_room<T>(count: usize) -> Result<Vec<T>, TryReserveError> {
    let mut list = Vec::new();
    list.try_reserve_exact(count)?;
    Ok(list)
}

/// A list of all items, of which there are `count` or so.
pub(crate) fn collected<T>(
    count: usize,
    items: impl Iterator<Item = T>,
) -> Result<Vec<T>, TryReserveError> {
    let mut list = with_room(count)?;
    for item in items {
        list.try_push(item)?;
    }
    Ok(list)
}

/// A copy of a text.
pub(crate) fn copied(text: &str) -> Result<String, TryReserveError> {
    let mut copy = String::new();
    copy.try_reserve_exact(text.len())?;
    copy.push_str(text);
    Ok(copy)
}
