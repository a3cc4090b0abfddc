//! Dynamic per-CPU variables: owned storage from the allocator.

use crate::kernel::{__alloc_percpu, __alloc_percpu_atomic, free_percpu};
use crate::machine::Pair;
use crate::variable::{Handle, Variable};
use core::cell::Cell;
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64};

/// Types of which all-zero bytes are a value: that is what the allocator gives.
///
/// # Safety
/// All-zero bytes must be a valid value.
pub unsafe trait Zeroable {}

macro_rules! zeroable {
    ($($type:ty)*) => {
        // SAFETY: zero is a value of each.
        $(unsafe impl Zeroable for $type {})*
    };
}

zeroable!(() bool char AtomicU32 AtomicU64 AtomicI64 AtomicBool u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

// SAFETY: an array of zeroed values is all zero.
unsafe impl<T: Zeroable, const N: usize> Zeroable for [T; N] {}

// SAFETY: a null pointer is a pointer.
unsafe impl<T> Zeroable for *const T {}
// SAFETY: as above.
unsafe impl<T> Zeroable for *mut T {}
// SAFETY: two zeros.
unsafe impl Zeroable for Pair {}
// SAFETY: laid out as what it holds.
unsafe impl<T: Zeroable> Zeroable for Cell<T> {}

/// The allocator has no memory.
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

/// A per-CPU variable from the dynamic allocator; freed when dropped.
///
/// Its handle is a plain value. No symbol names it, so there is no GOT slot to
/// go through.
pub struct PerCpu<T: Zeroable>(Handle<T>);

impl<T: Zeroable> PerCpu<T> {
    /// Allocates, zeroed on every possible CPU. May map pages.
    pub fn alloc() -> Result<Self, NoMemory> {
        // SAFETY: any size and alignment may be asked for.
        Self::from_kernel(unsafe { __alloc_percpu(Self::SIZE, align_of::<T>()) })
    }

    /// Allocates from pages that are mapped already: for interrupt handlers.
    pub fn alloc_atomic() -> Result<Self, NoMemory> {
        // SAFETY: as above.
        Self::from_kernel(unsafe { __alloc_percpu_atomic(Self::SIZE, align_of::<T>()) })
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
        // SAFETY: P1: the allocator's handle, of that size and alignment; zeroed,
        // which is a `T`.
        Ok(Self(unsafe { Handle::new(handle) }))
    }
}

impl<T: Zeroable> Variable for PerCpu<T> {
    type Value = T;

    #[inline(always)]
    fn handle(&self) -> Handle<T> {
        self.0
    }
}

impl<T: Zeroable> Drop for PerCpu<T> {
    fn drop(&mut self) {
        // SAFETY: the handle is this value's own.
        unsafe { free_percpu(self.0.value()) }
    }
}

impl<T: Zeroable> fmt::Debug for PerCpu<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PerCpu({:#x})", self.0.value())
    }
}

// SAFETY: the handle may be used from any CPU; each operation is whole in itself.
unsafe impl<T: Zeroable> Send for PerCpu<T> {}
// SAFETY: as above.
unsafe impl<T: Zeroable> Sync for PerCpu<T> {}
