//! The CPU's own state: control registers, interruption masks, facilities, wait.
//!
//! Principles of Operation, chapter 4 (control), chapter 10 (control
//! instructions).

use crate::lowcore;
use crate::psw::{Mask, Psw};
use bitflags::bitflags;
use core::arch::asm;

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

/// The interruption masks as they were before [`disable_interrupts`].
#[derive(Clone, Copy, Debug)]
pub struct InterruptState(u8);

impl InterruptState {
    const ENABLED: u8 = 0x03;

    /// Whether external or I/O interruptions were taken.
    pub fn was_enabled(self) -> bool {
        self.0 & Self::ENABLED != 0
    }
}

/// Turns external and I/O interruptions off; returns what was.
#[inline(always)]
pub fn disable_interrupts() -> InterruptState {
    let mut before = 0u8;
    // SAFETY: stores one byte to `before`. It orders memory accesses (no
    // `nomem`), so that what follows stays behind it.
    unsafe { asm!("stnsm 0({}), 0xfc", in(reg_addr) &raw mut before, options(nostack)) };
    InterruptState(before)
}

/// Turns interruptions back to what [`disable_interrupts`] found.
#[inline(always)]
pub fn restore_interrupts(state: InterruptState) {
    if state.was_enabled() {
        enable_interrupts();
    }
}

/// Turns external and I/O interruptions on.
#[inline(always)]
pub fn enable_interrupts() {
    let mut before = 0u8;
    // SAFETY: as above; the handlers are in place (traps).
    unsafe { asm!("stosm 0({}), 0x03", in(reg_addr) &raw mut before, options(nostack)) };
}

/// Whether external interruptions are taken now.
pub fn interrupts_enabled() -> bool {
    let mut mask = 0u8;
    // SAFETY: ORs nothing in; stores one byte.
    unsafe { asm!("stosm 0({}), 0x00", in(reg_addr) &raw mut mask, options(nostack)) };
    mask & InterruptState::ENABLED != 0
}

/// Runs `work` with interruptions off.
#[inline(always)]
pub fn without_interrupts<R>(work: impl FnOnce() -> R) -> R {
    let state = disable_interrupts();
    let result = work();
    restore_interrupts(state);
    result
}

/// Waits until an interruption has been handled.
///
/// Call it with interruptions off, after finding nothing to do: loading the
/// wait PSW turns them on and waits in one step, so a signal that comes in
/// between is not lost. The handler's way back clears the wait bit (traps).
/// Returns with interruptions off.
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
/// other interruptions off.
pub fn enter_translated_mode() {
    let mask = Mask::ADDRESSING_64 | Mask::DAT | Mask::MACHINE_CHECK;
    let mut psw = Psw { mask, address: 0 };
    // SAFETY: control register 1 holds tables that map this code and stack
    // where they are (M1).
    unsafe {
        asm!(
            "larl {t}, 1f",
            "stg {t}, 8({psw})",
            "lpswe 0({psw})",
            "1:",
            psw = in(reg_addr) &raw mut psw,
            t = out(reg) _,
            options(nostack),
        );
    }
}

/// The running CPU's number (see [`lowcore::cpu_number`]).
pub fn number() -> u32 {
    lowcore::cpu_number()
}
