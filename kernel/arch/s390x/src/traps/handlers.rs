//! What the kernel above does about interruptions.

use super::frame::TrapFrame;
use super::program::ProgramCheck;
use crate::counted_section::Stretch;
use core::cell::UnsafeCell;

/// An external interruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum External {
    /// Emergency signal from the CPU of this address.
    EmergencySignal(u16),
    /// External call from the CPU of this address.
    ExternalCall(u16),
    /// The clock comparator's time has come.
    ClockComparator,
    /// The service processor has finished a command, or has an event.
    ServiceSignal(u32),
    /// Anything else, by its code.
    Other(u16),
}

/// What code there is at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// None, as far as that can be known.
    None,
    /// Code whose stack frames are as the ABI has them.
    Plain,
    /// Code whose stack frames are packed (`packed_call.rs`).
    Packed,
}

/// The kernel's interruption handlers. All run with interruptions off (C2).
pub trait Handlers: Sync {
    /// An external interruption. `frame` is what it interrupted, at whatever depth
    /// of interrupts-off sections; a handler's own nest above.
    fn external(&self, what: External, frame: &TrapFrame);
    /// A program check for which there is no entry of the exception table, and that
    /// nobody caught.
    fn program_check(&self, check: &ProgramCheck, frame: &TrapFrame) -> !;
    /// A MONITOR CALL: whether the code may go on behind it.
    fn monitor_call(&self, check: &ProgramCheck, frame: &TrapFrame) -> bool;
    /// A program check of code that isn't this kernel's: whether that expects it, and `frame` now
    /// says where it goes on, and with what.
    fn resume(&self, check: &ProgramCheck, frame: &mut TrapFrame) -> bool;
    /// What code there is at an address. Never waits: panics ask.
    fn code_at(&self, address: u64) -> Code;
    /// A restart: an operator, or the machine's watchdog timer, asks where this CPU is,
    /// whatever it does and admits.
    fn restart(&self, frame: &TrapFrame);
    /// A machine check, a supervisor call or an I/O interruption: this kernel asks for
    /// none of them.
    fn unexpected(&self, what: &str, frame: &TrapFrame) -> !;
    /// An interrupts-off section has ended on this CPU, whose sections are counted; if it
    /// was the outermost, with what it was. Interruptions are off still. Takes no lock and
    /// begins no section.
    fn section_ended(&self, outermost: Option<Stretch>);
}

struct Installed(UnsafeCell<Option<&'static dyn Handlers>>);

// SAFETY: C8: written once, by the boot CPU before any other runs.
unsafe impl Sync for Installed {}

static HANDLERS: Installed = Installed(UnsafeCell::new(None));

/// Names the kernel's handlers.
///
/// # Safety
/// C8: once, on the boot CPU, before any other CPU runs and before the first
/// interruption.
pub unsafe fn set(handlers: &'static dyn Handlers) {
    // SAFETY: C8: the caller's promise: nobody reads it yet.
    unsafe { *HANDLERS.0.get() = Some(handlers) };
}

/// The kernel's handlers; without them a CPU can only stop.
pub fn get() -> &'static dyn Handlers {
    // SAFETY: C8: written once, before the first interruption.
    match unsafe { *HANDLERS.0.get() } {
        Some(handlers) => handlers,
        None => crate::power::crash(),
    }
}
