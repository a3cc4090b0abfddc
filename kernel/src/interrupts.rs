//! What the kernel does about interruptions: the machine layer calls up here.

use crate::{modules, monitor_call, panic, smp, sync, timer, watchdog};
use arch::boot;
use arch::counting::Stretch;
use arch::fault_safe;
use arch::traps::{Code, External, Handlers, ProgramCheck, TrapFrame};
use core::sync::atomic::{AtomicBool, Ordering};
use loader::linux::Fixup;
use module_api::errno;
use this_cpu::{Variable, percpu};

percpu! {
    /// Clock-comparator interruptions that this CPU took.
    pub static CLOCK: u64 = 0;
    /// Emergency signals and external calls that this CPU took.
    pub static SIGNALS: u64 = 0;
    /// All other external interruptions that this CPU took: service signals, and codes
    /// that this kernel has no use for.
    pub static OTHERS: u64 = 0;
}

/// Bits of a service signal's parameter: the service processor has an event, such as input,
/// to be read. The others are the address of the block that a finished command was about.
const EVENT_PENDING: u32 = 3;

/// A service signal came with an event.
static SERVICE_EVENT: AtomicBool = AtomicBool::new(false);

/// Whether a service signal has come with an event since [`take_service_event`].
pub fn is_service_event() -> bool {
    SERVICE_EVENT.load(Ordering::Acquire)
}

/// Forgets the events that have come: whoever reads them now waits for later ones.
pub fn take_service_event() {
    SERVICE_EVENT.store(false, Ordering::Release);
}

/// Sets what code of Linux's that goes on behind a program check expects: the error of a bad
/// address, and 0 in what was to be loaded.
fn apply(fixup: Fixup, registers: &mut [u64; 16]) {
    let bad_address = i64::from(-errno::EFAULT).cast_unsigned();
    let mut set = |register: u8, value| registers[usize::from(register & 0xf)] = value;
    match fixup {
        Fixup::Nothing => {}
        Fixup::Error { error } => set(error, bad_address),
        Fixup::ErrorAndRegister { error, loaded } => {
            set(error, bad_address);
            set(loaded, 0);
        }
        Fixup::ErrorAndMemory {
            error,
            address,
            bytes,
        } => {
            set(error, bad_address);
            let start = registers[usize::from(address & 0xf)] as usize;
            for byte in 0..usize::from(bytes) {
                // SAFETY: C9, L11: the code was to load into these bytes, which are its own.
                let stored = unsafe { fault_safe::write_u8(start.wrapping_add(byte), 0) };
                if stored.is_err() {
                    break;
                }
            }
        }
    }
}

/// This kernel's handlers.
pub struct KernelHandlers;

impl Handlers for KernelHandlers {
    fn external(&self, what: External, frame: &TrapFrame) {
        match what {
            External::EmergencySignal(_) | External::ExternalCall(_) => {
                SIGNALS.inc();
                // SAFETY: P6, C2: this is the handler, and handlers run with interrupts off.
                unsafe { smp::serve_mailbox() };
                smp::timers::signalled();
            }
            External::ClockComparator => {
                CLOCK.inc();
                // A call whose signal was lost waits no longer than for the next look.
                // SAFETY: P6, C2: a handler of external interruptions, as the signal's is.
                unsafe { smp::serve_mailbox() };
                timer::interrupt();
                smp::timers::interrupt();
                watchdog::interrupt(frame);
            }
            External::ServiceSignal(parameter) => {
                OTHERS.inc();
                if parameter & EVENT_PENDING != 0 {
                    SERVICE_EVENT.store(true, Ordering::Release);
                }
            }
            External::Other(_) => OTHERS.inc(),
        }
    }

    fn program_check(&self, check: &ProgramCheck, frame: &TrapFrame) -> ! {
        panic::program_check(check, frame)
    }

    fn monitor_call(&self, check: &ProgramCheck, frame: &TrapFrame) -> bool {
        monitor_call::handle(check, frame)
    }

    fn resume(&self, check: &ProgramCheck, frame: &mut TrapFrame) -> bool {
        let Some(exception) = modules::exception_at(check.instruction()) else {
            return false;
        };
        frame.psw.address = exception.continuation;
        apply(exception.fixup, &mut frame.registers);
        true
    }

    fn code_at(&self, address: u64) -> Code {
        let (start, end) = boot::image().text;
        match (start as u64..end as u64).contains(&address) {
            true => Code::Plain,
            false => modules::code_at(address),
        }
    }

    fn restart(&self, frame: &TrapFrame) {
        watchdog::restart(frame);
    }

    fn unexpected(&self, what: &str, frame: &TrapFrame) -> ! {
        panic::unexpected(what, frame)
    }

    fn section_ended(&self, outermost: Option<Stretch>) {
        sync::counting::section_ended(outermost);
    }
}
