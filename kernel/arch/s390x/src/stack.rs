//! Stacks: sizes, and the running one's registers.
//!
//! s390x ELF ABI, "The Stack Frame".

use core::arch::asm;

/// Bytes in a stack, its guard page included.
pub const SIZE: usize = 64 * 1024;

/// Bytes that the ABI keeps free above an initial stack pointer.
pub const SAVE_AREA: usize = 160;

/// The running function's stack pointer: where a backtrace of it starts.
#[inline(always)]
pub fn pointer() -> u64 {
    let pointer;
    // SAFETY: C7: reads a register.
    unsafe { asm!("lgr {}, %r15", out(reg) pointer, options(nomem, nostack, preserves_flags)) };
    pointer
}

/// General registers 0 to 15, as they are in this function: for a panic's report,
/// which has no frame of an interruption. Those that the ABI saves are the caller's.
#[inline(never)]
pub fn registers() -> [u64; 16] {
    let mut values = [0u64; 16];
    // SAFETY: C7: stores the 128 bytes of `values`.
    unsafe { asm!("stmg %r0, %r15, 0({})", in(reg_addr) &raw mut values, options(nostack)) };
    values
}
