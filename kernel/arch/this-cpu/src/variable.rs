//! The trait that static and dynamic per-CPU variables share.

use crate::kernel::{nr_cpu_ids, per_cpu_offset};
use crate::scalar::Scalar;
use core::arch::asm;
use core::fmt;
use core::marker::PhantomData;

/// A per-CPU variable's handle: what becomes an address when an offset is added.
///
/// It is never dereferenced itself (P3).
pub struct Handle<T>(usize, PhantomData<*mut T>);

impl<T> Handle<T> {
    /// The handle of this value.
    ///
    /// # Safety
    /// For every possible CPU, `value` plus its offset must be the address of a
    /// `T` that stays there as long as the handle is used.
    #[inline(always)]
    pub const unsafe fn new(value: usize) -> Self {
        Self(value, PhantomData)
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> usize {
        self.0
    }

    /// The running CPU's copy.
    #[inline(always)]
    pub fn this(self) -> *mut T {
        core::ptr::with_exposed_provenance_mut(self.0.wrapping_add(offset()))
    }

    /// A possible CPU's copy; `None` for any other number.
    pub fn on(self, cpu: u32) -> Option<*mut T> {
        let address = || self.0.wrapping_add(per_cpu_offset(cpu));
        (cpu < nr_cpu_ids()).then(|| core::ptr::with_exposed_provenance_mut(address()))
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({:#x})", self.0)
    }
}

/// The running CPU's offset.
#[inline(always)]
pub fn offset() -> usize {
    let offset;
    // SAFETY: P2. Page 0 is readable on every CPU. The offset doesn't change
    // while this code runs (C3), so the load may be merged or moved (`pure`).
    unsafe {
        asm!("lg {}, 816(0)", out(reg) offset, options(pure, nomem, nostack, preserves_flags));
    }
    offset
}

/// A per-CPU variable, static or dynamic.
///
/// Operations without a CPU work on the running CPU's copy. Those that change it
/// depending on what it was are one instruction, so an interrupt handler may use
/// the same variable; none of them locks.
pub trait Variable {
    /// Type of each CPU's copy.
    type Value;

    /// The variable's handle.
    fn handle(&self) -> Handle<Self::Value>;

    /// The running CPU's copy, as a pointer.
    #[inline(always)]
    fn this(&self) -> *mut Self::Value {
        self.handle().this()
    }

    /// Reads this CPU's copy.
    #[inline(always)]
    fn read(&self) -> Self::Value
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1: the copy is a `Value`, and a scalar is read in one piece.
        unsafe { self.this().read_volatile() }
    }

    /// Writes this CPU's copy.
    #[inline(always)]
    fn write(&self, value: Self::Value)
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1, as above.
        unsafe { self.this().write_volatile(value) }
    }

    /// Adds, wrapping.
    #[inline(always)]
    fn add(&self, value: Self::Value)
    where
        Self::Value: Scalar,
    {
        self.add_return(value);
    }

    /// Subtracts, wrapping.
    #[inline(always)]
    fn sub(&self, value: Self::Value)
    where
        Self::Value: Scalar,
    {
        self.add_return(value.negated());
    }

    /// Adds, wrapping, and returns the new value.
    #[inline(always)]
    fn add_return(&self, value: Self::Value) -> Self::Value
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1: the copy is a `Value`, aligned for it.
        unsafe { Scalar::fetch_add(self.this(), value) }.plus(value)
    }

    /// Adds one: a single AGSI or ASI where the size has one.
    #[inline(always)]
    fn inc(&self)
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1, as above.
        unsafe { Scalar::increment(self.this()) }
    }

    /// Subtracts one.
    #[inline(always)]
    fn dec(&self)
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1, as above.
        unsafe { Scalar::decrement(self.this()) }
    }

    /// Ands bits in.
    #[inline(always)]
    fn and(&self, value: Self::Value)
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1, as above.
        unsafe { Scalar::fetch_and(self.this(), value) };
    }

    /// Ors bits in.
    #[inline(always)]
    fn or(&self, value: Self::Value)
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1, as above.
        unsafe { Scalar::fetch_or(self.this(), value) };
    }

    /// Exclusive-ors bits in.
    #[inline(always)]
    fn xor(&self, value: Self::Value)
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1, as above.
        unsafe { Scalar::fetch_xor(self.this(), value) };
    }

    /// Puts a value in and returns the one that was there.
    #[inline(always)]
    fn xchg(&self, value: Self::Value) -> Self::Value
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1, as above.
        unsafe { Scalar::exchange(self.this(), value) }
    }

    /// Puts `new` in if the copy equals `old`; returns what was there.
    #[inline(always)]
    fn cmpxchg(&self, old: Self::Value, new: Self::Value) -> Self::Value
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1, as above.
        unsafe { Scalar::compare_exchange(self.this(), old, new) }
    }

    /// Another CPU's copy; `None` if no possible CPU has this number.
    fn on(&self, cpu: u32) -> Option<Remote<'_, Self::Value>> {
        let place = self.handle().on(cpu)?;
        Some(Remote(place, PhantomData))
    }

    /// The wrapping sum of every possible CPU's copy, read one after another.
    fn sum(&self) -> Self::Value
    where
        Self::Value: Scalar,
    {
        let copies = (0..nr_cpu_ids()).filter_map(|cpu| Some(self.on(cpu)?.read()));
        copies.fold(Self::Value::ZERO, Scalar::plus)
    }
}

/// A chosen CPU's copy of a variable.
///
/// Its owner may change it at any time: a scalar is read and written in one
/// piece, and nothing larger is offered.
#[derive(Debug)]
pub struct Remote<'variable, T>(*mut T, PhantomData<&'variable T>);

impl<T> Remote<'_, T> {
    /// Its address.
    pub fn address(&self) -> usize {
        self.0.expose_provenance()
    }
}

impl<T: Scalar> Remote<'_, T> {
    /// Reads it.
    pub fn read(&self) -> T {
        // SAFETY: P1: the copy is a `T`.
        unsafe { self.0.read_volatile() }
    }

    /// Writes it. An update by the owner at the same time may be lost.
    pub fn write(&self, value: T) {
        // SAFETY: P1, as above.
        unsafe { self.0.write_volatile(value) }
    }
}
