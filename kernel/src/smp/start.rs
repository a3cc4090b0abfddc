//! Starting CPUs: a lowcore, three stacks, restart, and the idle loop.

use super::error::Error;
use super::stacks::Stacks;
use super::{task, thread};
use crate::cpus::{self, address, is_online, online_count, possible, present};
use crate::memory::{FrameBlock, OutOfMemory};
use crate::{percpu, sync, timer};
use arch::control::{self, ExternalClass};
use arch::lowcore::{self, LinuxWords, Lowcore};
use arch::sigp::{self, Order};
use arch::timer::Deadline;
use arch::{cpu, traps};

/// Starts present CPUs until `max` are online; logs what goes wrong. At boot.
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

/// Seconds that a CPU may take from its restart to the idle loop.
const PATIENCE: u64 = 10;

/// Starts one CPU, and waits until it is online, ten seconds at most. From a CPU's
/// ordinary course: interrupts on, no lock held; otherwise it panics.
///
/// # Errors
/// What the CPU was to have is given back, unless it was started, and has it for good.
pub fn start(cpu: u32) -> Result<(), Error> {
    sync::assert_may_wait();
    if cpu >= possible() {
        return Err(Error::NotPossible(cpu));
    }
    let address = address(cpu).ok_or(Error::NotPresent(cpu))?;
    if is_online(cpu) {
        return Err(Error::Online(cpu));
    }
    // One starter at a time, and none after a start that may yet succeed.
    let stacks = Stacks::new(cpu)?;
    let prefix = prepare_lowcore(cpu, address, &stacks)?;
    let refused = |order: Order| move |refusal| Error::Refused(cpu, order, refusal);
    // SAFETY: C11: the CPU isn't online, and its stacks are this function's: nobody else
    // starts it. C1: the lowcore is filled in, and is this CPU's.
    unsafe {
        sigp::initial_reset(address).map_err(refused(Order::InitialReset))?;
        sigp::set_prefix(address, prefix.address).map_err(refused(Order::SetPrefix))?;
        sigp::restart(address).map_err(refused(Order::Restart))?;
    }
    stacks.keep();
    prefix.keep();
    let deadline = Deadline::after_seconds(PATIENCE);
    while !is_online(cpu) {
        if deadline.is_past() {
            return Err(Error::NotStarted(cpu));
        }
        timer::nap(50);
    }
    Ok(())
}

/// A CPU's lowcore before it is started, below 2 GiB. Dropped, it is given back.
struct Prefix {
    block: FrameBlock,
    /// Its real address, as SIGP takes it.
    address: u32,
}

impl Prefix {
    fn new(cpu: u32) -> Result<Self, Error> {
        const END: usize = 1 << 31;
        let no_memory = |OutOfMemory| Error::OutOfMemory(cpu);
        let block = FrameBlock::below(lowcore::SIZE, END).map_err(no_memory)?;
        // Bounded by the limit above.
        let address = block.address() as u32;
        Ok(Self { block, address })
    }

    /// The CPU is started, and has it for good.
    fn keep(self) {
        self.block.leak();
    }
}

/// A lowcore for the CPU, filled in.
fn prepare_lowcore(cpu: u32, address: u16, stacks: &Stacks) -> Result<Prefix, Error> {
    let prefix = Prefix::new(cpu)?;
    let [start, interrupt, fault] = stacks.tops();
    let lowcore = core::ptr::with_exposed_provenance_mut::<Lowcore>(prefix.block.address());
    // SAFETY: C1: the CPU isn't started, so its lowcore is ordinary memory, which is
    // this function's (M1), and all of it may be zero.
    unsafe {
        lowcore.write_bytes(0, 1);
        let lowcore = &mut *lowcore;
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
        lowcore.start_control = control::registers();
    }
    Ok(prefix)
}

/// First function of a CPU that was started.
extern "C" fn secondary() -> ! {
    traps::restart_asks();
    sync::counting::begin();
    admit_signals();
    cpus::set_online();
    // SAFETY: C2: this CPU's ordinary course.
    unsafe { cpu::enable_interrupts() };
    loop {
        while !is_wanted() {
            cpu::wait_for_interrupt_unless(is_wanted);
        }
        if task::is_waiting() {
            task::serve();
            percpu::balance();
        }
        thread::give_way();
    }
}

/// Whether this CPU has more to do than to wait.
fn is_wanted() -> bool {
    task::is_waiting() || thread::is_waiting()
}

/// Takes signals and clock-comparator interruptions, on the boot CPU from here on.
///
/// # Safety
/// C2: in the boot CPU's ordinary course, outside of any interrupts-off section.
pub unsafe fn enable_signals() {
    admit_signals();
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
