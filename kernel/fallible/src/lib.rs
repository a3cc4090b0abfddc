//! Lists and texts that take memory and end in an error where there is none.
//!
//! What `alloc` offers for this ends the run instead. No such call may be on a path that a
//! user or a module drives: `kernel/clippy.toml` has them by name, and the crates that
//! keep off them deny them in their root files. This is the one file that calls them,
//! each behind a reservation that has succeeded.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::boxed::Box;
use alloc::collections::TryReserveError;
use alloc::string::String;
use alloc::vec::Vec;

/// [`Vec::push`] that can fail.
pub trait TryPush<T> {
    /// Appends a value; grows as [`Vec::push`] does.
    ///
    /// # Errors
    /// If there is no memory for it: the list is as before, and the value dropped.
    fn try_push(&mut self, value: T) -> Result<(), TryReserveError>;
}

impl<T> TryPush<T> for Vec<T> {
    #[inline]
    fn try_push(&mut self, value: T) -> Result<(), TryReserveError> {
        if self.len() == self.capacity() {
            self.try_reserve(1)?;
        }
        self.push(value);
        Ok(())
    }
}

/// A list of `count` clones of a value.
///
/// # Errors
/// If there is no memory for it.
pub fn filled<T: Clone>(count: usize, value: T) -> Result<Vec<T>, TryReserveError> {
    let mut list = with_room(count)?;
    list.resize(count, value);
    Ok(list)
}

/// A list of the same values as another.
///
/// # Errors
/// If there is no memory for it.
pub fn copied<T: Copy>(values: &[T]) -> Result<Vec<T>, TryReserveError> {
    let mut list = with_room(values.len())?;
    list.extend_from_slice(values);
    Ok(list)
}

/// A list of `count` default values.
///
/// # Errors
/// If there is no memory for it.
pub fn defaults<T: Default>(count: usize) -> Result<Vec<T>, TryReserveError> {
    filled_with(count, T::default)
}

/// A list of `count` values, each made anew.
///
/// # Errors
/// If there is no memory for it.
pub fn filled_with<T>(count: usize, make: impl FnMut() -> T) -> Result<Vec<T>, TryReserveError> {
    let mut list = with_room(count)?;
    list.resize_with(count, make);
    Ok(list)
}

/// A value in a box, as a slice of one: `Box::try_new` is unstable.
///
/// # Errors
/// If there is no memory for it.
pub fn boxed<T>(value: T) -> Result<Box<[T]>, TryReserveError> {
    let mut list = with_room(1)?;
    list.push(value);
    Ok(list.into_boxed_slice())
}

/// An empty list with room for `count` values, and no more.
///
/// # Errors
/// If there is no memory for it.
pub fn with_room<T>(count: usize) -> Result<Vec<T>, TryReserveError> {
    let mut list = Vec::new();
    list.try_reserve_exact(count)?;
    Ok(list)
}

/// A list of all items, of which there are `count` or so: room is taken for as many, and
/// for more if more come.
///
/// # Errors
/// If there is no memory for it.
pub fn collected<T>(
    count: usize,
    items: impl Iterator<Item = T>,
) -> Result<Vec<T>, TryReserveError> {
    let mut list = with_room(count)?;
    for item in items {
        list.try_push(item)?;
    }
    Ok(list)
}

/// A text of its own, which doesn't grow.
#[derive(Debug, PartialEq, Eq)]
pub struct Text(Box<str>);

impl Text {
    /// Copies a text.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn copy(text: &str) -> Result<Self, TryReserveError> {
        let mut copy = String::new();
        copy.try_reserve_exact(text.len())?;
        copy.push_str(text);
        // It fills its block, so this moves nothing.
        Ok(Self(copy.into_boxed_str()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More than any machine's memory: a reservation of it fails.
    const TOO_MANY: usize = isize::MAX as usize;

    #[test]
    fn what_there_is_memory_for() {
        assert_eq!(filled(3, 7).unwrap(), [7, 7, 7]);
        assert_eq!(copied(&[1, 2]).unwrap(), [1, 2]);
        assert_eq!(defaults::<u8>(3).unwrap(), [0, 0, 0]);
        assert_eq!(filled_with(2, || 5).unwrap(), [5, 5]);
        assert_eq!(*boxed(7).unwrap(), [7]);
        assert_eq!(collected(1, 1..=4).unwrap(), [1, 2, 3, 4]);
        assert_eq!(with_room::<u8>(9).unwrap().capacity(), 9);
        assert_eq!(Text::copy("text").unwrap().as_str(), "text");
        let mut list = Vec::new();
        for number in 0..100 {
            list.try_push(number).unwrap();
        }
        assert!(list.into_iter().eq(0..100));
    }

    #[test]
    fn what_there_is_none_for_is_an_error() {
        assert!(filled(TOO_MANY, 0u64).is_err());
        assert!(with_room::<u64>(TOO_MANY).is_err());
        assert!(collected(TOO_MANY, 0u64..1).is_err());
    }
}
