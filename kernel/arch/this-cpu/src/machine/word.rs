//! What the machine reads, combines and replaces in one piece.

/// Two doublewords that change together.
///
/// COMPARE DOUBLE AND SWAP wants the quadword aligned; the type sees to it.
/// (`u128` doesn't: the s390x ELF ABI aligns it to 8.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, align(16))]
pub struct Pair(pub u64, pub u64);

const _: () = assert!(align_of::<Pair>() == 16 && size_of::<Pair>() == 16);

/// A value of 1, 2, 4, 8 or 16 bytes that is read and replaced in one piece.
pub trait Word: Copy {
    /// The value at `place`.
    ///
    /// # Safety
    /// P12: `place` is valid, aligned to its size, and changed only in one piece while
    /// others may see it.
    unsafe fn load(place: *mut Self) -> Self;
    /// Stores `value`.
    ///
    /// # Safety
    /// P12: `place` is as [`Word::load`] wants it.
    unsafe fn store(place: *mut Self, value: Self);
    /// Stores `value` and returns what was there.
    ///
    /// # Safety
    /// P12: `place` is as [`Word::load`] wants it.
    unsafe fn exchange(place: *mut Self, value: Self) -> Self;
    /// Stores `value` if `old` is there; returns what was there.
    ///
    /// # Safety
    /// P12: `place` is as [`Word::load`] wants it.
    unsafe fn compare_exchange(place: *mut Self, old: Self, value: Self) -> Self;
}

/// A word with arithmetic, up to 8 bytes. All of it wraps.
pub trait Arithmetic: Word {
    /// Adds `value` and returns what was there.
    ///
    /// # Safety
    /// P12: `place` is as [`Word::load`] wants it.
    unsafe fn fetch_add(place: *mut Self, value: Self) -> Self;
    /// Combines by "and", and returns what was there.
    ///
    /// # Safety
    /// P12: `place` is as [`Word::load`] wants it.
    unsafe fn fetch_and(place: *mut Self, value: Self) -> Self;
    /// Combines by "or", and returns what was there.
    ///
    /// # Safety
    /// P12: `place` is as [`Word::load`] wants it.
    unsafe fn fetch_or(place: *mut Self, value: Self) -> Self;
    /// Combines by "exclusive or", and returns what was there.
    ///
    /// # Safety
    /// P12: `place` is as [`Word::load`] wants it.
    unsafe fn fetch_xor(place: *mut Self, value: Self) -> Self;
    /// Adds a constant that fits the immediate field of ASI and AGSI.
    ///
    /// # Safety
    /// P12: `place` is as [`Word::load`] wants it.
    unsafe fn add_constant<const N: i8>(place: *mut Self);
}
