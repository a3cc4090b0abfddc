//! Types whose copies are read and changed in one piece.
//!
//! | trait       | types                              | operations               |
//! |-------------|------------------------------------|--------------------------|
//! | [`Scalar`]  | all below, raw pointers, [`Pair`]  | read, write, exchange    |
//! | [`Bitwise`] | integers up to 8 bytes, `bool`     | and, or, xor             |
//! | [`Integer`] | integers up to 8 bytes             | add, subtract            |
//!
//! A type maps to the machine's word of its size; signs don't matter to the
//! instructions, which wrap.

use crate::machine::{Arithmetic, Pair, Word};

mod sealed {
    /// Only this crate decides what is a scalar.
    pub trait Sealed {}
}

/// A value that is read and replaced in one piece.
pub trait Scalar: sealed::Sealed + Copy {
    /// The word of its size.
    #[doc(hidden)]
    type Word: Word;
    #[doc(hidden)]
    fn to_word(self) -> Self::Word;
    #[doc(hidden)]
    fn from_word(word: Self::Word) -> Self;
}

/// A scalar whose bits may be combined.
pub trait Bitwise: Scalar<Word: Arithmetic> {}

/// An integer of 1, 2, 4 or 8 bytes. All arithmetic wraps.
pub trait Integer: Bitwise {
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// `self + other`.
    fn plus(self, other: Self) -> Self;
    /// `0 - self`.
    fn negated(self) -> Self;
}

macro_rules! integer {
    ($($word:ident: $($type:ident)*;)*) => {$($(
        impl sealed::Sealed for $type {}

        impl Scalar for $type {
            type Word = $word;

            #[inline(always)]
            fn to_word(self) -> $word {
                self as $word
            }

            #[inline(always)]
            fn from_word(word: $word) -> Self {
                word as Self
            }
        }

        impl Bitwise for $type {}

        impl Integer for $type {
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
        }
    )*)*};
}

integer! {
    u8: u8 i8;
    u16: u16 i16;
    u32: u32 i32;
    u64: u64 i64 usize isize;
}

impl sealed::Sealed for bool {}

impl Scalar for bool {
    type Word = u8;

    #[inline(always)]
    fn to_word(self) -> u8 {
        u8::from(self)
    }

    #[inline(always)]
    fn from_word(word: u8) -> Self {
        word != 0
    }
}

// Of 0 and 1, the operations make 0 and 1.
impl Bitwise for bool {}

macro_rules! pointer {
    ($($type:ty, $make:ident;)*) => {$(
        impl<T> sealed::Sealed for $type {}

        impl<T> Scalar for $type {
            type Word = u64;

            #[inline(always)]
            fn to_word(self) -> u64 {
                self.expose_provenance() as u64
            }

            #[inline(always)]
            fn from_word(word: u64) -> Self {
                core::ptr::$make(word as usize)
            }
        }
    )*};
}

pointer! {
    *const T, with_exposed_provenance;
    *mut T, with_exposed_provenance_mut;
}

impl sealed::Sealed for Pair {}

impl Scalar for Pair {
    type Word = Self;

    #[inline(always)]
    fn to_word(self) -> Self {
        self
    }

    #[inline(always)]
    fn from_word(word: Self) -> Self {
        word
    }
}
