//! The CPU's own state: control registers, interruption masks, facilities, wait.
//!
//! Principles of Operation, chapter 4 (control), chapter 10 (control
//! instructions).

use crate::lowcore::{self, Lowcore};
use crate::psw::{Mask, Psw};
use bitflags::bitflags;
use core::arch::asm;
use core::mem::offset_of;

bitflags! {
    /// Control register 0.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Control0: u64 {
        /// Bit 43: instruction-execution protection.
        const EXECUTION_PROTECTION = 1 << (63 - 43);
        /// Bit 35: low-address protection, bytes 0-511 and 4096-4607.
        const LOW_ADDRESS_PROTECTION = 1 << (63 - 35);
        /// Bit 49: emergency signals are taken.
        const EMERGENCY_SIGNAL = 1 << (63 - 49);
        /// Bit 50: external calls are taken.
        const EXTERNAL_CALL = 1 << (63 - 50);
        /// Bit 52: the clock comparator interrupts.
        const CLOCK_COMPARATOR = 1 << (63 - 52);
        /// Bit 54: the service processor interrupts.
        const SERVICE_SIGNAL = 1 << (63 - 54);
        const _ = !0;
    }
}

/// Reads control register 0.
pub fn control0() -> Control0 {
    let mut value = 0u64;
    // SAFETY: stores eight bytes to `value`.
    unsafe { asm!("stctg %c0, %c0, 0({})", in(reg_addr) &raw mut value, options(nostack)) };
    Control0::from_bits_retain(value)
}

/// Loads control register 0.
pub fn set_control0(control: Control0) {
    let value = control.bits();
    // SAFETY: the bits defined above change which interruptions are taken and
    // which accesses are refused; the handlers for both are in place (traps).
    unsafe { asm!("lctlg %c0, %c0, 0({})", in(reg_addr) &raw const value, options(nostack)) };
}

/// Loads control register 1, the primary address-space-control element.
///
/// # Safety
/// The tables it names must map the running code, its stack and real page 0.
pub unsafe fn set_control1(element: u64) {
    // SAFETY: the caller's promise.
    unsafe { asm!("lctlg %c1, %c1, 0({})", in(reg_addr) &raw const element, options(nostack)) };
}

/// All sixteen control registers, for a CPU to be started alike.
pub fn control_registers() -> [u64; 16] {
    let mut values = [0u64; 16];
    // SAFETY: stores 128 bytes to `values`.
    unsafe { asm!("stctg %c0, %c15, 0({})", in(reg_addr) &raw mut values, options(nostack)) };
    values
}

/// Turns external and I/O interruptions off until the matching
/// [`pop_interrupts_off`].
///
/// The pairs nest and may end in any order (C4): the first to begin keeps whether
/// interruptions were on, and the last to end turns them on again if so. In an
/// interrupt handler they are off by the PSW; its pairs leave them so.
///
/// ```text
///   depth 0, on     push    depth 1, state on     another push    depth 2
///   depth 2         pop     depth 1, still off    last pop        depth 0, on
/// ```
#[inline(always)]
pub fn push_interrupts_off() {
    // SAFETY: C4. At depth 0 an interruption before STNSM finds, and leaves, depth
    // 0; behind it there is none. Orders memory accesses (no `nomem`).
    unsafe {
        asm!(
            "lt {depth}, {at_depth}(0)",
            "lg {base}, {writable}(0)",
            "jne 2f",
            "stnsm {at_state}({base}), 0xfc",
            "ni {at_state}({base}), {enabled}",
            "2:",
            "asi {at_depth}({base}), 1",
            base = out(reg_addr) _,
            depth = out(reg) _,
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
/// # Panics
/// If nothing is left to end.
#[inline(always)]
pub fn pop_interrupts_off() {
    // SAFETY: C4: the depth is this CPU's, and at depth 0 the mask becomes what it
    // was before. Orders memory accesses (no `nomem`).
    unsafe {
        asm!(
            "lg {base}, {writable}(0)",
            "asi {at_depth}({base}), -1",
            "je 3f",
            "jgl {unbalanced}",
            "j 2f",
            "3:",
            "lt {state}, {at_state}(0)",
            "je 2f",
            "stosm {scratch}({base}), {enabled}",
            "2:",
            base = out(reg_addr) _,
            state = out(reg) _,
            unbalanced = sym unbalanced,
            writable = const offset_of!(Lowcore, writable),
            at_depth = const offset_of!(Lowcore, interrupt_depth),
            at_state = const offset_of!(Lowcore, interrupt_state),
            scratch = const offset_of!(Lowcore, scratch),
            enabled = const ENABLED,
            options(nostack),
        );
    }
}

/// Bits of the system mask for I/O and external interruptions.
const ENABLED: u8 = 0x03;

/// Offset of the byte of `interrupt_state` that isn't 0 always.
const STATE_BYTE: usize = offset_of!(Lowcore, interrupt_state) + 3;

#[cold]
extern "C" fn unbalanced() -> ! {
    interrupts_off_for_good();
    panic!("interruptions are turned on once more than off");
}

/// Runs `work` with external and I/O interruptions off.
#[inline(always)]
pub fn without_interrupts<R>(work: impl FnOnce() -> R) -> R {
    push_interrupts_off();
    let result = work();
    pop_interrupts_off();
    result
}

/// Turns external and I/O interruptions off in a way that no
/// [`pop_interrupts_off`] ends, be it one too many. For the end of a run.
pub fn interrupts_off_for_good() {
    const BEYOND_ANY_POPS: u32 = 1 << 30;
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

/// Turns external and I/O interruptions on, in a CPU's ordinary course, once it is
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
    // SAFETY: C1: ORs nothing into the mask; stores one byte.
    unsafe { asm!("stosm 0({}), 0x00", in(reg_addr) &raw mut mask, options(nostack)) };
    mask & ENABLED != 0
}

/// Waits until an interruption has been handled.
///
/// Call it inside a section that [`push_interrupts_off`] began, with no lock held,
/// after finding nothing to do: loading the wait PSW turns interruptions on and
/// waits in one step, so a signal that comes in between is not lost. The handler
/// runs at the caller's depth, so its own sections don't turn them on; its way
/// back clears the wait bit (traps). Returns with interruptions off.
pub fn wait_for_interrupt() {
    let mask = Mask::ADDRESSING_64
        | Mask::DAT
        | Mask::WAIT
        | Mask::EXTERNAL
        | Mask::IO
        | Mask::MACHINE_CHECK;
    let mut psw = Psw { mask, address: 0 };
    // SAFETY: the PSW continues at label 1 under the same translation.
    unsafe {
        asm!(
            "larl {t}, 1f",
            "stg {t}, 8({psw})",
            "lpswe 0({psw})",
            "1:",
            "stnsm 0({psw}), 0xfc",
            psw = in(reg_addr) &raw mut psw,
            t = out(reg) _,
            options(nostack),
        );
    }
}

/// Tells the CPU that this loop waits for another CPU.
#[inline(always)]
pub fn relax() {
    core::hint::spin_loop();
}

/// This CPU's address, the one SIGP takes.
pub fn address() -> u16 {
    let mut address = 0u16;
    // SAFETY: stores two bytes to `address`.
    unsafe { asm!("stap 0({})", in(reg_addr) &raw mut address, options(nostack)) };
    address
}

/// Whether the CPU has facility `bit` (STORE FACILITY LIST EXTENDED).
pub fn has_facility(bit: usize) -> bool {
    let mut list = [0u64; 4];
    // SAFETY: register 0 holds the doublewords to store less one; stores 32 bytes.
    unsafe {
        asm!(
            "stfle 0({list})", list = in(reg_addr) list.as_mut_ptr(),
            inout("r0") list.len() as u64 - 1 => _, options(nostack),
        );
    }
    list.get(bit / 64)
        .is_some_and(|word| word >> (63 - bit % 64) & 1 == 1)
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

/// The running CPU's number (see [`lowcore::cpu_number`]).
pub fn number() -> u32 {
    lowcore::cpu_number()
}
