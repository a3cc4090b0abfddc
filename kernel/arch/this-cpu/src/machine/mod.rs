//! What touches the machine: the offset, the interrupt mask, the instructions.
//!
//! Two backends with one interface. On s390x, `instructions.rs` and `s390x.rs`.
//! Anywhere else, `host.rs`: emulated CPUs, one thread at a time on each, so that
//! the semantics are tested where the code is written. `atomic.rs` serves both.

mod atomic;
#[cfg(not(target_arch = "s390x"))]
pub mod host;
#[cfg(target_arch = "s390x")]
mod instructions;
#[cfg(target_arch = "s390x")]
mod s390x;

#[cfg(not(target_arch = "s390x"))]
pub use host::{offset, without_interrupts};
#[cfg(target_arch = "s390x")]
pub use s390x::{offset, without_interrupts};

/// Two doublewords that change together.
///
/// COMPARE DOUBLE AND SWAP wants the quadword aligned; the type sees to it.
/// (`u128` doesn't: the s390x ELF ABI aligns it to 8.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, align(16))]
pub struct Pair(pub u64, pub u64);

const _: () = assert!(align_of::<Pair>() == 16 && size_of::<Pair>() == 16);

/// A place of 1, 2, 4, 8 or 16 bytes that is read and replaced in one piece.
///
/// Every `place` is valid, aligned to its size, and changed in no other way
/// while others may see it.
pub trait Word: Copy {
    /// Reads.
    ///
    /// # Safety
    /// `place` is as the trait says; so for all operations.
    unsafe fn load(place: *mut Self) -> Self;
    /// Writes.
    ///
    /// # Safety
    /// As for `load`.
    unsafe fn store(place: *mut Self, value: Self);
    /// Replaces; returns the old value.
    ///
    /// # Safety
    /// As for `load`.
    unsafe fn exchange(place: *mut Self, value: Self) -> Self;
    /// Replaces if equal to `old`; returns the old value.
    ///
    /// # Safety
    /// As for `load`.
    unsafe fn compare_exchange(place: *mut Self, old: Self, new: Self) -> Self;
}

/// A word with arithmetic, up to 8 bytes. Each operation returns the old value.
pub trait Arithmetic: Word {
    /// Adds, wrapping.
    ///
    /// # Safety
    /// As for [`Word::load`].
    unsafe fn fetch_add(place: *mut Self, value: Self) -> Self;
    /// Ands.
    ///
    /// # Safety
    /// As for [`Word::load`].
    unsafe fn fetch_and(place: *mut Self, value: Self) -> Self;
    /// Ors.
    ///
    /// # Safety
    /// As for [`Word::load`].
    unsafe fn fetch_or(place: *mut Self, value: Self) -> Self;
    /// Exclusive-ors.
    ///
    /// # Safety
    /// As for [`Word::load`].
    unsafe fn fetch_xor(place: *mut Self, value: Self) -> Self;
    /// Adds a constant that fits the immediate field of ASI and AGSI.
    ///
    /// # Safety
    /// As for [`Word::load`].
    unsafe fn add_constant<const N: i8>(place: *mut Self);
}
