//! What static and dynamic per-CPU variables share: storage, and operations on it.
//!
//! ```text
//!  unsafe trait Storage     where the variable is: its handle
//!     │  implemented by what percpu! makes, and by PerCpu
//!     ▼
//!  trait Variable           what can be done with it: read, inc, cmpxchg, on(cpu) ...
//!     └  implemented here, once, for every Storage: nobody can override a part
//! ```
//!
//! The operations go to the address that the storage names. So the storage is
//! promised (`unsafe impl`), and the operations are no one's to replace: safe code
//! reaches copies of variables that it has, as the types that they are (P9).

use crate::kernel::{nr_cpu_ids, per_cpu_offset};
use crate::machine::{Arithmetic, Pair, Word, offset};
use crate::scalar::{Bitwise, Integer, Scalar};
use crate::shared::Shared;
use core::fmt;
use core::marker::PhantomData;

/// A per-CPU variable's handle: what becomes an address when a CPU's offset is added.
///
/// It is never dereferenced itself (P3). Linux's `__percpu` pointer.
pub struct Handle<T>(usize, PhantomData<*mut T>);

impl<T> Handle<T> {
    /// The handle of this value.
    ///
    /// # Safety
    /// P9: for every possible CPU, `value` plus its offset is the address of a `T`,
    /// for as long as the handle is used.
    #[inline(always)]
    pub const unsafe fn new(value: usize) -> Self {
        Self(value, PhantomData)
    }

    /// The number itself: the address of a static in the template, or what the
    /// allocator returned.
    #[inline(always)]
    pub fn value(self) -> usize {
        self.0
    }

    /// Address of the running CPU's copy. Code that may be moved, or interrupted by
    /// another user of the copy, makes of it what it can: see [`Variable::this`].
    #[inline(always)]
    pub fn this(self) -> *mut T {
        core::ptr::with_exposed_provenance_mut(self.0.wrapping_add(offset()))
    }

    /// Address of a possible CPU's copy, online or not; `None` for any other number.
    pub fn on(self, cpu: u32) -> Option<*mut T> {
        (cpu < nr_cpu_ids()).then(|| self.copy_of(cpu))
    }

    /// Address of the copy of a CPU that is known to be possible.
    #[inline(always)]
    fn copy_of(self, cpu: u32) -> *mut T {
        core::ptr::with_exposed_provenance_mut(self.0.wrapping_add(per_cpu_offset(cpu)))
    }

    /// The running CPU's copy as the machine's instructions take it.
    #[inline(always)]
    fn word(self) -> *mut T::Word
    where
        T: Scalar,
    {
        self.this().cast()
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

/// Something that is a per-CPU variable: it has a handle.
///
/// [`percpu!`](crate::percpu) and [`PerCpu`](crate::PerCpu) implement it; other code
/// does so only for storage of its own making, as `modules/direct` does. What can be
/// done with a variable is in [`Variable`].
///
/// # Safety
/// P9: while the value is borrowed, `handle` returns the same handle each time, and
/// each possible CPU's copy behind it is a `Value` that nothing but this crate's
/// operations reads or changes.
pub unsafe trait Storage {
    /// Type of each CPU's copy.
    type Value;

    /// The variable's handle.
    fn handle(&self) -> Handle<Self::Value>;
}

/// Operations on a per-CPU variable, static or dynamic.
///
/// Those without a CPU number work on the running CPU's copy, and may be used
/// anywhere, interrupt handlers included: none of them waits or locks. What changes
/// a copy depending on what it was is a single instruction on the copy (for 1 and 2
/// bytes a short loop), so neither an interrupt handler nor another CPU gets in
/// between. All arithmetic wraps. Which types have which operations: `scalar.rs`.
///
/// No other crate can implement it, or replace one of its methods.
pub trait Variable: Storage {
    /// Address of the running CPU's copy.
    ///
    /// Interrupt handlers, and the operations of other CPUs, may use the copy at any
    /// time; [`InterruptsOff::get`](crate::InterruptsOff::get) lends a reference that
    /// needs no such care.
    #[inline(always)]
    fn this(&self) -> *mut Self::Value {
        self.handle().this()
    }

    /// The running CPU's copy.
    #[inline(always)]
    fn read(&self) -> Self::Value
    where
        Self::Value: Scalar,
    {
        // SAFETY: P9, P12: the copy is a `Value`.
        Scalar::from_word(unsafe { Word::load(self.handle().word()) })
    }

    /// Stores `value` into the running CPU's copy.
    #[inline(always)]
    fn write(&self, value: Self::Value)
    where
        Self::Value: Scalar,
    {
        // SAFETY: P9, P12: the copy is a `Value`.
        unsafe { Word::store(self.handle().word(), value.to_word()) }
    }

    /// Adds `value`: LAA, LAAG.
    #[inline(always)]
    fn add(&self, value: Self::Value)
    where
        Self::Value: Integer,
    {
        self.add_return(value);
    }

    /// Subtracts `value`: LAA, LAAG of its negative.
    #[inline(always)]
    fn sub(&self, value: Self::Value)
    where
        Self::Value: Integer,
    {
        self.add_return(value.negated());
    }

    /// Adds a constant: a single AGSI or ASI, which needs no register, for 4 and 8
    /// bytes.
    #[inline(always)]
    fn add_constant<const N: i8>(&self)
    where
        Self::Value: Integer,
    {
        // SAFETY: P9, P12: the copy is a `Value`.
        unsafe { Arithmetic::add_constant::<N>(self.handle().word()) }
    }

    /// Adds one, as [`Variable::add_constant`] does.
    #[inline(always)]
    fn inc(&self)
    where
        Self::Value: Integer,
    {
        self.add_constant::<1>()
    }

    /// Subtracts one, as [`Variable::add_constant`] does.
    #[inline(always)]
    fn dec(&self)
    where
        Self::Value: Integer,
    {
        self.add_constant::<-1>()
    }

    /// Adds `value` and returns what the copy has become.
    #[inline(always)]
    fn add_return(&self, value: Self::Value) -> Self::Value
    where
        Self::Value: Integer,
    {
        // SAFETY: P9, P12: the copy is a `Value`.
        let old = unsafe { Arithmetic::fetch_add(self.handle().word(), value.to_word()) };
        Self::Value::from_word(old).plus(value)
    }

    /// Subtracts `value` and returns what the copy has become.
    #[inline(always)]
    fn sub_return(&self, value: Self::Value) -> Self::Value
    where
        Self::Value: Integer,
    {
        self.add_return(value.negated())
    }

    /// Adds one and returns what the copy has become.
    #[inline(always)]
    fn inc_return(&self) -> Self::Value
    where
        Self::Value: Integer,
    {
        self.add_return(Self::Value::ONE)
    }

    /// Subtracts one and returns what the copy has become.
    #[inline(always)]
    fn dec_return(&self) -> Self::Value
    where
        Self::Value: Integer,
    {
        self.sub_return(Self::Value::ONE)
    }

    /// Clears the bits that `value` hasn't set: LAN, LANG.
    #[inline(always)]
    fn and(&self, value: Self::Value)
    where
        Self::Value: Bitwise,
    {
        // SAFETY: P9, P12: the copy is a `Value`.
        unsafe { Arithmetic::fetch_and(self.handle().word(), value.to_word()) };
    }

    /// Sets the bits that `value` has set: LAO, LAOG.
    #[inline(always)]
    fn or(&self, value: Self::Value)
    where
        Self::Value: Bitwise,
    {
        // SAFETY: P9, P12: the copy is a `Value`.
        unsafe { Arithmetic::fetch_or(self.handle().word(), value.to_word()) };
    }

    /// Flips the bits that `value` has set: LAX, LAXG.
    #[inline(always)]
    fn xor(&self, value: Self::Value)
    where
        Self::Value: Bitwise,
    {
        // SAFETY: P9, P12: the copy is a `Value`.
        unsafe { Arithmetic::fetch_xor(self.handle().word(), value.to_word()) };
    }

    /// Stores `value` and returns what was there.
    #[inline(always)]
    fn xchg(&self, value: Self::Value) -> Self::Value
    where
        Self::Value: Scalar,
    {
        // SAFETY: P9, P12: the copy is a `Value`.
        Scalar::from_word(unsafe { Word::exchange(self.handle().word(), value.to_word()) })
    }

    /// Stores `new` if the copy equals `old`; returns what was there, which is `old`
    /// if it did. CS, CSG, CDSG.
    #[inline(always)]
    fn cmpxchg(&self, old: Self::Value, new: Self::Value) -> Self::Value
    where
        Self::Value: Scalar,
    {
        let place = self.handle().word();
        // SAFETY: P9, P12: the copy is a `Value`.
        let found = unsafe { Word::compare_exchange(place, old.to_word(), new.to_word()) };
        Scalar::from_word(found)
    }

    /// Stores both of `new` if both equal `old`; returns whether it did. CDSG.
    ///
    /// [`Pair`] is the only type for it: its alignment is what CDSG asks for.
    #[inline(always)]
    fn cmpxchg_double(&self, old: Pair, new: Pair) -> bool
    where
        Self: Storage<Value = Pair>,
    {
        self.cmpxchg(old, new) == old
    }

    /// A possible CPU's copy, online or not; `None` for any other number.
    fn on(&self, cpu: u32) -> Option<Remote<'_, Self::Value>> {
        let place = self.handle().on(cpu)?;
        Some(Remote(place, PhantomData))
    }

    /// The wrapping sum of every possible CPU's copy, read one after another: of a
    /// moment only if nobody changes one meanwhile.
    fn sum(&self) -> Self::Value
    where
        Self::Value: Integer,
    {
        let handle = self.handle();
        let copies = (0..nr_cpu_ids()).map(|cpu| Remote(handle.copy_of(cpu), PhantomData).read());
        copies.fold(Self::Value::ZERO, Integer::plus)
    }
}

impl<S: Storage + ?Sized> Variable for S {}

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
    /// Its address, the one that every CPU has for it.
    pub fn address(&self) -> usize {
        self.0.expose_provenance()
    }
}

impl<'variable, T: Shared + Sync> Remote<'variable, T> {
    /// A reference to it, for a type that several CPUs may use at once.
    pub fn get(&self) -> &'variable T {
        // SAFETY: P9: the copy is a `T` while the variable is borrowed; P5: it changes
        // only inside its `UnsafeCell`, and `Sync` allows that from another CPU.
        unsafe { &*self.0 }
    }
}

impl<T: Scalar> Remote<'_, T> {
    /// The copy, read in one piece.
    pub fn read(&self) -> T {
        // SAFETY: P9, P12: the copy is a `T`.
        Scalar::from_word(unsafe { Word::load(self.0.cast()) })
    }

    /// Stores `value`, in one piece. An update that the owner is in the midst of, such
    /// as a read that a write is to follow, may overwrite it.
    pub fn write(&self, value: T) {
        // SAFETY: P9, P12: the copy is a `T`.
        unsafe { Word::store(self.0.cast(), value.to_word()) }
    }
}
