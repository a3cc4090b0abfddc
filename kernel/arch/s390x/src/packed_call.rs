//! Calls of code with packed stack frames: what gcc's -mpacked-stack with -mbackchain makes, as
//! Linux's objects are compiled.
//!
//! ```text
//!               as the ABI has it     packed
//!  back chain          0               152    of the function's own frame
//!  register 14       112               136    of its caller's
//! ```
//!
//! A packed function takes what it needs of the 160 bytes that its caller keeps free, from their
//! end, and what it calls may use the rest, the caller's back chain included. So a packed frame
//! is put between this kernel's and theirs: what they overwrite isn't used, and a walk finds its
//! way (`backtrace.rs`).

use core::arch::global_asm;

global_asm!(
    ".text",
    ".balign 8",
    ".globl packed_call",
    ".globl packed_call_end",
    "packed_call:",
    "stmg %r14, %r15, 136(%r15)",
    "lgr %r1, %r15",
    "aghi %r15, -160",
    "stg %r1, 152(%r15)",
    "lgr %r1, %r2",
    "lgr %r2, %r3",
    "lgr %r3, %r4",
    "basr %r14, %r1",
    "lg %r14, 296(%r15)",
    "aghi %r15, 160",
    "br %r14",
    "packed_call_end:",
);

unsafe extern "C" {
    fn packed_call(function: usize, first: u64, second: u64) -> u64;
    fn packed_call_end();
}

/// Calls a function with packed frames, and returns what it leaves in register 2.
///
/// # Safety
/// L3: the address is that of a function of the C calling convention in code that stays there
/// meanwhile, which takes no more than two integers or pointers, for which these will do.
pub unsafe fn call(function: usize, first: u64, second: u64) -> u64 {
    // SAFETY: L3: the caller's promise.
    unsafe { packed_call(function, first, second) }
}

/// Whether an address is that of the code above, whose own frame is packed.
pub(crate) fn holds(address: u64) -> bool {
    let start = packed_call as *const () as u64;
    let end = packed_call_end as *const () as u64;
    (start..end).contains(&address)
}
