//! Timers: functions of modules that the clock of a CPU calls at a time, in its interrupt
//! handler.
//!
//! ```text
//!  PENDING ──► Timer ──► Timer ──► Timer      in memory of the modules (L11), in no order
//!              cpu 1     cpu 0     cpu 1
//!              │                   │
//!              └── the earlier is what cpu 1's clock comparator is set to
//! ```
//!
//! A timer is called on the CPU that it was armed on, or for, which a signal has set its
//! clock; what is left on one that goes is armed anew on the boot CPU.

use super::machine::Cpus;
use crate::continuation;
use crate::cpus::{self, State};
use crate::sync::{Lock, rank};
use crate::timer;
use arch::timer::{from_microseconds, now};
use arch::{MAX_CPUS, cpu};
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use cross_call::Machine;

/// What a timer calls.
pub type Function = extern "C" fn(*mut Timer);

/// A timer, as linux/timer.h has it.
#[repr(C)]
pub struct Timer {
    next: *mut Timer,
    /// When it is due, by the clock; 0 if it isn't pending.
    due: u64,
    /// The same in ticks, for the module.
    _expires: u64,
    function: Option<Function>,
    _flags: u32,
    cpu: u32,
}

/// The first of those that are pending.
struct Pending(*mut Timer);

// SAFETY: L11: what it leads to is reached under its lock alone.
unsafe impl Send for Pending {}

/// Held for some steps for each timer that is pending.
static PENDING: Lock<Pending, { rank::EXPORTS }> = Lock::new(Pending(ptr::null_mut()));

/// What each CPU's handler has called, and what hasn't returned.
static CALLED: [AtomicPtr<Timer>; MAX_CPUS] = [const { AtomicPtr::new(ptr::null_mut()) }; MAX_CPUS];

/// Timers that are pending, and those that are called or armed at this moment.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// One that is counted, until this is dropped.
struct Counted;

impl Counted {
    fn new() -> Self {
        COUNT.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Ordering::Release);
    }
}

/// CPUs whose clocks are to be set anew: another CPU has armed a timer for them.
static REARM: [AtomicBool; MAX_CPUS] = [const { AtomicBool::new(false) }; MAX_CPUS];

impl Pending {
    /// All of them. What a step found may be unlinked before the next.
    fn all(&self) -> impl Iterator<Item = NonNull<Timer>> + use<> {
        let mut next = self.0;
        core::iter::from_fn(move || {
            let timer = NonNull::new(next)?;
            // SAFETY: L11: it is pending, under the lock that its borrower has.
            next = unsafe { timer.as_ref() }.next;
            Some(timer)
        })
    }

    /// The first for which `is_it` holds.
    fn find(&self, is_it: impl Fn(NonNull<Timer>, &Timer) -> bool) -> Option<NonNull<Timer>> {
        // SAFETY: L11: as above.
        self.all()
            .find(|timer| is_it(*timer, unsafe { timer.as_ref() }))
    }

    fn link(&mut self, timer: NonNull<Timer>, due: u64, cpu: u32) {
        let link = timer.as_ptr();
        // SAFETY: L11: it isn't pending: its links are this list's to write.
        unsafe {
            (*link).next = self.0;
            (*link).due = due;
            (*link).cpu = cpu;
        }
        self.0 = link;
        core::mem::forget(Counted::new());
    }

    /// Takes one out; whether it was in.
    fn unlink(&mut self, timer: NonNull<Timer>) -> bool {
        // SAFETY: L11: under the lock, the links are this list's.
        unsafe {
            let mut at = &raw mut self.0;
            while !(*at).is_null() {
                if *at == timer.as_ptr() {
                    *at = (*timer.as_ptr()).next;
                    (*timer.as_ptr()).due = 0;
                    drop(Counted);
                    return true;
                }
                at = &raw mut (**at).next;
            }
        }
        false
    }

    /// When the first of a CPU's is due.
    fn first_due(&self, cpu: u32) -> Option<u64> {
        // SAFETY: L11: as above.
        let timers = self.all().map(|timer| unsafe { timer.as_ref() });
        let of_cpu = timers.filter(|timer| timer.cpu == cpu);
        of_cpu.map(|timer| timer.due).min()
    }
}

/// When it is so many nanoseconds from now, by the clock.
fn due_in(nanoseconds: u64) -> u64 {
    let due = now().saturating_add(from_microseconds(nanoseconds.div_ceil(1000)));
    due.max(1)
}

/// Arms a timer on this CPU, for so many nanoseconds from now; whether it was pending before.
pub fn arm(timer: NonNull<Timer>, nanoseconds: u64) -> bool {
    let due = due_in(nanoseconds);
    let _armed = Counted::new();
    let mut pending = PENDING.lock();
    let was_pending = pending.unlink(timer);
    let this = cpu::number();
    pending.link(timer, due, this);
    timer::set_timer(pending.first_due(this));
    was_pending
}

/// Arms a timer for another CPU, or on this one if that isn't active. In any context.
pub fn arm_on(cpu: u32, timer: NonNull<Timer>, nanoseconds: u64) {
    let due = due_in(nanoseconds);
    let _armed = Counted::new();
    let mut pending = PENDING.lock();
    pending.unlink(timer);
    let this = cpu::number();
    // Under the lock: of one that goes the timers are taken over from here on.
    let is_active = cpu < cpus::possible() && cpus::state(cpu) == State::Active;
    if !is_active || cpu == this {
        pending.link(timer, due, this);
        timer::set_timer(pending.first_due(this));
        return;
    }
    pending.link(timer, due, cpu);
    REARM[cpu as usize].store(true, Ordering::Release);
    drop(pending);
    if let Err(refusal) = Cpus.signal(cpu) {
        log::warn!(
            "cpu {cpu} can't be signalled that it has a timer, and sees it later: {refusal}"
        );
    }
}

/// Sets this CPU's clock, if another has armed a timer for it. From the handler of its signal;
/// interrupts off.
pub fn signalled() {
    let this = cpu::number();
    let rearm = &REARM[this as usize];
    if rearm.load(Ordering::Relaxed) {
        let pending = PENDING.lock();
        rearm.store(false, Ordering::Relaxed);
        timer::set_timer(pending.first_due(this));
    }
}

/// Takes a timer back; whether it was pending. It may be running.
pub fn cancel(timer: NonNull<Timer>) -> bool {
    PENDING.lock().unlink(timer)
}

/// Takes a timer back, also if its function armed it again, which no other CPU runs any more when
/// this returns; whether it was pending.
pub fn cancel_and_wait(timer: NonNull<Timer>) -> bool {
    let mut was_pending = false;
    loop {
        let mut pending = PENDING.lock();
        was_pending |= pending.unlink(timer);
        // Under the lock: if it has returned by now, it had armed before it was just taken back.
        if !run_elsewhere(|called| called == timer.as_ptr()) {
            return was_pending;
        }
        drop(pending);
        cpu::relax();
    }
}

/// The clock comparator's handler: calls what is due on this CPU. Interrupts off.
pub fn interrupt() {
    // A signal may have been lost.
    signalled();
    if !timer::is_timer_due() {
        return;
    }
    let this = cpu::number();
    let called = &CALLED[this as usize];
    while let Some((timer, function, counted)) = take_due(this, called) {
        function(timer.as_ptr());
        called.store(ptr::null_mut(), Ordering::Release);
        drop(counted);
        continuation::flush();
    }
}

/// A timer of this CPU's that is due, taken out; if there is none, the clock is set to the
/// next.
fn take_due(cpu: u32, called: &AtomicPtr<Timer>) -> Option<(NonNull<Timer>, Function, Counted)> {
    let mut pending = PENDING.lock();
    let now = now();
    loop {
        let Some(timer) = pending.find(|_, timer| timer.cpu == cpu && timer.due <= now) else {
            timer::set_timer(pending.first_due(cpu));
            return None;
        };
        let counted = Counted::new();
        pending.unlink(timer);
        called.store(timer.as_ptr(), Ordering::Relaxed);
        // SAFETY: L11: it was pending up to here.
        if let Some(function) = unsafe { timer.as_ref() }.function {
            return Some((timer, function, counted));
        }
    }
}

/// The address of the timer that a CPU's handler has called, and that hasn't returned: for reports.
pub fn called_on(cpu: u32) -> Option<u64> {
    let called = CALLED.get(cpu as usize)?.load(Ordering::Acquire);
    (!called.is_null()).then(|| called.addr() as u64)
}

/// Arms what is left on a CPU that has gone on the running one.
pub fn take_over(cpu: u32) {
    let pending = PENDING.lock();
    let this = cpu::number();
    while let Some(timer) = pending.find(|_, timer| timer.cpu == cpu) {
        // SAFETY: L11: it is pending.
        unsafe { (*timer.as_ptr()).cpu = this };
    }
    timer::set_timer(pending.first_due(this));
}

/// Takes back those that lie at such addresses, or whose functions do; how many they were. No
/// function of another CPU's timers that had begun before runs any more when this returns, and
/// what those have armed is taken back too.
pub fn forget(is_gone: impl Fn(usize) -> bool) -> usize {
    let mut count = 0;
    if COUNT.load(Ordering::Acquire) == 0 {
        return count;
    }
    loop {
        let mut pending = PENDING.lock();
        while let Some(timer) = pending.find(|place, timer| {
            let function = timer.function.map_or(0, |function| function as usize);
            is_gone(place.addr().get()) || is_gone(function)
        }) {
            pending.unlink(timer);
            count += 1;
        }
        // Under the lock: what has returned by now has armed before what was just looked for.
        if !run_elsewhere(|called| !called.is_null()) {
            return count;
        }
        drop(pending);
        cpu::relax();
    }
}

/// Whether another CPU's handler has called such a one, and it hasn't returned.
fn run_elsewhere(is_it: impl Fn(*mut Timer) -> bool) -> bool {
    let this = cpu::number() as usize;
    let mut all = CALLED.iter().take(cpus::possible() as usize).enumerate();
    all.any(|(cpu, called)| cpu != this && is_it(called.load(Ordering::Acquire)))
}
