//! Control registers: which interruptions a CPU admits, what it protects, where
//! its translation tables are.
//!
//! Principles of Operation, chapter 4, "Control Registers". A register is changed
//! by read, change, load; each CPU has its own, and an interruption changes none.
//! Keeps C6.

use bitflags::bitflags;
use core::arch::asm;

bitflags! {
    /// Classes of external interruptions that a CPU can admit, as bits of control
    /// register 0. An admitted one is taken once interruptions are on.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ExternalClass: u64 {
        /// Bit 49: emergency signals.
        const EMERGENCY_SIGNAL = 1 << (63 - 49);
        /// Bit 50: external calls.
        const EXTERNAL_CALL = 1 << (63 - 50);
        /// Bit 52: the clock comparator's.
        const CLOCK_COMPARATOR = 1 << (63 - 52);
        /// Bit 54: service signals, of the service-call processor.
        const SERVICE_SIGNAL = 1 << (63 - 54);
    }
}

bitflags! {
    /// Protections that a CPU can add to those of the page tables, as bits of
    /// control register 0.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Protections: u64 {
        /// Bit 35: no store to bytes 0-511 and 4096-4607.
        const LOW_ADDRESS = 1 << (63 - 35);
        /// Bit 43: no instruction fetch from pages whose entry forbids it. Needs
        /// [`FACILITY_EXECUTION_PROTECTION`](crate::cpu::FACILITY_EXECUTION_PROTECTION).
        const EXECUTION = 1 << (63 - 43);
    }
}

/// Admits external interruptions of these classes on this CPU, besides those that
/// it admits already. Their handler is [`Handlers::external`](crate::traps::Handlers).
pub fn admit(classes: ExternalClass) {
    change_control0(classes.bits(), 0);
}

/// Admits external interruptions of these classes no longer on this CPU. Those that
/// aren't for one CPU alone, as service signals are, stay pending until another CPU
/// takes them.
pub fn exclude(classes: ExternalClass) {
    change_control0(0, classes.bits());
}

/// Turns these protections on, on this CPU: more accesses end in program checks.
pub fn protect(protections: Protections) {
    change_control0(protections.bits(), 0);
}

/// Has this CPU report MONITOR CALLs of class 0, by a program check; otherwise the instruction
/// does nothing. Their handler is [`Handlers::monitor_call`](crate::traps::Handlers).
pub fn enable_monitor_calls() {
    /// Bit 48 of control register 8: class 0.
    const CLASS_0: u64 = 1 << (63 - 48);
    let mut value = 0u64;
    // SAFETY: C7: STCTG stores the eight bytes of `value`.
    unsafe { asm!("stctg %c8, %c8, 0({})", in(reg_addr) &raw mut value, options(nostack)) };
    value |= CLASS_0;
    // SAFETY: C6: the bit added enables an instruction whose handler is in place.
    unsafe { asm!("lctlg %c8, %c8, 0({})", in(reg_addr) &raw const value, options(nostack)) };
}

/// Admits external interruptions of these classes and of no others on this CPU; returns
/// those that it admitted before. With interruptions off, or one of them may be taken
/// meanwhile.
pub fn admit_only(classes: ExternalClass) -> ExternalClass {
    let before = ExternalClass::from_bits_truncate(control0());
    change_control0(classes.bits(), ExternalClass::all().bits());
    before
}

fn change_control0(add: u64, remove: u64) {
    let value = control0() & !remove | add;
    // SAFETY: C6: the bits added admit interruptions, which have handlers, or refuse
    // accesses.
    unsafe { asm!("lctlg %c0, %c0, 0({})", in(reg_addr) &raw const value, options(nostack)) };
}

fn control0() -> u64 {
    let mut value = 0u64;
    // SAFETY: C7: STCTG stores the eight bytes of `value`.
    unsafe { asm!("stctg %c0, %c0, 0({})", in(reg_addr) &raw mut value, options(nostack)) };
    value
}

/// Whether this CPU admits external interruptions of all of these classes.
pub fn admits(classes: ExternalClass) -> bool {
    ExternalClass::from_bits_truncate(control0()).contains(classes)
}

/// The primary address-space-control element: which tables translate this CPU's
/// addresses. Meaningless before [`set_translation_tables`].
pub fn translation_tables() -> u64 {
    let mut element = 0u64;
    // SAFETY: C7: stores the eight bytes of `element`.
    unsafe { asm!("stctg %c1, %c1, 0({})", in(reg_addr) &raw mut element, options(nostack)) };
    element
}

/// Loads the primary address-space-control element, control register 1.
///
/// # Safety
/// M1: if translation is on, the tables that it names map the running code, its
/// stack and data, and real page 0 where they are. If it is off, they must once it
/// is turned on.
pub unsafe fn set_translation_tables(element: u64) {
    // SAFETY: M1, C6: the caller's promise.
    unsafe { asm!("lctlg %c1, %c1, 0({})", in(reg_addr) &raw const element, options(nostack)) };
}

/// All sixteen control registers, for a CPU that is to be started alike.
pub fn registers() -> [u64; 16] {
    let mut values = [0u64; 16];
    // SAFETY: C7: stores the 128 bytes of `values`.
    unsafe { asm!("stctg %c0, %c15, 0({})", in(reg_addr) &raw mut values, options(nostack)) };
    values
}
