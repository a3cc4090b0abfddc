//! Types whose copies may be used in place, by shared references.

use core::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use core::sync::atomic;

/// Types that are changed through shared references only.
///
/// A plain `u64` isn't one: `inc` would change it under a `&u64`.
///
/// # Safety
/// P5: no accessor of this crate changes a value of the type, and all that changes
/// lies in an `UnsafeCell`.
pub unsafe trait Shared {}

macro_rules! shared {
    ($($type:ty)*) => {
        // SAFETY: P5: the type changes through its own methods, and isn't a `Scalar`.
        $(unsafe impl Shared for $type {})*
    };
}

shared! {
    atomic::AtomicBool atomic::AtomicU8 atomic::AtomicU16 atomic::AtomicU32 atomic::AtomicU64
    atomic::AtomicUsize atomic::AtomicI8 atomic::AtomicI16 atomic::AtomicI32 atomic::AtomicI64
    atomic::AtomicIsize
}

// SAFETY: P5: a cell changes through its own methods, and isn't a `Scalar`.
unsafe impl<T> Shared for Cell<T> {}
// SAFETY: P5: a cell changes through its own methods, and isn't a `Scalar`.
unsafe impl<T> Shared for RefCell<T> {}
// SAFETY: P5: a cell changes through its own methods, and isn't a `Scalar`.
unsafe impl<T> Shared for OnceCell<T> {}
// SAFETY: P5: a cell changes through its own methods, and isn't a `Scalar`.
unsafe impl<T> Shared for UnsafeCell<T> {}
