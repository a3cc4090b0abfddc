//! What the running CPU's clock comparator is for: a tick, a nap, the next timer of a
//! module's, and once a second a look at whether the CPUs get on.
//!
//! The comparator holds the earliest of the times that something is due at. The tick is
//! off unless someone asks: this kernel has nothing to schedule. The self-tests use it to
//! interrupt code at arbitrary instructions.

use arch::cpu;
use arch::timer::{from_microseconds, now, set_comparator};
use core::cell::Cell;
use this_cpu::{Variable, percpu, with_interrupts_off};

/// What a tick calls, in the interrupt handler.
pub type Tick = fn();

/// A time that doesn't come.
const NEVER: u64 = u64::MAX;

/// Clock units between two looks.
const LOOK: u64 = from_microseconds(1_000_000);

percpu! {
    /// Clock units between ticks.
    static PERIOD: u64 = 0;
    /// When the next tick is due.
    static NEXT_TICK: u64 = NEVER;
    /// What the tick calls.
    static FUNCTION: Cell<Option<Tick>> = Cell::new(None);
    /// When the first of the timers that modules have on this CPU is due.
    static NEXT_TIMER: u64 = NEVER;
    /// When this CPU's next look is due.
    static NEXT_LOOK: u64 = NEVER;
    /// How often this CPU has started to look: one that comes and goes more often than once a
    /// second looks never, and isn't stuck.
    pub static STARTS: u64 = 0;
}

/// Calls `tick` on this CPU every `microseconds`, 1 at least, from the interrupt
/// handler: with interrupts off, so it may not wait nor map memory. Takes the place of
/// an earlier tick. Once per-CPU memory is set up.
pub fn start(microseconds: u64, tick: Tick) {
    let period = from_microseconds(microseconds.max(1));
    with_interrupts_off(|off| off.get(&FUNCTION).set(Some(tick)));
    PERIOD.write(period);
    NEXT_TICK.write(now().saturating_add(period));
    rearm();
}

/// Ends this CPU's tick, if it has one.
pub fn stop() {
    NEXT_TICK.write(NEVER);
    rearm();
}

/// From here on this CPU looks once a second at whether the CPUs get on.
pub fn start_looks() {
    NEXT_LOOK.write(now().saturating_add(LOOK));
    STARTS.inc();
    rearm();
}

/// When the first of this CPU's timers is due from here on, if there is any.
pub fn set_timer(due: Option<u64>) {
    NEXT_TIMER.write(due.unwrap_or(NEVER));
    rearm();
}

/// Whether a timer of this CPU's is due.
pub fn is_timer_due() -> bool {
    NEXT_TIMER.read() <= now()
}

/// This CPU is to be interrupted no more, until its looks start again: it leaves, with its
/// tick ended. With interrupts off.
pub fn end_looks() {
    NEXT_TICK.write(NEVER);
    NEXT_TIMER.write(NEVER);
    NEXT_LOOK.write(NEVER);
    rearm();
}

/// Whether a look of this CPU's is due; then the next one is in a second. With
/// interrupts off.
pub fn take_look() -> bool {
    let now = now();
    let due = NEXT_LOOK.read() <= now;
    if due {
        NEXT_LOOK.write(now.saturating_add(LOOK));
    }
    due
}

/// Asks for an interruption when the first thing is due that isn't a nap.
pub fn rearm() {
    set_comparator(next());
}

fn next() -> u64 {
    let timers = NEXT_TIMER.read();
    NEXT_TICK.read().min(NEXT_LOOK.read()).min(timers)
}

/// Waits until an interruption has been handled, for `microseconds` at most. For loops
/// that wait for another CPU, in a CPU's ordinary context: interruptions on, no lock held.
///
/// # Panics
/// If interruptions are off.
pub fn nap(microseconds: u64) {
    let end = now().saturating_add(from_microseconds(microseconds));
    cpu::wait_for_interrupt_unless(|| {
        set_comparator(end.min(next()));
        false
    });
    rearm();
}

/// The clock comparator's handler: this CPU's tick, if it is due. With interrupts off.
pub fn interrupt() {
    let now = now();
    let due = NEXT_TICK.read() <= now;
    if due {
        NEXT_TICK.write(now.saturating_add(PERIOD.read()));
    }
    rearm();
    let tick = with_interrupts_off(|off| off.get(&FUNCTION).get());
    if due && let Some(tick) = tick {
        tick();
    }
}
