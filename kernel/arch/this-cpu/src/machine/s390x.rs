//! The running CPU's offset and its interrupt mask.

use core::arch::asm;

/// The running CPU's offset.
#[inline(always)]
pub fn offset() -> usize {
    let offset;
    // SAFETY: P2. Page 0 is readable on every CPU. The offset doesn't change
    // while this code runs (C3), so the load may be merged or moved (`pure`).
    unsafe {
        asm!("lg {}, 816(0)", out(reg) offset, options(pure, nomem, nostack, preserves_flags));
    }
    offset
}

/// Runs `work` with external and I/O interruptions masked, then puts the mask back
/// as it was.
///
/// Principles of Operation, chapter 10: STORE THEN AND SYSTEM MASK, SET SYSTEM MASK.
#[inline(always)]
pub fn without_interrupts<R>(work: impl FnOnce() -> R) -> R {
    let mut mask = 0u8;
    // SAFETY: P4: only the mask bits for I/O and external change.
    unsafe { asm!("stnsm 0({}), 0xfc", in(reg_addr) &raw mut mask, options(nostack)) };
    let result = work();
    // SAFETY: P4: the mask that was there.
    unsafe { asm!("ssm 0({})", in(reg_addr) &raw const mask, options(nostack)) };
    result
}
