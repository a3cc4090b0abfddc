//! The instructions that load, combine and store at once.
//!
//! | bytes | add  | and  | or   | xor  | add constant | exchange       |
//! |-------|------|------|------|------|--------------|----------------|
//! | 4     | LAA  | LAN  | LAO  | LAX  | ASI          | CS             |
//! | 8     | LAAG | LANG | LAOG | LAXG | AGSI         | CSG            |
//! | 16    |      |      |      |      |              | CDSG, LPQ, STPQ|
//!
//! Principles of Operation, chapter 7, "LOAD AND ADD" and its kin: with the
//! interlocked-access facility 1 (z196) they are interlocked, and so is ASI.

use super::word::{Arithmetic, Pair, Word};
use core::arch::asm;

/// A LOAD AND ... instruction: `load_and!("laag", place, value)` is the old value.
macro_rules! load_and {
    ($instruction:literal, $place:expr, $value:expr) => {{
        let old;
        // SAFETY: P12: the caller's promise.
        unsafe {
            asm!(
                concat!($instruction, " {}, {}, 0({})"),
                out(reg) old, in(reg) $value, in(reg_addr) $place, options(nostack),
            );
        }
        old
    }};
}

macro_rules! arithmetic {
    ($type:ident, $add:literal, $and:literal, $or:literal, $xor:literal, $constant:literal) => {
        impl Arithmetic for $type {
            #[inline(always)]
            unsafe fn fetch_add(place: *mut Self, value: Self) -> Self {
                load_and!($add, place, value)
            }
            #[inline(always)]
            unsafe fn fetch_and(place: *mut Self, value: Self) -> Self {
                load_and!($and, place, value)
            }
            #[inline(always)]
            unsafe fn fetch_or(place: *mut Self, value: Self) -> Self {
                load_and!($or, place, value)
            }
            #[inline(always)]
            unsafe fn fetch_xor(place: *mut Self, value: Self) -> Self {
                load_and!($xor, place, value)
            }
            #[inline(always)]
            unsafe fn add_constant<const N: i8>(place: *mut Self) {
                // SAFETY: P12: the caller's promise.
                unsafe {
                    asm!(
                        concat!($constant, " 0({}), {}"),
                        in(reg_addr) place, const N, options(nostack),
                    );
                }
            }
        }
    };
}

arithmetic!(u32, "laa", "lan", "lao", "lax", "asi");
arithmetic!(u64, "laag", "lang", "laog", "laxg", "agsi");

impl Word for Pair {
    #[inline(always)]
    unsafe fn load(place: *mut Self) -> Self {
        let (first, second);
        // SAFETY: P12: the caller's promise; the even-odd register pair is named.
        unsafe {
            asm!(
                "lpq %r2, 0({})", in(reg_addr) place,
                out("r2") first, out("r3") second, options(nostack, preserves_flags),
            );
        }
        Self(first, second)
    }

    #[inline(always)]
    unsafe fn store(place: *mut Self, value: Self) {
        // SAFETY: P12: the caller's promise; the even-odd register pair is named.
        unsafe {
            asm!(
                "stpq %r2, 0({})", in(reg_addr) place,
                in("r2") value.0, in("r3") value.1, options(nostack, preserves_flags),
            );
        }
    }

    #[inline(always)]
    unsafe fn exchange(place: *mut Self, value: Self) -> Self {
        // SAFETY: P12: the caller's promise.
        let mut expected = unsafe { Self::load(place) };
        loop {
            // SAFETY: P12: the caller's promise.
            let found = unsafe { Self::compare_exchange(place, expected, value) };
            if found == expected {
                return found;
            }
            expected = found;
        }
    }

    #[inline(always)]
    unsafe fn compare_exchange(place: *mut Self, old: Self, new: Self) -> Self {
        let (first, second);
        // SAFETY: P12: the caller's promise; both even-odd register pairs are named.
        unsafe {
            asm!(
                "cdsg %r2, %r4, 0({})", in(reg_addr) place,
                inout("r2") old.0 => first, inout("r3") old.1 => second,
                in("r4") new.0, in("r5") new.1, options(nostack),
            );
        }
        Self(first, second)
    }
}
