//! The running CPU's offset, and its interrupt mask.
//!
//! Both are in lowcore, whose page 0 every CPU has as its own (C1). It is read at
//! absolute displacements, without a base register, and written at the base that the
//! kernel keeps in it: virtual page 0 is read-only.

use super::lowcore;
use super::nesting::{Nesting, section};
use core::arch::asm;

/// The running CPU's offset: what a handle and the address of its copy differ by.
#[inline(always)]
pub fn offset() -> usize {
    let offset;
    // SAFETY: P2. Page 0 is readable on every CPU. The offset doesn't change
    // while this code runs (C3), so the load may be merged or moved (`pure`).
    unsafe {
        asm!(
            "lg {}, {}(0)", out(reg) offset, const lowcore::PER_CPU_OFFSET,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    offset
}

/// Runs `work` with external and I/O interruptions off. Sections nest (C4).
#[inline(always)]
pub fn without_interrupts<R>(work: impl FnOnce() -> R) -> R {
    section::<Lowcore, R>(work)
}

/// The running CPU's words in lowcore.
struct Lowcore;

/// Bits of the system mask for I/O and external interruptions.
const ENABLED: u8 = 0x03;

// SAFETY: C4: the words that the kernel's own sections use, in the same way.
unsafe impl Nesting for Lowcore {
    #[inline(always)]
    fn depth() -> i32 {
        let depth;
        // SAFETY: C1, C4: a word of this CPU's own; page 0 is readable on every CPU.
        // Not `nomem`: it changes.
        unsafe {
            asm!(
                "l {}, {}(0)", out(reg) depth, const lowcore::INTERRUPT_DEPTH,
                options(readonly, nostack, preserves_flags),
            );
        }
        depth
    }

    #[inline(always)]
    fn set_depth(depth: i32) {
        // SAFETY: C1, C4: a word of this CPU's own, which only this code changes now:
        // interrupts are off.
        unsafe {
            asm!(
                "lg {base}, {writable}(0)",
                "st {depth}, {at}({base})",
                base = out(reg_addr) _,
                depth = in(reg) depth,
                writable = const lowcore::WRITABLE,
                at = const lowcore::INTERRUPT_DEPTH,
                options(nostack, preserves_flags),
            );
        }
    }

    #[inline(always)]
    fn were_on() -> bool {
        let state: u32;
        // SAFETY: C1, C4: a word of this CPU's own; page 0 is readable on every CPU.
        unsafe {
            asm!(
                "l {}, {}(0)", out(reg) state, const lowcore::INTERRUPT_STATE,
                options(readonly, nostack, preserves_flags),
            );
        }
        state != 0
    }

    /// STORE THEN AND SYSTEM MASK, into the last byte of the state.
    #[inline(always)]
    fn turn_off() {
        // SAFETY: C1, C4: a word of this CPU's own, at depth 0: an interruption before
        // STNSM leaves it as it is, and behind it there is none. Orders memory accesses
        // (no `nomem`): what follows stays behind it.
        unsafe {
            asm!(
                "lg {base}, {writable}(0)",
                "stnsm {byte}({base}), 0xfc",
                "ni {byte}({base}), {enabled}",
                base = out(reg_addr) _,
                writable = const lowcore::WRITABLE,
                byte = const lowcore::INTERRUPT_STATE + 3,
                enabled = const ENABLED,
                options(nostack),
            );
        }
    }

    /// The kernel's code takes the base of lowcore in register 1, and where it goes on in 0.
    #[inline(always)]
    fn begin_counted() {
        // SAFETY: C4: the kernel's own way into a section. Orders memory accesses.
        unsafe {
            asm!(
                "lg %r1, {writable}(0)",
                "lg {begin}, {begin_counted}(0)",
                "basr %r0, {begin}",
                begin = out(reg_addr) _,
                out("r0") _,
                out("r1") _,
                writable = const lowcore::WRITABLE,
                begin_counted = const lowcore::BEGIN_COUNTED,
                options(nostack),
            );
        }
    }

    /// As [`begin_counted`](Self::begin_counted); the depth is counted down before.
    #[inline(always)]
    fn end_counted() {
        // SAFETY: C4: the kernel's own way out of a section. Orders memory accesses.
        unsafe {
            asm!(
                "lg %r1, {writable}(0)",
                "asi {depth}(%r1), -1",
                "lg {end}, {end_counted}(0)",
                "basr %r0, {end}",
                end = out(reg_addr) _,
                out("r0") _,
                out("r1") _,
                writable = const lowcore::WRITABLE,
                depth = const lowcore::INTERRUPT_DEPTH,
                end_counted = const lowcore::END_COUNTED,
                options(nostack),
            );
        }
    }

    /// STORE THEN OR SYSTEM MASK; what it stores nobody reads.
    #[inline(always)]
    fn turn_on() {
        // SAFETY: C4: the outermost section has ended, and they were on before it.
        // Orders memory accesses (no `nomem`): what came before stays before it.
        unsafe {
            asm!(
                "lg {base}, {writable}(0)",
                "stosm {scratch}({base}), {enabled}",
                base = out(reg_addr) _,
                writable = const lowcore::WRITABLE,
                scratch = const lowcore::SCRATCH,
                enabled = const ENABLED,
                options(nostack, preserves_flags),
            );
        }
    }
}
