//! Functions on other CPUs, in their interrupt handlers.
//!
//! One CPU at a time calls (`CALLER`). Who waits for its turn or for an answer
//! serves its own mailbox, so two CPUs that call each other both get on. A called
//! function must not call: its caller has the turn until it ends.

use super::{CPUS, Error};
use crate::cpus::{address, is_online, online, possible};
use crate::timer;
use arch::cpu;
use arch::sigp::{self, Order};
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// A function for another CPU, as C and modules see it.
pub type Function = extern "C" fn(*mut ());

static CALLER: AtomicBool = AtomicBool::new(false);

/// One function for a CPU, and room for no second.
pub struct Mailbox {
    function: AtomicPtr<()>,
    argument: AtomicPtr<()>,
}

impl Mailbox {
    /// Nothing to do.
    pub const fn empty() -> Self {
        Self {
            function: AtomicPtr::new(core::ptr::null_mut()),
            argument: AtomicPtr::new(core::ptr::null_mut()),
        }
    }

    /// Whether nothing is left to do.
    pub fn is_empty(&self) -> bool {
        self.function.load(Ordering::Acquire).is_null()
    }

    /// Puts a function in; the box must be empty.
    pub fn fill(&self, function: Function, argument: *mut ()) {
        self.argument.store(argument, Ordering::Relaxed);
        let function = function as *const () as *mut ();
        self.function.store(function, Ordering::Release);
    }

    /// Runs what is in it, if anything, and empties it then.
    pub fn serve(&self) {
        let function = self.function.load(Ordering::Acquire);
        if function.is_null() {
            return;
        }
        let argument = self.argument.load(Ordering::Relaxed);
        // SAFETY: only `fill` fills a mailbox, with a `Function`.
        let function = unsafe { core::mem::transmute::<*mut (), Function>(function) };
        function(argument);
        self.function
            .store(core::ptr::null_mut(), Ordering::Release);
    }
}

/// Runs what is in this CPU's mailbox. The emergency signal's handler.
pub fn serve_mailbox() {
    CPUS[cpu::number() as usize].mailbox.serve();
}

fn post(cpu: u32, function: Function, argument: *mut ()) -> Result<(), Error> {
    CPUS[cpu as usize].mailbox.fill(function, argument);
    wake(cpu)
}

/// Signals a CPU, so that it looks into its boxes.
pub fn wake(cpu: u32) -> Result<(), Error> {
    let address = address(cpu).ok_or(Error::NotPresent(cpu))?;
    sigp::signal(address, Order::EmergencySignal, 0)
        .map_err(|error| Error::Refused(cpu, Order::EmergencySignal, error))
}

fn wait_for(cpu: u32) {
    timer::spin_until(|| {
        serve_mailbox();
        CPUS[cpu as usize].mailbox.is_empty()
    });
}

/// Has the turn to call; gives it back when dropped.
struct Turn;

impl Turn {
    fn take() -> Self {
        timer::spin_until(|| {
            serve_mailbox();
            !CALLER.swap(true, Ordering::Acquire)
        });
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
