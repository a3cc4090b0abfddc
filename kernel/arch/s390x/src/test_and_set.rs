//! TEST AND SET: a byte whose bits one CPU sets first.
//!
//! The instruction sets all bits and gives what the leftmost was, in one step that no other
//! CPU gets between. A compare-and-swap of a byte is a loop on the word around it.

use core::arch::asm;
use core::sync::atomic::{AtomicU8, Ordering};

/// A byte that CPUs share.
#[derive(Debug)]
#[repr(transparent)]
pub struct Byte(AtomicU8);

impl Byte {
    /// A byte of this value.
    pub const fn new(value: u8) -> Self {
        Self(AtomicU8::new(value))
    }

    /// Reads it.
    #[inline(always)]
    pub fn load(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }

    /// Writes it.
    #[inline(always)]
    pub fn store(&self, value: u8) {
        self.0.store(value, Ordering::Relaxed);
    }

    /// Sets all bits; whether the leftmost was one before (Principles of Operation, General
    /// Instructions, TEST AND SET).
    #[inline(always)]
    pub fn test_and_set(&self) -> bool {
        // SAFETY: C7: one interlocked update of this byte, which is changed by atomic
        // operations alone.
        unsafe {
            asm!(
                "ts 0({byte})",
                "jnz {was_set}",
                byte = in(reg_addr) self.0.as_ptr(),
                was_set = label { return true },
                options(nostack),
            );
        }
        false
    }
}
