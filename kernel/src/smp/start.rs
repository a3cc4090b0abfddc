//! Starting CPUs: a lowcore, three stacks, restart, and the idle loop.

use super::error::Error;
use super::{stacks, task};
use crate::cpus::{self, address, is_online, online_count, possible, present};
use crate::memory::{self, OutOfMemory};
use crate::{percpu, timer};
use ::memory::frames::order_of;
use arch::control::{self, ExternalClass};
use arch::lowcore::{self, Lowcore};
use arch::sigp::{self, Order};
use arch::{cpu, traps};

/// Starts present CPUs until `max` are online.
pub fn start_all(max: u32) {
    for cpu in 1..present().min(max) {
        if let Err(error) = start(cpu) {
            log::error!("{error}");
        }
    }
    log::info!(
        "smp: {} of {} CPUs online, {} possible",
        online_count(),
        present(),
        possible()
    );
}

/// Starts one CPU and waits until it is online.
pub fn start(cpu: u32) -> Result<(), Error> {
    if cpu >= possible() {
        return Err(Error::NotPossible(cpu));
    }
    let address = address(cpu).ok_or(Error::NotPresent(cpu))?;
    if is_online(cpu) {
        return Err(Error::Online(cpu));
    }
    let prefix = prepare_lowcore(cpu, address).map_err(|OutOfMemory| Error::OutOfMemory(cpu))?;
    let refused = |order: Order| move |refusal| Error::Refused(cpu, order, refusal);
    // SAFETY: C11: the CPU isn't online, and only the boot CPU's course starts CPUs.
    // C1: the lowcore is filled in, below 2 GiB, and is this CPU's.
    unsafe {
        sigp::initial_reset(address).map_err(refused(Order::InitialReset))?;
        sigp::set_prefix(address, prefix as u32).map_err(refused(Order::SetPrefix))?;
        sigp::restart(address).map_err(refused(Order::Restart))?;
    }
    let deadline = arch::timer::now() + arch::timer::from_microseconds(1_000_000);
    while !is_online(cpu) {
        if arch::timer::now() > deadline {
            return Err(Error::NotStarted(cpu));
        }
        timer::nap(50);
    }
    cpus::count_online();
    Ok(())
}

/// A lowcore for the CPU, below 2 GiB, with its stacks; returns its address.
fn prepare_lowcore(cpu: u32, address: u16) -> Result<usize, OutOfMemory> {
    let prefix = memory::take_frames(order_of(lowcore::SIZE))?;
    let tops = stacks::take_for(cpu)?;
    let lowcore = core::ptr::with_exposed_provenance_mut::<Lowcore>(prefix);
    // SAFETY: C1: the CPU isn't started, so its lowcore is ordinary memory of
    // ours (M1), and all of it may be zero.
    unsafe {
        lowcore.write_bytes(0, 1);
        let lowcore = &mut *lowcore;
        lowcore.new = traps::new_psws();
        lowcore.new.restart = traps::start_psw();
        lowcore.start_stack = tops.start as u64;
        lowcore.interrupt_stack = tops.interrupt as u64;
        lowcore.fault_stack = tops.fault as u64;
        lowcore.per_cpu_offset = percpu::offset(cpu) as u64;
        lowcore.cpu_number = cpu;
        lowcore.cpu_address = u32::from(address);
        lowcore.start_function = secondary as *const () as u64;
        lowcore.start_control = control::registers();
    }
    Ok(prefix)
}

/// First function of a CPU that was started.
extern "C" fn secondary() -> ! {
    traps::expect_no_restart();
    admit_signals();
    cpus::set_online();
    // SAFETY: C2: this CPU's ordinary course.
    unsafe { cpu::enable_interrupts() };
    loop {
        while !task::is_waiting() {
            cpu::wait_for_interrupt_unless(task::is_waiting);
        }
        task::serve();
        percpu::balance();
    }
}

/// Takes signals and clock-comparator interruptions, on the boot CPU from here on.
pub fn enable_signals() {
    admit_signals();
    // SAFETY: C2: the boot CPU's ordinary course.
    unsafe { cpu::enable_interrupts() };
}

/// Lets this CPU's signals and clock comparator through control register 0.
fn admit_signals() {
    arch::timer::clear_comparator();
    control::admit(
        ExternalClass::EMERGENCY_SIGNAL
            | ExternalClass::EXTERNAL_CALL
            | ExternalClass::CLOCK_COMPARATOR,
    );
}
