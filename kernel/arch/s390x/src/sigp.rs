//! SIGNAL PROCESSOR: how CPUs start, stop and interrupt one another.
//!
//! Principles of Operation, chapter 4, "CPU Signaling and Response".

use core::arch::asm;
use core::fmt;

/// Orders, as the instruction's second operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Order {
    /// Report the CPU's status.
    Sense = 0x01,
    /// Pend an external call; only one can pend at a time.
    ExternalCall = 0x02,
    /// Pend an emergency signal; one from each CPU can pend.
    EmergencySignal = 0x03,
    /// Stop.
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

/// Signals the CPU of address `cpu`; while it is busy, tries again.
pub fn signal(cpu: u16, order: Order, parameter: u32) -> Result<(), Refusal> {
    loop {
        let mut status = u64::from(parameter);
        let condition: u64;
        // SAFETY: register 1 holds the parameter and receives the status. What
        // the order does to the other CPU is the caller's concern; none of the
        // orders above writes storage but through that CPU.
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
            2 => crate::cpu::relax(),
            _ => return Err(Refusal::NotOperational),
        }
    }
}

/// Stops the CPU and waits until it has.
pub fn stop(cpu: u16) -> Result<(), Refusal> {
    signal(cpu, Order::Stop, 0)?;
    loop {
        match signal(cpu, Order::Sense, 0) {
            Err(Refusal::Status(status)) if status & STATUS_STOPPED != 0 => return Ok(()),
            Err(Refusal::NotOperational) => return Err(Refusal::NotOperational),
            Ok(()) | Err(Refusal::Status(_)) => crate::cpu::relax(),
        }
    }
}
