//! References to the running CPU's copy.
//!
//! The accessors take a copy's value in and out. A `Cell`, a `RefCell` or a struct
//! of them is used in place, by reference, and then nothing else may get at the
//! copy meanwhile: no other CPU, and no interrupt handler of this one. [`pin`]
//! turns interruptions off around a closure and lends it a [`Pinned`], the proof.
//!
//! ```text
//!  pin(|cpu| {                 stnsm   external and I/O off
//!      let cell = cpu.get(&V);
//!      cell.set(..);           the reference can't leave the closure
//!  })                          ssm     as before
//! ```
//!
//! A closure, and not a value with a destructor: guards dropped out of order would
//! turn interruptions on too early.

use crate::machine::without_interrupts;
use crate::variable::Variable;
use core::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use core::marker::PhantomData;
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

// SAFETY: P5, as above; so for the other cells.
unsafe impl<T> Shared for Cell<T> {}
// SAFETY: as above.
unsafe impl<T> Shared for RefCell<T> {}
// SAFETY: as above.
unsafe impl<T> Shared for OnceCell<T> {}
// SAFETY: as above.
unsafe impl<T> Shared for UnsafeCell<T> {}

/// Proof that the code runs with interruptions off, and so alone on its CPU.
///
/// It stays on its CPU:
///
/// ```compile_fail,E0277
/// fn send<T: Send>() {}
/// send::<this_cpu::Pinned>();
/// ```
///
/// ```compile_fail,E0277
/// fn sync<T: Sync>() {}
/// sync::<this_cpu::Pinned>();
/// ```
#[derive(Debug)]
pub struct Pinned(PhantomData<*mut ()>);

impl Pinned {
    /// The running CPU's copy, for as long as the code is pinned.
    ///
    /// ```compile_fail,E0277
    /// use this_cpu::{percpu, pin};
    /// percpu! { static HITS: u64 = 0; }
    /// pin(|cpu| { let _: &u64 = cpu.get(&HITS); }); // `inc` could change it
    /// ```
    #[inline(always)]
    pub fn get<'pinned, V>(&'pinned self, variable: &'pinned V) -> &'pinned V::Value
    where
        V: Variable<Value: Shared>,
    {
        // SAFETY: P1; P4: only this code uses the copy while `self` lives; P5: and
        // all its uses are through shared references.
        unsafe { &*variable.this() }
    }
}

/// Runs `work` with interruptions off.
///
/// ```
/// use core::cell::Cell;
/// use this_cpu::{percpu, pin};
/// percpu! { static LAST: Cell<[u8; 3]> = Cell::new([1, 2, 3]); }
/// # #[cfg(not(target_arch = "s390x"))]
/// this_cpu::host::on_cpu(0, || {
///     assert_eq!(pin(|cpu| cpu.get(&LAST).replace([4; 3])), [1, 2, 3]);
///     assert_eq!(pin(|cpu| cpu.get(&LAST).get()), [4; 3]);
/// });
/// ```
///
/// No reference gets out:
///
/// ```compile_fail
/// use core::cell::Cell;
/// use this_cpu::{percpu, pin};
/// percpu! { static LAST: Cell<u64> = Cell::new(0); }
/// let kept: &Cell<u64> = pin(|cpu| cpu.get(&LAST));
/// kept.set(1);
/// ```
#[inline(always)]
pub fn pin<R>(work: impl FnOnce(&Pinned) -> R) -> R {
    without_interrupts(|| work(&Pinned(PhantomData)))
}
