//! Dynamic per-CPU variables: owned storage from the allocator.

use crate::kernel::{__alloc_percpu, __alloc_percpu_atomic, free_percpu};
use crate::machine::Pair;
use crate::variable::{Handle, Storage};
use core::cell::Cell;
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64};

/// Types of which all-zero bytes are a value: that is what the allocator gives.
///
/// # Safety
/// P7: all-zero bytes are a value of the type.
pub unsafe trait Zeroable {}

macro_rules! zeroable {
    ($($type:ty)*) => {
        // SAFETY: P7: zero is a value of each.
        $(unsafe impl Zeroable for $type {})*
    };
}

zeroable!(() bool char AtomicU32 AtomicU64 AtomicI64 AtomicBool u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

// SAFETY: P7: an array of zeroed values is all zero.
unsafe impl<T: Zeroable, const N: usize> Zeroable for [T; N] {}
// SAFETY: P7: a null pointer is a pointer.
unsafe impl<T> Zeroable for *const T {}
// SAFETY: P7: a null pointer is a pointer.
unsafe impl<T> Zeroable for *mut T {}
// SAFETY: P7: two zeros are a pair.
unsafe impl Zeroable for Pair {}
// SAFETY: P7: a cell is laid out as what it holds.
unsafe impl<T: Zeroable> Zeroable for Cell<T> {}

/// Why there is no [`PerCpu`]: memory has run out, or no unit holds so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory {
    /// Bytes asked for, on each CPU.
    pub bytes: usize,
    /// Alignment asked for.
    pub align: usize,
}

impl fmt::Display for NoMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no per-CPU memory for {} bytes, alignment {}",
            self.bytes, self.align
        )
    }
}

/// A per-CPU variable from the dynamic allocator; freed when dropped. What its copies
/// hold then isn't dropped.
///
/// Its handle is a plain value. No symbol names it, so there is no GOT slot to
/// go through.
pub struct PerCpu<T: Zeroable>(Handle<T>);

impl<T: Zeroable> PerCpu<T> {
    /// Allocates, zeroed on every possible CPU. May map pages, and wait for another CPU
    /// that does: not for interrupt handlers, nor for interrupts-off sections.
    ///
    /// Fails if memory has run out, or if `T` is larger than a unit or aligned to more
    /// than a page.
    pub fn alloc() -> Result<Self, NoMemory> {
        Self::from_kernel(__alloc_percpu(Self::SIZE, align_of::<T>()))
    }

    /// Allocates from pages that are mapped already, and waits for nothing: for interrupt
    /// handlers, and where interrupts are off. Fails as [`PerCpu::alloc`] does, and if no
    /// mapped page has room.
    pub fn alloc_atomic() -> Result<Self, NoMemory> {
        Self::from_kernel(__alloc_percpu_atomic(Self::SIZE, align_of::<T>()))
    }

    /// Even a zero-sized type takes a byte: a handle is somebody's.
    const SIZE: usize = if size_of::<T>() == 0 {
        1
    } else {
        size_of::<T>()
    };

    fn from_kernel(handle: usize) -> Result<Self, NoMemory> {
        if handle == 0 {
            return Err(NoMemory {
                bytes: Self::SIZE,
                align: align_of::<T>(),
            });
        }
        // SAFETY: P7, P9: the allocator's handle, of that size and alignment, nobody
        // else's until it is freed; zeroed, which is a `T`.
        Ok(Self(unsafe { Handle::new(handle) }))
    }
}

// SAFETY: P9: the area is this value's own until it is dropped.
unsafe impl<T: Zeroable> Storage for PerCpu<T> {
    type Value = T;

    #[inline(always)]
    fn handle(&self) -> Handle<T> {
        self.0
    }
}

impl<T: Zeroable> Drop for PerCpu<T> {
    fn drop(&mut self) {
        // SAFETY: P9: the area is this value's own, and nobody borrows it any more.
        unsafe { free_percpu(self.0.value()) }
    }
}

impl<T: Zeroable> fmt::Debug for PerCpu<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PerCpu({:#x})", self.0.value())
    }
}

// SAFETY: P1: the handle means the same on every CPU, and holds no `T`.
unsafe impl<T: Zeroable> Send for PerCpu<T> {}
// SAFETY: P12: what several CPUs may do by `&PerCpu` to one copy is done in one piece;
// P5: references are lent to the copy's own CPU, or to all if `T` is `Sync`.
unsafe impl<T: Zeroable> Sync for PerCpu<T> {}
