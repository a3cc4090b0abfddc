//! SIGNAL PROCESSOR: how CPUs start, stop and interrupt one another.
//!
//! An order that could break what another CPU does is an unsafe function. Keeps C11.
//! Principles of Operation, chapter 4, "CPU Signaling and Response".

use crate::fault_safe;
use crate::lowcore::{self, Lowcore};
use crate::psw::{Mask, Psw};
use crate::timer::Deadline;
use core::arch::asm;
use core::fmt;
use core::mem::offset_of;

/// Where a test makes CPUs busy: an order that fails here ends in condition code 2, and is given
/// again.
pub static BUSY: faults::Site = faults::Site::new();

/// Orders, as the instruction's second operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Order {
    /// Report the CPU's status.
    Sense = 0x01,
    /// Pend an external call; one can pend, and until it is taken another is refused.
    ExternalCall = 0x02,
    /// Pend an emergency signal; one from each CPU can pend.
    EmergencySignal = 0x03,
    /// Leave the stopped state, and go on.
    Start = 0x04,
    /// Stop executing; signals are still answered.
    Stop = 0x05,
    /// Take a restart interruption.
    Restart = 0x06,
    /// Reset, control registers included.
    InitialReset = 0x0b,
    /// Set the prefix; the CPU must be stopped.
    SetPrefix = 0x0d,
    /// Store the status of a stopped CPU at an address.
    StoreStatus = 0x0e,
    /// No order of any CPU has this code: how it is refused.
    Unknown = 0xff,
}

/// A CPU's answer other than "accepted".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Condition code 1: status bits say why.
    Status(u32),
    /// Condition code 3: there is no such CPU.
    NotOperational,
    /// The order was accepted, or put off, and not carried out for ten seconds.
    Silent,
}

/// Status bit: the order is none.
pub const STATUS_INVALID_ORDER: u32 = 0x02;

/// Status bit: an external call pends there, and isn't taken yet.
pub const STATUS_CALL_PENDING: u32 = 0x80;

/// Status bit: the parameter isn't one that the order takes.
pub const STATUS_INVALID_PARAMETER: u32 = 0x100;

/// Status bit: the CPU isn't in the state that the order is for.
pub const STATUS_INCORRECT_STATE: u32 = 0x200;

/// Status bit: the CPU is stopped.
pub const STATUS_STOPPED: u32 = 0x40;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Status(status) => write!(f, "status {status:#010x}"),
            Refusal::NotOperational => f.write_str("not operational"),
            Refusal::Silent => f.write_str("not carried out within ten seconds"),
        }
    }
}

/// Asks for the CPU's status; `Ok` when there is nothing to report, so for one that
/// runs.
pub fn sense(cpu: u16) -> Result<(), Refusal> {
    // SAFETY: C11: changes nothing.
    unsafe { signal(cpu, Order::Sense, 0) }
}

/// Interrupts the CPU; its handler gets
/// [`External::EmergencySignal`](crate::traps::External::EmergencySignal) with this CPU's address.
pub fn emergency_signal(cpu: u16) -> Result<(), Refusal> {
    // SAFETY: C11: the kernel's handlers take it at any time that they are let.
    unsafe { signal(cpu, Order::EmergencySignal, 0) }
}

/// Interrupts the CPU by an external call; its handler gets
/// [`External::ExternalCall`](crate::traps::External::ExternalCall) with this CPU's address. One
/// that pends there already is a status.
pub fn external_call(cpu: u16) -> Result<(), Refusal> {
    // SAFETY: C11: the kernel's handlers take it at any time that they are let.
    unsafe { signal(cpu, Order::ExternalCall, 0) }
}

/// Gives an order that there isn't.
pub fn unknown_order(cpu: u16) -> Result<(), Refusal> {
    // SAFETY: C11: no CPU carries it out.
    unsafe { signal(cpu, Order::Unknown, 0) }
}

/// Stops the CPU, between two instructions, and waits until it has. What it was doing
/// stays undone, locks that it holds stay held, until it is [`start`]ed.
pub fn stop(cpu: u16) -> Result<(), Refusal> {
    // SAFETY: C11: a CPU that runs nothing any more changes nothing.
    unsafe { signal(cpu, Order::Stop, 0) }?;
    let deadline = Deadline::after_seconds(PATIENCE);
    while !is_stopped(cpu)? {
        if deadline.is_past() {
            return Err(Refusal::Silent);
        }
        core::hint::spin_loop();
    }
    Ok(())
}

/// Whether the CPU is stopped.
///
/// # Errors
/// There is no such CPU.
pub fn is_stopped(cpu: u16) -> Result<bool, Refusal> {
    match sense(cpu) {
        Err(Refusal::Status(status)) => Ok(status & STATUS_STOPPED != 0),
        Err(Refusal::NotOperational) => Err(Refusal::NotOperational),
        Ok(()) | Err(Refusal::Silent) => Ok(false),
    }
}

/// Stops the running CPU, for good: where it is started again, it stops again. It takes no
/// lock and uses no memory but its stack.
pub fn stop_this_cpu() -> ! {
    loop {
        // What is refused is tried again.
        // SAFETY: C11: a CPU that runs nothing any more changes nothing.
        let _ = unsafe { signal(crate::cpu::address(), Order::Stop, 0) };
    }
}

/// Seconds that a CPU may take for an order.
const PATIENCE: u64 = 10;

/// Lets a stopped CPU go on where it was.
///
/// # Safety
/// C11: it was stopped by [`stop`], and everything is as it was then, but for what other
/// CPUs change at any time.
pub unsafe fn start(cpu: u16) -> Result<(), Refusal> {
    // SAFETY: C11: the caller's promise.
    unsafe { signal(cpu, Order::Start, 0) }
}

/// Where a CPU's status is stored (Principles of Operation, chapter 4, "Store Status").
#[derive(Debug)]
#[repr(C, align(512))]
pub struct StatusArea([u64; 64]);

/// What a stopped CPU was doing.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// Where, and under which conditions.
    pub psw: Psw,
    /// Its general registers.
    pub registers: [u64; 16],
    /// Absolute address of its lowcore.
    prefix: u32,
}

impl Status {
    /// Ranks of the locks that the CPU holds, bit n for rank n; none if its lowcore can't
    /// be read.
    pub fn held_ranks(&self) -> u32 {
        let at = lowcore::real_address(self.prefix) + offset_of!(Lowcore, held_ranks);
        fault_safe::read_u32(at).unwrap_or(0) & !lowcore::LOCKS_COUNTED
    }
}

impl StatusArea {
    /// An area of zeros.
    pub const ZERO: Self = Self([0; 64]);

    /// The status of a stopped CPU. The area is a static of the kernel's.
    ///
    /// # Errors
    /// The CPU's refusal: it isn't stopped, or doesn't exist.
    ///
    /// # Panics
    /// If the area isn't in the kernel image.
    pub fn store(&mut self, cpu: u16) -> Result<Status, Refusal> {
        const REGISTERS: usize = 128 / 8;
        const PSW: usize = 256 / 8;
        /// The doubleword whose left half is the prefix.
        const PREFIX: usize = 280 / 8;
        let address = self.0.as_mut_ptr() as usize;
        let (start, end) = crate::boot::image().data;
        assert!((start..end).contains(&address), "an area in the image");
        // SAFETY: C11: reads the state of a CPU that has stopped, and stores it in these
        // 512 bytes, whose real address is the virtual one (M1).
        unsafe { signal(cpu, Order::StoreStatus, address as u32) }?;
        let read = |index: usize| {
            let word = &raw const self.0[index];
            // SAFETY: C11: the processor has written it, and is done.
            unsafe { word.read_volatile() }
        };
        Ok(Status {
            psw: Psw {
                mask: Mask::from_bits_retain(read(PSW)),
                address: read(PSW + 1),
            },
            registers: core::array::from_fn(|number| read(REGISTERS + number)),
            prefix: (read(PREFIX) >> 32) as u32,
        })
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
/// own, filled in; it's aligned to [`lowcore::SIZE`].
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
    let deadline = Deadline::after_seconds(PATIENCE);
    loop {
        let (condition, status) = match BUSY.fails() {
            true => (2, 0),
            // SAFETY: C11: the caller's promise.
            false => unsafe { give(cpu, order, parameter) },
        };
        match condition {
            0 => return Ok(()),
            1 => return Err(Refusal::Status(status)),
            2 if deadline.is_past() => return Err(Refusal::Silent),
            2 => core::hint::spin_loop(),
            _ => return Err(Refusal::NotOperational),
        }
    }
}

/// Gives the order once: the condition code, and the status if that is 1.
///
/// # Safety
/// C11: the order may be carried out on that CPU, now.
unsafe fn give(cpu: u16, order: Order, parameter: u32) -> (u32, u32) {
    let mut status = u64::from(parameter);
    let condition: u64;
    // SAFETY: C11: the caller's promise. C7: register 1 holds the parameter and
    // receives the status; of the orders above one stores, where its caller says.
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
    (condition as u32, status as u32)
}
