//! The running CPU: its number, its interrupts-off sections, waiting, facilities.
//!
//! ```text
//!  lowcore 0x348  depth   sections that the CPU is in
//!          0x34c  state   whether interruptions were on before the outermost
//!
//!   depth 0, on     push    depth 1, state on     another push    depth 2
//!   depth 2         pop     depth 1, still off    last pop        depth 0, on
//! ```
//!
//! On a CPU whose sections are counted the depth is negative, and leads push and pop
//! another way: counting.rs.
//!
//! An interrupt handler finds interruptions off by the PSW, and the depth of what
//! it interrupted; its own sections nest above and leave interruptions off. Keeps
//! C4. Principles of Operation, chapter 4 ("Control") and chapter 10 ("Control
//! Instructions").

use crate::counted_section::{ENABLED, STATE_BYTE, section_begin_counted, section_end_counted};
use crate::lowcore::{self, Lowcore};
use crate::psw::{Mask, Psw};
use core::arch::asm;
use core::mem::offset_of;

/// Turns external and I/O interruptions off until the matching
/// [`pop_interrupts_off`].
///
/// The pairs nest and may end in any order (C4): the first to begin keeps whether
/// interruptions were on, and the last to end turns them on again if so. In an
/// interrupt handler they are off by the PSW; its pairs leave them so. Most code
/// wants [`without_interrupts`].
#[inline(always)]
pub fn push_interrupts_off() {
    // SAFETY: C4. At depth 0 an interruption before STNSM finds, and leaves, depth
    // 0; behind it there is none. Orders memory accesses (no `nomem`).
    unsafe {
        asm!(
            "lt %r0, {at_depth}(0)",
            "lg %r1, {writable}(0)",
            "je 2f",
            "jh 3f",
            "brasl %r0, {begin_counted}",
            "j 4f",
            "2:",
            "stnsm {at_state}(%r1), 0xfc",
            "ni {at_state}(%r1), {enabled}",
            "3:",
            "asi {at_depth}(%r1), 1",
            "4:",
            out("r0") _,
            out("r1") _,
            begin_counted = sym section_begin_counted,
            writable = const offset_of!(Lowcore, writable),
            at_depth = const offset_of!(Lowcore, interrupt_depth),
            at_state = const STATE_BYTE,
            enabled = const ENABLED,
            options(nostack),
        );
    }
}

/// Ends what a [`push_interrupts_off`] began. With the last of them, interruptions
/// come on again if they were on before the first.
///
/// # Safety
/// C4: it ends a section that this CPU began by [`push_interrupts_off`], and that
/// nothing else ends.
///
/// # Panics
/// If there is no section to end.
#[inline(always)]
pub unsafe fn pop_interrupts_off() {
    // SAFETY: C4: the depth is this CPU's, and at depth 0 the mask becomes what it
    // was before the caller's section and all others. Orders memory accesses (no `nomem`).
    unsafe {
        asm!(
            "lg %r1, {writable}(0)",
            "asi {at_depth}(%r1), -1",
            "je 2f",
            "jh 3f",
            // Counted, or one too many.
            "brasl %r0, {end_counted}",
            "j 3f",
            "2:",
            "lt %r0, {at_state}(0)",
            "je 3f",
            "stosm {scratch}(%r1), {enabled}",
            "3:",
            out("r0") _,
            out("r1") _,
            end_counted = sym section_end_counted,
            writable = const offset_of!(Lowcore, writable),
            at_depth = const offset_of!(Lowcore, interrupt_depth),
            at_state = const offset_of!(Lowcore, interrupt_state),
            scratch = const offset_of!(Lowcore, scratch),
            enabled = const ENABLED,
            options(nostack),
        );
    }
}

/// Stops a kernel that ends a section that nobody began.
#[cold]
pub(crate) fn no_section() -> ! {
    interrupts_off_for_good();
    panic!("an interrupts-off section is ended that nobody began");
}

/// Runs `work` with external and I/O interruptions off.
#[inline(always)]
pub fn without_interrupts<R>(work: impl FnOnce() -> R) -> R {
    push_interrupts_off();
    let result = work();
    // SAFETY: C4: the section began above.
    unsafe { pop_interrupts_off() };
    result
}

/// Turns external and I/O interruptions off in a way that no
/// [`pop_interrupts_off`] ends, be it one too many. For the end of a run.
pub fn interrupts_off_for_good() {
    const BEYOND_ANY_POPS: i32 = 1 << 30;
    // SAFETY: C1: fields of this CPU's own. C4: no section of the run's last code
    // is to end.
    unsafe {
        asm!(
            "lg {base}, {writable}(0)",
            "stnsm {scratch}({base}), 0xfc",
            "st {depth}, {at_depth}({base})",
            "mvhi {at_state}({base}), 0",
            base = out(reg_addr) _,
            depth = in(reg) BEYOND_ANY_POPS,
            writable = const offset_of!(Lowcore, writable),
            at_depth = const offset_of!(Lowcore, interrupt_depth),
            at_state = const offset_of!(Lowcore, interrupt_state),
            scratch = const offset_of!(Lowcore, scratch),
            options(nostack),
        );
    }
}

/// Turns external and I/O interruptions on, in a CPU's ordinary context, once it is
/// ready to take them: its first act of the kind.
///
/// # Safety
/// C2: not from an interrupt handler, and not inside a section that
/// [`push_interrupts_off`] began.
pub unsafe fn enable_interrupts() {
    // SAFETY: C2: the caller's promise; the handlers are in place since boot.
    unsafe {
        asm!(
            "lg {base}, {writable}(0)",
            "stosm {scratch}({base}), {enabled}",
            base = out(reg_addr) _,
            writable = const offset_of!(Lowcore, writable),
            scratch = const offset_of!(Lowcore, scratch),
            enabled = const ENABLED,
            options(nostack),
        );
    }
}

/// Whether external and I/O interruptions are taken now.
pub fn interrupts_enabled() -> bool {
    let mut mask = 0u8;
    // SAFETY: C7: ORs nothing into the mask; stores the byte of `mask`.
    unsafe { asm!("stosm 0({}), 0x00", in(reg_addr) &raw mut mask, options(nostack)) };
    mask & ENABLED != 0
}

/// Waits until an interruption has been handled, unless `ready`, which is asked
/// with interruptions off: one that comes after it was asked isn't missed, because
/// loading the wait PSW turns interruptions on and waits in one step.
///
/// For a CPU's ordinary context: with interruptions on, and no lock held.
///
/// # Panics
/// If interruptions are off, in a handler or an interrupts-off section: handlers
/// would run in the midst of it.
pub fn wait_for_interrupt_unless(ready: impl FnOnce() -> bool) {
    assert!(
        interrupts_enabled(),
        "a CPU waits for an interruption inside a handler or an interrupts-off section"
    );
    push_interrupts_off();
    if ready() {
        // SAFETY: C4: the section that the push above began.
        unsafe { pop_interrupts_off() };
    } else {
        // SAFETY: C4: the only section is this function's own, whose `ready` has ended.
        unsafe { end_section_in_wait() };
    }
}

/// Ends the one section that the CPU is in by an enabled wait; the handler's way back
/// clears the wait bit (traps).
///
/// # Safety
/// C4: the section is the caller's, before which interruptions were on.
unsafe fn end_section_in_wait() {
    let mask = Mask::ADDRESSING_64
        | Mask::DAT
        | Mask::WAIT
        | Mask::EXTERNAL
        | Mask::IO
        | Mask::MACHINE_CHECK;
    let mut psw = Psw { mask, address: 0 };
    // SAFETY: C4: the caller's promise. C7: the PSW, a local, continues at label 1
    // under the same translation.
    unsafe {
        asm!(
            "larl {t}, 1f",
            "stg {t}, 8({psw})",
            "lg {t}, {writable}(0)",
            "asi {at_depth}({t}), -1",
            "lpswe 0({psw})",
            "1:",
            psw = in(reg_addr) &raw mut psw,
            t = out(reg_addr) _,
            writable = const offset_of!(Lowcore, writable),
            at_depth = const offset_of!(Lowcore, interrupt_depth),
            options(nostack),
        );
    }
}

/// A hint for a loop that waits for another CPU.
#[inline(always)]
pub fn relax() {
    core::hint::spin_loop();
}

/// This CPU's address, by which SIGP knows it; not its [`number`].
pub fn address() -> u16 {
    let mut address = 0u16;
    // SAFETY: C7: stores the two bytes of `address`.
    unsafe { asm!("stap 0({})", in(reg_addr) &raw mut address, options(nostack)) };
    address
}

/// Whether the CPU has the facility of this number, up to 255 (STORE FACILITY LIST
/// EXTENDED; Principles of Operation, chapter 4, "Facility Indications").
pub fn has_facility(bit: usize) -> bool {
    let mut list = [0u64; 4];
    // SAFETY: C7: register 0 holds the doublewords to store less one; stores the 32
    // bytes of `list`.
    unsafe {
        asm!(
            "stfle 0({list})", list = in(reg_addr) list.as_mut_ptr(),
            inout("r0") list.len() as u64 - 1 => _, options(nostack),
        );
    }
    list.get(bit / 64)
        .is_some_and(|word| word >> (63 - bit % 64) & 1 == 1)
}

/// Facility 3: INVALIDATE DAT TABLE ENTRY.
pub const FACILITY_DAT_ENHANCEMENT_1: usize = 3;

/// Facility 51: local clearing by INVALIDATE PAGE TABLE ENTRY.
pub const FACILITY_LOCAL_TLB_CLEARING: usize = 51;

/// Facilities that compiled code rests on, by its target-cpu (z196), and this crate's
/// instructions, with their names (Principles of Operation, chapter 4).
const NEEDED: [(usize, &str); 7] = [
    (7, "store facility list extended"),
    (18, "long displacement"),
    (21, "extended immediate"),
    (34, "general instructions extension"),
    (35, "execute extensions"),
    (37, "floating-point extension"),
    (
        45,
        "interlocked access 1, distinct operands, load and store on condition",
    ),
];

/// Facilities that the kernel needs and this CPU doesn't announce, with their names. An
/// emulator may have their instructions all the same.
pub fn missing_facilities() -> impl Iterator<Item = (usize, &'static str)> {
    NEEDED.into_iter().filter(|&(bit, _)| !has_facility(bit))
}

/// Facility 130: instruction-execution protection.
pub const FACILITY_EXECUTION_PROTECTION: usize = 130;

/// Enters the state the kernel runs in: translation on, machine checks taken,
/// other interruptions off. From here on lowcore is written through its alias.
///
/// # Safety
/// Control register 1 holds tables that map the running code and its stack where
/// they are (M1), page 0 to real page 0, and [`lowcore::ALIAS`] to it, writable.
pub unsafe fn enter_translated_mode() {
    let mask = Mask::ADDRESSING_64 | Mask::DAT | Mask::MACHINE_CHECK;
    let mut psw = Psw { mask, address: 0 };
    // SAFETY: M1: the caller's promise. C1: the base goes into this CPU's own
    // lowcore, through itself.
    unsafe {
        asm!(
            "larl {t}, 1f",
            "stg {t}, 8({psw})",
            "lpswe 0({psw})",
            "1:",
            "stg {alias}, {writable}({alias})",
            psw = in(reg_addr) &raw mut psw,
            t = out(reg) _,
            alias = in(reg_addr) lowcore::ALIAS,
            writable = const offset_of!(Lowcore, writable),
            options(nostack),
        );
    }
}

/// The running CPU's number, from lowcore: 0 for the boot CPU.
#[inline(always)]
pub fn number() -> u32 {
    let number: u64;
    // SAFETY: P2, C3: page 0 is readable on every CPU, and the number is fixed.
    unsafe {
        asm!(
            "llgf {}, {}(0)", out(reg) number, const offset_of!(Lowcore, cpu_number),
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    // SAFETY: C7: the instruction clears the left half; so nobody does it again.
    unsafe { core::hint::assert_unchecked(number <= u32::MAX as u64) };
    number as u32
}
