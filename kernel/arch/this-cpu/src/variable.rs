//! The trait that static and dynamic per-CPU variables share.

use crate::guard::Shared;
use crate::kernel::{nr_cpu_ids, per_cpu_offset};
use crate::machine::{Arithmetic, Pair, Word, offset};
use crate::scalar::{Bitwise, Integer, Scalar};
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
        // SAFETY: P1: the copy is a `Value`, aligned for it.
        Scalar::from_word(unsafe { Word::load(self.place()) })
    }

    /// Writes this CPU's copy.
    #[inline(always)]
    fn write(&self, value: Self::Value)
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1, as in `read`.
        unsafe { Word::store(self.place(), value.to_word()) }
    }

    /// Adds, wrapping.
    #[inline(always)]
    fn add(&self, value: Self::Value)
    where
        Self::Value: Integer,
    {
        self.add_return(value);
    }

    /// Subtracts, wrapping.
    #[inline(always)]
    fn sub(&self, value: Self::Value)
    where
        Self::Value: Integer,
    {
        self.add_return(value.negated());
    }

    /// Adds a constant: a single AGSI or ASI where the size has one.
    #[inline(always)]
    fn add_constant<const N: i8>(&self)
    where
        Self::Value: Integer,
    {
        // SAFETY: P1, as in `read`.
        unsafe { Arithmetic::add_constant::<N>(self.place()) }
    }

    /// Adds one, as [`Variable::add_constant`] does.
    #[inline(always)]
    fn inc(&self)
    where
        Self::Value: Integer,
    {
        self.add_constant::<1>()
    }

    /// Subtracts one.
    #[inline(always)]
    fn dec(&self)
    where
        Self::Value: Integer,
    {
        self.add_constant::<-1>()
    }

    /// Adds, wrapping, and returns the new value.
    #[inline(always)]
    fn add_return(&self, value: Self::Value) -> Self::Value
    where
        Self::Value: Integer,
    {
        // SAFETY: P1, as in `read`.
        let old = unsafe { Arithmetic::fetch_add(self.place(), value.to_word()) };
        Self::Value::from_word(old).plus(value)
    }

    /// Subtracts, wrapping, and returns the new value.
    #[inline(always)]
    fn sub_return(&self, value: Self::Value) -> Self::Value
    where
        Self::Value: Integer,
    {
        self.add_return(value.negated())
    }

    /// Adds one and returns the new value.
    #[inline(always)]
    fn inc_return(&self) -> Self::Value
    where
        Self::Value: Integer,
    {
        self.add_return(Self::Value::ONE)
    }

    /// Subtracts one and returns the new value.
    #[inline(always)]
    fn dec_return(&self) -> Self::Value
    where
        Self::Value: Integer,
    {
        self.sub_return(Self::Value::ONE)
    }

    /// Ands bits in.
    #[inline(always)]
    fn and(&self, value: Self::Value)
    where
        Self::Value: Bitwise,
    {
        // SAFETY: P1, as in `read`.
        unsafe { Arithmetic::fetch_and(self.place(), value.to_word()) };
    }

    /// Ors bits in.
    #[inline(always)]
    fn or(&self, value: Self::Value)
    where
        Self::Value: Bitwise,
    {
        // SAFETY: P1, as in `read`.
        unsafe { Arithmetic::fetch_or(self.place(), value.to_word()) };
    }

    /// Exclusive-ors bits in.
    #[inline(always)]
    fn xor(&self, value: Self::Value)
    where
        Self::Value: Bitwise,
    {
        // SAFETY: P1, as in `read`.
        unsafe { Arithmetic::fetch_xor(self.place(), value.to_word()) };
    }

    /// Puts a value in and returns the one that was there.
    #[inline(always)]
    fn xchg(&self, value: Self::Value) -> Self::Value
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1, as in `read`.
        Scalar::from_word(unsafe { Word::exchange(self.place(), value.to_word()) })
    }

    /// Puts `new` in if the copy equals `old`; returns what was there.
    #[inline(always)]
    fn cmpxchg(&self, old: Self::Value, new: Self::Value) -> Self::Value
    where
        Self::Value: Scalar,
    {
        // SAFETY: P1, as in `read`.
        let found = unsafe { Word::compare_exchange(self.place(), old.to_word(), new.to_word()) };
        Scalar::from_word(found)
    }

    /// Puts both of `new` in if both equal `old`; says whether it did.
    ///
    /// [`Pair`] is the only type for it: its alignment is what CDSG asks for.
    #[inline(always)]
    fn cmpxchg_double(&self, old: Pair, new: Pair) -> bool
    where
        Self: Variable<Value = Pair>,
    {
        self.cmpxchg(old, new) == old
    }

    /// This CPU's copy as the machine sees it.
    #[doc(hidden)]
    #[inline(always)]
    fn place(&self) -> *mut <Self::Value as Scalar>::Word
    where
        Self::Value: Scalar,
    {
        self.this().cast()
    }

    /// Another CPU's copy; `None` if no possible CPU has this number.
    fn on(&self, cpu: u32) -> Option<Remote<'_, Self::Value>> {
        let place = self.handle().on(cpu)?;
        Some(Remote(place, PhantomData))
    }

    /// The wrapping sum of every possible CPU's copy, read one after another.
    fn sum(&self) -> Self::Value
    where
        Self::Value: Integer,
    {
        let copies = (0..nr_cpu_ids()).filter_map(|cpu| Some(self.on(cpu)?.read()));
        copies.fold(Self::Value::ZERO, Integer::plus)
    }
}

/// A chosen CPU's copy of a variable.
///
/// Its owner may change it at any time: a scalar is read and written in one
/// piece. Of other types, only those that may be shared between CPUs are offered.
///
/// ```compile_fail,E0599
/// use core::cell::Cell;
/// use this_cpu::{Variable, percpu};
/// percpu! { static SLOT: Cell<[u64; 4]> = Cell::new([0; 4]); }
/// SLOT.on(1).unwrap().write([1; 4]); // another CPU's cell
/// ```
///
/// ```compile_fail,E0599
/// use core::cell::Cell;
/// use this_cpu::{Variable, percpu};
/// percpu! { static SLOT: Cell<u64> = Cell::new(0); }
/// SLOT.on(1).unwrap().get().set(1); // `Cell` isn't `Sync`
/// ```
#[derive(Debug)]
pub struct Remote<'variable, T>(*mut T, PhantomData<&'variable T>);

impl<T> Remote<'_, T> {
    /// Its address.
    pub fn address(&self) -> usize {
        self.0.expose_provenance()
    }
}

impl<'variable, T: Shared + Sync> Remote<'variable, T> {
    /// A reference to it: the type allows use from several CPUs.
    pub fn get(&self) -> &'variable T {
        // SAFETY: P1, and P5 of `Shared`; `Sync` allows the other CPU.
        unsafe { &*self.0 }
    }
}

impl<T: Scalar> Remote<'_, T> {
    /// Reads it.
    pub fn read(&self) -> T {
        // SAFETY: P1: the copy is a `T`.
        Scalar::from_word(unsafe { Word::load(self.0.cast()) })
    }

    /// Writes it. An update by the owner at the same time may be lost.
    pub fn write(&self, value: T) {
        // SAFETY: P1, as above.
        unsafe { Word::store(self.0.cast(), value.to_word()) }
    }
}
