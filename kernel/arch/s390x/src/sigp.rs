//! SIGNAL PROCESSOR: how CPUs start, stop and interrupt one another.
//!
//! An order that could break what another CPU does is an unsafe function. Keeps C11.
//! Principles of Operation, chapter 4, "CPU Signaling and Response".

use core::arch::asm;
use core::fmt;

/// Orders, as the instruction's second operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Order {
    /// Report the CPU's status.
    Sense = 0x01,
    /// Pend an emergency signal; one from each CPU can pend.
    EmergencySignal = 0x03,
    /// Stop executing; signals are still answered.
    Stop = 0x05,
    /// Take a restart interruption.
    Restart = 0x06,
    /// Reset, control registers included.
    InitialReset = 0x0b,
    /// Set the prefix; the CPU must be stopped.
    SetPrefix = 0x0d,
}

/// A CPU's answer other than "accepted".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Condition code 1: status bits say why.
    Status(u32),
    /// Condition code 3: there is no such CPU.
    NotOperational,
}

/// Status bit: the CPU is stopped.
pub const STATUS_STOPPED: u32 = 0x40;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Status(status) => write!(f, "status {status:#010x}"),
            Refusal::NotOperational => f.write_str("not operational"),
        }
    }
}

/// Asks for the CPU's status; `Ok` when there is nothing to report, so for one that
/// runs.
pub fn sense(cpu: u16) -> Result<(), Refusal> {
    // SAFETY: C11: changes nothing.
    unsafe { signal(cpu, Order::Sense, 0) }
}

/// Interrupts the CPU; its handler gets [`External::EmergencySignal`]
/// (crate::traps::External::EmergencySignal) with this CPU's address.
pub fn emergency_signal(cpu: u16) -> Result<(), Refusal> {
    // SAFETY: C11: the kernel's handlers take it at any time that they are let.
    unsafe { signal(cpu, Order::EmergencySignal, 0) }
}

/// Stops the CPU, between two instructions and for good, and waits until it has.
/// What it was doing stays undone, locks that it holds stay held.
pub fn stop(cpu: u16) -> Result<(), Refusal> {
    // SAFETY: C11: a CPU that runs nothing any more changes nothing.
    unsafe { signal(cpu, Order::Stop, 0) }?;
    loop {
        match sense(cpu) {
            Err(Refusal::Status(status)) if status & STATUS_STOPPED != 0 => return Ok(()),
            Err(Refusal::NotOperational) => return Err(Refusal::NotOperational),
            Ok(()) | Err(Refusal::Status(_)) => core::hint::spin_loop(),
        }
    }
}

/// Resets the CPU to its initial state: stopped, control registers and prefix as at
/// power-on.
///
/// # Safety
/// C11: the CPU isn't online, nor being started.
pub unsafe fn initial_reset(cpu: u16) -> Result<(), Refusal> {
    // SAFETY: C11: the caller's promise.
    unsafe { signal(cpu, Order::InitialReset, 0) }
}

/// Sets the prefix of a stopped CPU: where its lowcore is.
///
/// # Safety
/// C11: the CPU isn't online, nor being started. C1: the lowcore at `prefix` is its
/// own, filled in; it's aligned to [`lowcore::SIZE`](crate::lowcore::SIZE).
pub unsafe fn set_prefix(cpu: u16, prefix: u32) -> Result<(), Refusal> {
    // SAFETY: C11, C1: the caller's promise.
    unsafe { signal(cpu, Order::SetPrefix, prefix) }
}

/// Makes the CPU take a restart interruption: it loads the restart-new PSW of its
/// lowcore, and runs.
///
/// # Safety
/// C11: the CPU isn't online, or its lowcore's restart-new PSW is that of a handler
/// which takes any state; what the PSW leads to may run.
pub unsafe fn restart(cpu: u16) -> Result<(), Refusal> {
    // SAFETY: C11: the caller's promise.
    unsafe { signal(cpu, Order::Restart, 0) }
}

/// Signals the CPU of address `cpu`; while it is busy, tries again.
///
/// # Safety
/// C11: the order may be carried out on that CPU, now.
unsafe fn signal(cpu: u16, order: Order, parameter: u32) -> Result<(), Refusal> {
    loop {
        let mut status = u64::from(parameter);
        let condition: u64;
        // SAFETY: C11: the caller's promise. C7: register 1 holds the parameter and
        // receives the status; the orders above write no storage themselves.
        unsafe {
            asm!(
                "sigp %r1, {cpu}, 0({order})",
                "ipm {condition}",
                "srl {condition}, 28",
                cpu = in(reg) u64::from(cpu),
                order = in(reg_addr) order as u64,
                condition = out(reg) condition,
                inout("r1") status,
                options(nostack),
            );
        }
        match condition as u32 {
            0 => return Ok(()),
            1 => return Err(Refusal::Status(status as u32)),
            2 => core::hint::spin_loop(),
            _ => return Err(Refusal::NotOperational),
        }
    }
}
