//! Contexts of execution on one CPU, each with a stack of its own, and the switch from one
//! to another.
//!
//! ```text
//!  switch(&mut own, other):   registers 6 to 15 ──► save area of the running frame
//!                             stack pointer     ──► own
//!                             registers 6 to 15 ◄── save area at other
//! ```
//!
//! A function may change all other registers (s390x ELF ABI, "Register Usage"), so who
//! called `switch` finds what it left when another context switches back. The kernel and its
//! modules use no floating point.

use crate::stack::SAVE_AREA;
use core::arch::global_asm;

global_asm!(
    ".text",
    // switch_context(%r2 where the stack pointer goes, %r3 the other's)
    ".globl switch_context",
    ".type switch_context, @function",
    ".balign 16",
    "switch_context:",
    "stmg %r6, %r15, 48(%r15)",
    "stg %r15, 0(%r2)",
    "lmg %r6, %r15, 48(%r3)",
    "br %r14",
    ".size switch_context, .-switch_context",
);

unsafe extern "C" {
    fn switch_context(own: *mut u64, other: u64);
}

/// Where registers 14 and 15 are in a frame's save area, in words.
const RETURN: usize = 14;

/// Prepares a context that begins with `first` on an unused stack; returns its stack pointer
/// for [`switch`].
///
/// # Safety
/// C25: a save area's bytes at `top` are that stack's highest, and nobody else's.
pub unsafe fn prepare(top: usize, first: extern "C" fn() -> !) -> u64 {
    let frame = core::ptr::with_exposed_provenance_mut::<u64>(top);
    // SAFETY: C25: the caller's promise.
    unsafe {
        frame.cast::<u8>().write_bytes(0, SAVE_AREA);
        frame.add(RETURN).write(first as *const () as u64);
        frame.add(RETURN + 1).write(top as u64);
    }
    top as u64
}

/// Leaves the running context, whose stack pointer goes to `own`, and goes on with another;
/// returns when that, or a third, switches back.
///
/// # Safety
/// C25: `other` is what [`prepare`] returned or `switch` stored, on this CPU, and it is used
/// this once.
pub unsafe fn switch(own: *mut u64, other: u64) {
    // SAFETY: C25: the caller's promise.
    unsafe { switch_context(own, other) };
}
