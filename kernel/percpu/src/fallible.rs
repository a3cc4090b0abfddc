//! Memory for the book-keeping: an error value where there is none.
//!
//! What ends the run instead is denied to the rest of the crate, by name, in
//! `kernel/clippy.toml`.
#![expect(
    clippy::disallowed_methods,
    reason = "each is behind a reservation that has succeeded"
)]

use heap::boxed::Box;
use heap::vec::Vec;

/// `count` copies of a value; `None` without memory.
pub fn filled<T: Clone>(value: T, count: usize) -> Option<Vec<T>> {
    let mut list = Vec::new();
    list.try_reserve_exact(count).ok()?;
    list.resize(count, value);
    Some(list)
}

/// `count` default values; `None` without memory.
pub fn defaults<T: Default>(count: usize) -> Option<Vec<T>> {
    let mut list = Vec::new();
    list.try_reserve_exact(count).ok()?;
    list.resize_with(count, T::default);
    Some(list)
}

/// A value in a box, as a slice of one: `Box::try_new` is unstable. `None` without memory.
pub fn boxed<T>(value: T) -> Option<Box<[T]>> {
    let mut list = Vec::new();
    list.try_reserve_exact(1).ok()?;
    list.push(value);
    Some(list.into_boxed_slice())
}
