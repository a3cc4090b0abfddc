//! More than one CPU: starting them, calling functions on them, stopping them.
//!
//! CPUs are numbered from 0, the boot CPU, in the order in which the machine
//! reports them; SIGP knows them by their addresses. A CPU is *possible* when it
//! has a number and a unit of per-CPU memory, *present* when the machine has it,
//! *online* when it runs this kernel.
//!
//! ```text
//!  call_on(2, f):   CPU 0                          CPU 2
//!        mailbox[2] := f, argument
//!        SIGP emergency signal  ───────────►  external interruption
//!        waits, serving its own mailbox       f(argument); mailbox[2] := empty
//!        done  ◄──────────────────────────────┘
//! ```
//!
//! One CPU at a time calls (`CALLER`). Who waits for its turn or for an answer
//! serves its own mailbox, so two CPUs that call each other both get on.

use crate::memory::{self, OutOfMemory};
use crate::{percpu, println};
use arch::lowcore::{self, Lowcore};
use arch::sclp::information::{Information, MAX_CPUS};
use arch::sigp::{self, Order};
use arch::{PAGE_SIZE, cpu, stack, traps};
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};

/// Most CPUs that can have a number.
pub const MAX: usize = MAX_CPUS;

/// What is known of a numbered CPU.
struct Cpu {
    address: AtomicU32,
    online: AtomicBool,
    /// Lowest addresses of its stacks: initial, interrupt, fault. The lowest
    /// page of each is a guard page.
    stacks: [AtomicUsize; 3],
    mailbox: Mailbox,
}

struct Mailbox {
    function: AtomicPtr<()>,
    argument: AtomicPtr<()>,
}

impl Cpu {
    const fn new() -> Self {
        Self {
            address: AtomicU32::new(NO_ADDRESS),
            online: AtomicBool::new(false),
            stacks: [const { AtomicUsize::new(0) }; 3],
            mailbox: Mailbox {
                function: AtomicPtr::new(core::ptr::null_mut()),
                argument: AtomicPtr::new(core::ptr::null_mut()),
            },
        }
    }
}

const NO_ADDRESS: u32 = u32::MAX;
const STACKS: [&str; 3] = ["stack", "interrupt stack", "fault stack"];

static CPUS: [Cpu; MAX] = [const { Cpu::new() }; MAX];
static POSSIBLE: AtomicU32 = AtomicU32::new(1);
static PRESENT: AtomicU32 = AtomicU32::new(1);
static ONLINE: AtomicU32 = AtomicU32::new(1);

/// Why a CPU can't be started, or called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// No CPU has this number.
    NotPossible(u32),
    /// The machine has no CPU for this number.
    NotPresent(u32),
    /// The CPU isn't online.
    NotOnline(u32),
    /// It runs already.
    Online(u32),
    /// No memory for its lowcore and stacks.
    OutOfMemory(u32),
    /// It refused an order.
    Refused(u32, Order, sigp::Refusal),
    /// It was started and doesn't report.
    Silent(u32),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotPossible(cpu) => write!(f, "cpu {cpu}: no such number"),
            Error::NotPresent(cpu) => write!(f, "cpu {cpu}: the machine has no such CPU"),
            Error::NotOnline(cpu) => write!(f, "cpu {cpu}: not online"),
            Error::Online(cpu) => write!(f, "cpu {cpu}: is online already"),
            Error::OutOfMemory(cpu) => write!(f, "cpu {cpu}: no memory for lowcore and stacks"),
            Error::Refused(cpu, order, refusal) => {
                write!(f, "cpu {cpu}: refused {order:?}: {refusal}")
            }
            Error::Silent(cpu) => write!(f, "cpu {cpu}: started, but silent for a second"),
        }
    }
}

impl From<(u32, OutOfMemory)> for Error {
    fn from((cpu, _): (u32, OutOfMemory)) -> Self {
        Error::OutOfMemory(cpu)
    }
}

/// Numbers the CPUs.
pub fn init(information: &Information, possible: Option<u32>) {
    let boot = cpu::address();
    let others = information.cpus().iter().filter(|&&address| address != boot);
    let mut present = 0;
    for address in core::iter::once(&boot).chain(others) {
        CPUS[present]
            .address
            .store(u32::from(*address), Ordering::Relaxed);
        present += 1;
    }
    let possible = possible.unwrap_or(present as u32).min(MAX as u32);
    PRESENT.store((present as u32).min(possible), Ordering::Relaxed);
    POSSIBLE.store(possible, Ordering::Relaxed);
    CPUS[0].online.store(true, Ordering::Release);
    CPUS[0].stacks[0].store(arch::boot::boot_stack(), Ordering::Relaxed);
}

/// Possible CPUs: numbers `0..possible()`.
pub fn possible() -> u32 {
    POSSIBLE.load(Ordering::Relaxed)
}

/// CPUs that the machine has and that have a number.
pub fn present() -> u32 {
    PRESENT.load(Ordering::Relaxed)
}

/// Whether the CPU runs this kernel.
pub fn is_online(cpu: u32) -> bool {
    CPUS.get(cpu as usize)
        .is_some_and(|cpu| cpu.online.load(Ordering::Acquire))
}

/// CPUs that run this kernel.
pub fn online() -> impl Iterator<Item = u32> {
    (0..possible()).filter(|&cpu| is_online(cpu))
}

/// How many CPUs run this kernel.
pub fn online_count() -> u32 {
    ONLINE.load(Ordering::Acquire)
}

/// The address by which SIGP knows the CPU.
pub fn address(cpu: u32) -> Option<u16> {
    let address = CPUS.get(cpu as usize)?.address.load(Ordering::Relaxed);
    u16::try_from(address).ok()
}

/// Gives the boot CPU stacks from page frames, with guard pages, for
/// interruptions; until then it uses small static ones.
///
/// # Panics
/// If the machine has too little memory to boot.
pub fn init_boot_stacks() {
    let take = |index: usize| {
        let lowest = memory::take_stack().expect("memory holds the boot CPU's stacks");
        CPUS[0].stacks[index].store(lowest, Ordering::Relaxed);
        top(lowest)
    };
    lowcore::set_stacks(take(1), take(2));
}

fn top(lowest: usize) -> usize {
    lowest + stack::SIZE - stack::SAVE_AREA
}

/// If `address` is in the guard page of a stack, says whose.
pub fn guard_page_owner(address: usize) -> Option<Guard> {
    CPUS.iter().zip(0..).find_map(|(entry, cpu)| {
        entry.stacks.iter().zip(STACKS).find_map(|(lowest, stack)| {
            let lowest = lowest.load(Ordering::Relaxed);
            let inside = lowest != 0 && (lowest..lowest + PAGE_SIZE).contains(&address);
            inside.then_some(Guard { cpu, stack })
        })
    })
}

/// A guard page's owner.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    cpu: u32,
    stack: &'static str,
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stack overflow, this is the guard page of cpu {}'s {}", self.cpu, self.stack)
    }
}

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
    let prefix = prepare_lowcore(cpu, address).map_err(|error| (cpu, error))?;
    let order = |order: Order, parameter: u32| {
        sigp::signal(address, order, parameter).map_err(|error| Error::Refused(cpu, order, error))
    };
    order(Order::InitialReset, 0)?;
    order(Order::SetPrefix, prefix as u32)?;
    order(Order::Restart, 0)?;
    let deadline = arch::timer::now() + arch::timer::from_microseconds(1_000_000);
    while !is_online(cpu) {
        if arch::timer::now() > deadline {
            return Err(Error::Silent(cpu));
        }
        cpu::relax();
    }
    ONLINE.fetch_add(1, Ordering::Release);
    Ok(())
}

/// A lowcore for the CPU, below 2 GiB, with its stacks; returns its address.
fn prepare_lowcore(cpu: u32, address: u16) -> Result<usize, OutOfMemory> {
    let prefix = memory::take_frames(::memory::frames::order_of(lowcore::SIZE))?;
    let mut tops = [0u64; 3];
    for (slot, entry) in tops.iter_mut().zip(&CPUS[cpu as usize].stacks) {
        let lowest = memory::take_stack()?;
        entry.store(lowest, Ordering::Relaxed);
        *slot = top(lowest) as u64;
    }
    let lowcore = core::ptr::with_exposed_provenance_mut::<Lowcore>(prefix);
    // SAFETY: C1: the CPU isn't started, so its lowcore is ordinary memory of
    // ours (M1), and all of it may be zero.
    unsafe {
        lowcore.write_bytes(0, 1);
        let lowcore = &mut *lowcore;
        lowcore.new = traps::new_psws();
        lowcore.new.restart = traps::start_psw();
        [
            lowcore.start_stack,
            lowcore.interrupt_stack,
            lowcore.fault_stack,
        ] = tops;
        lowcore.per_cpu_offset = percpu::offset(cpu) as u64;
        lowcore.cpu_number = cpu;
        lowcore.cpu_address = u32::from(address);
        lowcore.start_function = secondary as *const () as u64;
        lowcore.start_control = cpu::control_registers();
    }
    Ok(prefix)
}

/// First function of a CPU that was started.
extern "C" fn secondary() -> ! {
    // A later restart is a request for a report, not a start.
    lowcore::set_restart(traps::new_psws().restart);
    admit_signals();
    CPUS[cpu::number() as usize]
        .online.store(true, Ordering::Release);
    loop {
        cpu::disable_interrupts();
        cpu::wait_for_interrupt();
    }
}

/// Takes signals and clock-comparator interruptions, on the boot CPU from here on.
pub fn enable_signals() {
    admit_signals();
    cpu::enable_interrupts();
}

/// Lets this CPU's signals and clock comparator through control register 0.
fn admit_signals() {
    arch::timer::clear_comparator();
    let mut control = cpu::control0();
    control.insert(
        cpu::Control0::EMERGENCY_SIGNAL
            | cpu::Control0::EXTERNAL_CALL
            | cpu::Control0::CLOCK_COMPARATOR,
    );
    cpu::set_control0(control);
}

/// A function for another CPU, as C and modules see it.
pub type Function = extern "C" fn(*mut ());

static CALLER: AtomicBool = AtomicBool::new(false);

/// Runs what is in this CPU's mailbox. The emergency signal's handler.
pub fn serve_mailbox() {
    let mailbox = &CPUS[cpu::number() as usize].mailbox;
    let function = mailbox.function.load(Ordering::Acquire);
    if function.is_null() {
        return;
    }
    let argument = mailbox.argument.load(Ordering::Relaxed);
    // SAFETY: only `post` fills a mailbox, with a `Function`.
    let function = unsafe { core::mem::transmute::<*mut (), Function>(function) };
    function(argument);
    mailbox
        .function
        .store(core::ptr::null_mut(), Ordering::Release);
}

fn post(cpu: u32, function: Function, argument: *mut ()) -> Result<(), Error> {
    let address = address(cpu).ok_or(Error::NotPresent(cpu))?;
    let mailbox = &CPUS[cpu as usize].mailbox;
    mailbox.argument.store(argument, Ordering::Relaxed);
    mailbox
        .function
        .store(function as *const () as *mut (), Ordering::Release);
    sigp::signal(address, Order::EmergencySignal, 0)
        .map_err(|error| Error::Refused(cpu, Order::EmergencySignal, error))
}

fn wait_for(cpu: u32) {
    let mailbox = &CPUS[cpu as usize].mailbox;
    while !mailbox.function.load(Ordering::Acquire).is_null() {
        serve_mailbox();
        cpu::relax();
    }
}

/// Has the turn to call; gives it back when dropped.
struct Turn;

impl Turn {
    fn take() -> Self {
        while CALLER.swap(true, Ordering::Acquire) {
            serve_mailbox();
            cpu::relax();
        }
        Turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        CALLER.store(false, Ordering::Release);
    }
}

/// Runs `function(argument)` on the CPU, with interruptions off, and waits for
/// it to end.
pub fn call_on(cpu: u32, function: Function, argument: *mut ()) -> Result<(), Error> {
    if cpu >= possible() {
        return Err(Error::NotPossible(cpu));
    }
    if !is_online(cpu) {
        return Err(Error::NotOnline(cpu));
    }
    cpu::without_interrupts(|| {
        if cpu == cpu::number() {
            function(argument);
            return Ok(());
        }
        let _turn = Turn::take();
        post(cpu, function, argument)?;
        wait_for(cpu);
        Ok(())
    })
}

/// Runs `function(argument)` on every online CPU at once, with interruptions
/// off, and waits for all to end.
pub fn on_each_cpu(function: Function, argument: *mut ()) -> Result<(), Error> {
    cpu::without_interrupts(|| {
        let this = cpu::number();
        let _turn = Turn::take();
        let mut result = Ok(());
        for cpu in online().filter(|&cpu| cpu != this) {
            if let Err(error) = post(cpu, function, argument) {
                result = Err(error);
            }
        }
        function(argument);
        online().filter(|&cpu| cpu != this).for_each(wait_for);
        result
    })
}

/// Runs a closure on the CPU and returns what it returned.
pub fn run_on<R: Send>(cpu: u32, work: impl FnOnce() -> R + Send) -> Result<R, Error> {
    let mut job = (Some(work), None);
    extern "C" fn run<R, F: FnOnce() -> R>(job: *mut ()) {
        // SAFETY: `run_on` passes its own job and waits until this has ended.
        let job = unsafe { &mut *job.cast::<(Option<F>, Option<R>)>() };
        job.1 = job.0.take().map(|work| work());
    }
    fn function<R, F: FnOnce() -> R>(_: &(Option<F>, Option<R>)) -> Function {
        run::<R, F>
    }
    call_on(cpu, function(&job), (&raw mut job).cast())?;
    job.1.ok_or(Error::NotOnline(cpu))
}

/// Runs a closure on every online CPU at once.
pub fn run_on_each<F: Fn() + Sync>(work: F) -> Result<(), Error> {
    extern "C" fn run<F: Fn()>(work: *mut ()) {
        // SAFETY: `run_on_each` passes its own closure and waits for all.
        unsafe { (*work.cast::<F>())() }
    }
    on_each_cpu(run::<F>, (&raw const work).cast_mut().cast())
}

/// Stops every other CPU for good. For the end of a run.
pub fn stop_others() {
    let this = cpu::number();
    for cpu in online().filter(|&cpu| cpu != this) {
        let stopped = address(cpu).map(sigp::stop);
        if let Some(Err(error)) = stopped {
            println!("cpu {cpu} does not stop: {error}");
        }
    }
}
