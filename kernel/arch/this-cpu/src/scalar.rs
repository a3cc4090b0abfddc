//! Types that fit one instruction, and the instructions.
//!
//! | bytes | add        | and, or, xor      | inc, dec   | exchange  |
//! |-------|------------|-------------------|------------|-----------|
//! | 8     | LAAG       | LANG, LAOG, LAXG  | AGSI       | CSG       |
//! | 4     | LAA        | LAN, LAO, LAX     | ASI        | CS        |
//! | 2, 1  | CS on the word around it, which leaves the neighbours alone       |
//!
//! Principles of Operation, chapter 7, "LOAD AND ADD" and its kin: with the
//! interlocked-access facility 1 (z196) they are interlocked, and so is ASI.

use core::arch::asm;
use core::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed};

mod sealed {
    /// Only this crate decides what is a scalar.
    pub trait Sealed {}
}

/// An integer of 1, 2, 4 or 8 bytes, or an address.
///
/// The operations take a pointer to one copy.
pub trait Scalar: sealed::Sealed + Copy {
    /// Zero.
    const ZERO: Self;
    /// `self + other`, wrapping.
    fn plus(self, other: Self) -> Self;
    /// `0 - self`, wrapping.
    fn negated(self) -> Self;
    /// Adds; returns the old value.
    ///
    /// # Safety
    /// `place` is valid and aligned; so for all operations below.
    unsafe fn fetch_add(place: *mut Self, value: Self) -> Self;
    /// Ands; returns the old value.
    ///
    /// # Safety
    /// As for `fetch_add`.
    unsafe fn fetch_and(place: *mut Self, value: Self) -> Self;
    /// Ors; returns the old value.
    ///
    /// # Safety
    /// As for `fetch_add`.
    unsafe fn fetch_or(place: *mut Self, value: Self) -> Self;
    /// Exclusive-ors; returns the old value.
    ///
    /// # Safety
    /// As for `fetch_add`.
    unsafe fn fetch_xor(place: *mut Self, value: Self) -> Self;
    /// Exchanges; returns the old value.
    ///
    /// # Safety
    /// As for `fetch_add`.
    unsafe fn exchange(place: *mut Self, value: Self) -> Self;
    /// Exchanges if equal to `old`; returns the old value.
    ///
    /// # Safety
    /// As for `fetch_add`.
    unsafe fn compare_exchange(place: *mut Self, old: Self, new: Self) -> Self;
    /// Adds one.
    ///
    /// # Safety
    /// As for `fetch_add`.
    #[inline(always)]
    unsafe fn increment(place: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { Self::fetch_add(place, Self::ONE) };
    }
    /// Subtracts one.
    ///
    /// # Safety
    /// As for `fetch_add`.
    #[inline(always)]
    unsafe fn decrement(place: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { Self::fetch_add(place, Self::ONE.negated()) };
    }
    /// One.
    const ONE: Self;
}

/// A LOAD AND ... instruction: `load!("laag", place, value)` is the old value.
macro_rules! load {
    ($instruction:literal, $place:expr, $value:expr) => {{
        let old;
        // SAFETY: the caller's promise: `place` is valid and aligned.
        unsafe {
            asm!(
                concat!($instruction, " {}, {}, 0({})"),
                out(reg) old, in(reg) $value, in(reg_addr) $place, options(nostack),
            );
        }
        old
    }};
}

macro_rules! scalar {
    ($type:ty, $atomic:ty, $bits:ty, { $($operations:tt)* }) => {
        impl sealed::Sealed for $type {}

        impl Scalar for $type {
            const ZERO: Self = 0;
            const ONE: Self = 1;

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn negated(self) -> Self {
                self.wrapping_neg()
            }

            #[inline(always)]
            unsafe fn exchange(place: *mut Self, value: Self) -> Self {
                // SAFETY: the caller's promise: valid, aligned, only such accesses.
                unsafe { <$atomic>::from_ptr(place.cast()) }.swap(value as $bits, Relaxed) as Self
            }

            #[inline(always)]
            unsafe fn compare_exchange(place: *mut Self, old: Self, new: Self) -> Self {
                // SAFETY: as above.
                let place = unsafe { <$atomic>::from_ptr(place.cast()) };
                match place.compare_exchange(old as $bits, new as $bits, Relaxed, Relaxed) {
                    Ok(found) | Err(found) => found as Self,
                }
            }

            $($operations)*
        }
    };
}

/// Four and eight bytes: the instructions that load, combine and store at once.
macro_rules! word {
    ($atomic:ty, $bits:ty, $add:literal, $and:literal, $or:literal, $xor:literal, $step:literal, $($type:ty)*) => {
        $(scalar!($type, $atomic, $bits, {
            #[inline(always)]
            unsafe fn fetch_add(place: *mut Self, value: Self) -> Self {
                load!($add, place, value)
            }
            #[inline(always)]
            unsafe fn fetch_and(place: *mut Self, value: Self) -> Self {
                load!($and, place, value)
            }
            #[inline(always)]
            unsafe fn fetch_or(place: *mut Self, value: Self) -> Self {
                load!($or, place, value)
            }
            #[inline(always)]
            unsafe fn fetch_xor(place: *mut Self, value: Self) -> Self {
                load!($xor, place, value)
            }
            #[inline(always)]
            unsafe fn increment(place: *mut Self) {
                // SAFETY: the caller's promise.
                unsafe { asm!(concat!($step, " 0({}), 1"), in(reg_addr) place, options(nostack)) };
            }
            #[inline(always)]
            unsafe fn decrement(place: *mut Self) {
                // SAFETY: the caller's promise.
                unsafe { asm!(concat!($step, " 0({}), -1"), in(reg_addr) place, options(nostack)) };
            }
        });)*
    };
}

/// One and two bytes: COMPARE AND SWAP on the word around, by way of `core`.
macro_rules! part {
    ($atomic:ty, $bits:ty, $($type:ty)*) => {
        $(scalar!($type, $atomic, $bits, {
            #[inline(always)]
            unsafe fn fetch_add(place: *mut Self, value: Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { <$atomic>::from_ptr(place.cast()) }.fetch_add(value as $bits, Relaxed) as Self
            }
            #[inline(always)]
            unsafe fn fetch_and(place: *mut Self, value: Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { <$atomic>::from_ptr(place.cast()) }.fetch_and(value as $bits, Relaxed) as Self
            }
            #[inline(always)]
            unsafe fn fetch_or(place: *mut Self, value: Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { <$atomic>::from_ptr(place.cast()) }.fetch_or(value as $bits, Relaxed) as Self
            }
            #[inline(always)]
            unsafe fn fetch_xor(place: *mut Self, value: Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { <$atomic>::from_ptr(place.cast()) }.fetch_xor(value as $bits, Relaxed) as Self
            }
        });)*
    };
}

word!(AtomicU64, u64, "laag", "lang", "laog", "laxg", "agsi", u64 i64 usize isize);
word!(AtomicU32, u32, "laa", "lan", "lao", "lax", "asi", u32 i32);
part!(AtomicU16, u16, u16 i16);
part!(AtomicU8, u8, u8 i8);
