//! What the kernel does about interruptions: the machine layer calls up here.

use crate::{panic, smp, sync, timer, watchdog};
use arch::counting::Stretch;
use arch::traps::{External, Handlers, ProgramCheck, TrapFrame};
use core::sync::atomic::{AtomicBool, Ordering};
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

/// A service signal came that told of an event.
static SERVICE_EVENT: AtomicBool = AtomicBool::new(false);

/// Whether a service signal has told of an event since [`take_service_event`].
pub fn is_service_event() -> bool {
    SERVICE_EVENT.load(Ordering::Acquire)
}

/// Forgets the events that were told of: whoever reads them now waits for later ones.
pub fn take_service_event() {
    SERVICE_EVENT.store(false, Ordering::Release);
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
            }
            External::ClockComparator => {
                CLOCK.inc();
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
