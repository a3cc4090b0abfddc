//! Courses of code on one CPU, each with a stack of its own, and the change from one to
//! another.
//!
//! ```text
//!  change(&mut own, other):   registers 6 to 15 ──► save area of the running frame
//!                             stack pointer     ──► own
//!                             registers 6 to 15 ◄── save area at other
//! ```
//!
//! A function may change all other registers (s390x ELF ABI, "Register Usage"), so who
//! called `change` finds what it left when another course changes back. The kernel and its
//! modules use no floating point.

use crate::stack::SAVE_AREA;
use core::arch::global_asm;

global_asm!(
    ".text",
    // change_course(%r2 where the stack pointer goes, %r3 the other's)
    ".globl change_course",
    ".type change_course, @function",
    ".balign 16",
    "change_course:",
    "stmg %r6, %r15, 48(%r15)",
    "stg %r15, 0(%r2)",
    "lmg %r6, %r15, 48(%r3)",
    "br %r14",
    ".size change_course, .-change_course",
);

unsafe extern "C" {
    fn change_course(own: *mut u64, other: u64);
}

/// Where registers 14 and 15 are in a frame's save area, in words.
const RETURN: usize = 14;

/// Prepares a course that begins with `first` on an unused stack; returns its stack pointer
/// for [`change`].
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

/// Leaves the running course, whose stack pointer goes to `own`, and goes on with another;
/// returns when that, or a third, changes back.
///
/// # Safety
/// C25: `other` is what [`prepare`] returned or `change` stored, on this CPU, and it is used
/// this once.
pub unsafe fn change(own: *mut u64, other: u64) {
    // SAFETY: C25: the caller's promise.
    unsafe { change_course(own, other) };
}
