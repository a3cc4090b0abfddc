//! Words by way of `core`'s atomics.
//!
//! For one and two bytes on s390x the compiler makes a COMPARE AND SWAP loop on
//! the word around, which leaves the neighbours alone.

use super::word::{Arithmetic, Word};
use core::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed};

macro_rules! atomic_word {
    ($($type:ident $atomic:ident)*) => {$(
        impl Word for $type {
            #[inline(always)]
            unsafe fn load(place: *mut Self) -> Self {
                // SAFETY: P12: the caller's promise.
                unsafe { $atomic::from_ptr(place) }.load(Relaxed)
            }
            #[inline(always)]
            unsafe fn store(place: *mut Self, value: Self) {
                // SAFETY: P12: the caller's promise.
                unsafe { $atomic::from_ptr(place) }.store(value, Relaxed)
            }
            #[inline(always)]
            unsafe fn exchange(place: *mut Self, value: Self) -> Self {
                // SAFETY: P12: the caller's promise.
                unsafe { $atomic::from_ptr(place) }.swap(value, Relaxed)
            }
            #[inline(always)]
            unsafe fn compare_exchange(place: *mut Self, old: Self, new: Self) -> Self {
                // SAFETY: P12: the caller's promise.
                match unsafe { $atomic::from_ptr(place) }.compare_exchange(old, new, Relaxed, Relaxed) {
                    Ok(found) | Err(found) => found,
                }
            }
        }
    )*};
}

macro_rules! atomic_arithmetic {
    ($($type:ident $atomic:ident)*) => {$(
        impl Arithmetic for $type {
            #[inline(always)]
            unsafe fn fetch_add(place: *mut Self, value: Self) -> Self {
                // SAFETY: P12: the caller's promise.
                unsafe { $atomic::from_ptr(place) }.fetch_add(value, Relaxed)
            }
            #[inline(always)]
            unsafe fn fetch_and(place: *mut Self, value: Self) -> Self {
                // SAFETY: P12: the caller's promise.
                unsafe { $atomic::from_ptr(place) }.fetch_and(value, Relaxed)
            }
            #[inline(always)]
            unsafe fn fetch_or(place: *mut Self, value: Self) -> Self {
                // SAFETY: P12: the caller's promise.
                unsafe { $atomic::from_ptr(place) }.fetch_or(value, Relaxed)
            }
            #[inline(always)]
            unsafe fn fetch_xor(place: *mut Self, value: Self) -> Self {
                // SAFETY: P12: the caller's promise.
                unsafe { $atomic::from_ptr(place) }.fetch_xor(value, Relaxed)
            }
            #[inline(always)]
            unsafe fn add_constant<const N: i8>(place: *mut Self) {
                // SAFETY: P12: the caller's promise.
                unsafe { Self::fetch_add(place, N as Self) };
            }
        }
    )*};
}

atomic_word!(u8 AtomicU8 u16 AtomicU16 u32 AtomicU32 u64 AtomicU64);
atomic_arithmetic!(u8 AtomicU8 u16 AtomicU16);
#[cfg(not(target_arch = "s390x"))]
atomic_arithmetic!(u32 AtomicU32 u64 AtomicU64);
