//! A CPU that is stopped is started: a lowcore, three stacks, restart, and the idle loop.

use super::error::Error;
use super::prefix::Prefix;
use super::resources;
use super::stacks::Stacks;
use super::stop_machine::stop_machine;
use super::{leave, task, thread, wait};
use crate::cpus::{self, State};
use crate::{percpu, sync, timer};
use arch::control::{self, ExternalClass};
use arch::lowcore::{self, LinuxWords};
use arch::sigp::{self, Order};
use arch::{cpu, traps};

/// Seconds that a CPU may take from its restart to the idle loop.
const PATIENCE: u64 = 10;

/// Starts a present CPU that is offline, and waits until it is online, ten seconds at most.
/// By the one who leads CPUs in and out; interrupts on, no lock held.
///
/// # Errors
/// The CPU is offline, or gone if it was restarted and didn't come: then it has what it
/// was given until it is reaped.
pub fn start_stopped(cpu: u32) -> Result<(), Error> {
    let address = cpus::address(cpu).ok_or(Error::NotPresent(cpu))?;
    let stacks = Stacks::new(cpu)?;
    let prefix = prepare_lowcore(cpu, address, &stacks)?;
    if !cpus::change(cpu, State::Offline, State::Starting) {
        return Err(Error::Starting(cpu));
    }
    let refused = |order: Order| move |refusal| Error::Refused(cpu, order, refusal);
    let place = prefix.address();
    let restarted = stop_machine(|| {
        // SAFETY: C11: the CPU is stopped, and its stacks are the caller's: nobody else
        // starts it. C1: the lowcore is filled in, and is this CPU's.
        unsafe {
            sigp::initial_reset(address).map_err(refused(Order::InitialReset))?;
            sigp::set_prefix(address, place).map_err(refused(Order::SetPrefix))?;
            sigp::restart(address).map_err(refused(Order::Restart))
        }
    });
    if let Err(error) = restarted.flatten() {
        cpus::change(cpu, State::Starting, State::Offline);
        return Err(error);
    }
    resources::keep(cpu, stacks, prefix);
    wait::wait_until(PATIENCE, || cpus::is_online(cpu));
    // It may come at this moment. Else it finds that it is late, and stops.
    match cpus::change(cpu, State::Starting, State::Gone) {
        true => Err(Error::NotStarted(cpu)),
        false => Ok(()),
    }
}

/// A lowcore for the CPU, filled in.
fn prepare_lowcore(cpu: u32, address: u16, stacks: &Stacks) -> Result<Prefix, Error> {
    let [start, interrupt, fault] = stacks.tops();
    Prefix::new(cpu, |lowcore| {
        lowcore.new = traps::new_psws();
        lowcore.new.restart = traps::start_psw();
        lowcore.start_stack = start as u64;
        lowcore.interrupt_stack = interrupt as u64;
        lowcore.fault_stack = fault as u64;
        lowcore.per_cpu_offset = percpu::offset(cpu) as u64;
        lowcore.linux = LinuxWords::new(cpu, percpu::offset(cpu) as u64);
        lowcore.cpu_number = cpu;
        lowcore.lock_mark = cpu + 1;
        lowcore.cpu_address = u32::from(address);
        lowcore.start_function = secondary as *const () as u64;
        lowcore.control = control::registers();
    })
}

/// First function of a CPU that was started.
extern "C" fn secondary() -> ! {
    traps::restart_asks();
    sync::counting::begin();
    admit_signals();
    lowcore::keep_control_registers();
    if !cpus::change(cpu::number(), State::Starting, State::Online) {
        // Nobody waits for it any more.
        sigp::stop_this_cpu();
    }
    // SAFETY: C2: this CPU's ordinary context.
    unsafe { cpu::enable_interrupts() };
    loop {
        while !is_wanted() {
            cpu::wait_for_interrupt_unless(is_wanted);
        }
        if task::is_waiting() {
            task::serve();
            percpu::balance();
        }
        thread::yield_now();
        leave::if_asked();
    }
}

/// Whether this CPU has more to do than to wait.
fn is_wanted() -> bool {
    task::is_waiting() || thread::is_waiting() || leave::is_asked()
}

/// Takes signals and clock-comparator interruptions, on the boot CPU from here on.
///
/// # Safety
/// C2: in the boot CPU's ordinary context, outside of any interrupts-off section.
pub unsafe fn enable_signals() {
    admit_signals();
    lowcore::keep_control_registers();
    // SAFETY: C2: the caller's promise.
    unsafe { cpu::enable_interrupts() };
}

/// Lets this CPU's signals and clock comparator through control register 0.
fn admit_signals() {
    timer::start_looks();
    control::admit(
        ExternalClass::EMERGENCY_SIGNAL
            | ExternalClass::EXTERNAL_CALL
            | ExternalClass::CLOCK_COMPARATOR,
    );
}
