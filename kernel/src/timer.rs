//! A periodic tick on the running CPU, on the clock comparator.
//!
//! Off unless someone asks: this kernel has nothing to schedule. The self-tests
//! use it to interrupt code at arbitrary instructions, and loops that wait for
//! another CPU to wait in peace.

use arch::cpu;
use arch::timer::{clear_comparator, from_microseconds, now, set_comparator};
use core::cell::Cell;
use this_cpu::{Variable, percpu, with_interrupts_off};

/// What a tick calls, in the interrupt handler.
pub type Tick = fn();

percpu! {
    /// Clock units between ticks; 0 when off.
    static PERIOD: u64 = 0;
    /// What the tick calls.
    static FUNCTION: Cell<Option<Tick>> = Cell::new(None);
}

/// Calls `tick` on this CPU every `microseconds`, 1 at least, from the interrupt
/// handler: with interrupts off, so it may not wait nor map memory. Takes the place of
/// an earlier tick. Once per-CPU memory is set up.
pub fn start(microseconds: u64, tick: Tick) {
    let period = from_microseconds(microseconds.max(1));
    with_interrupts_off(|off| off.get(&FUNCTION).set(Some(tick)));
    PERIOD.write(period);
    set_comparator(now().saturating_add(period));
}

/// Ends this CPU's tick, if it has one.
pub fn stop() {
    PERIOD.write(0);
    clear_comparator();
}

/// Microseconds between two looks at what another CPU does.
const LOOK: u64 = 5;

/// Spins until another CPU has made `done` true; interruptions may be off. Where the
/// emulator runs one CPU at a time (`-icount`), it goes on to the next CPU at a
/// timer, or after 2^31 instructions if there is none; so each look sets one.
pub fn spin_until(mut done: impl FnMut() -> bool) {
    if done() {
        return;
    }
    while !done() {
        set_comparator(now().saturating_add(from_microseconds(LOOK)));
        cpu::relax();
    }
    // A tick of this CPU's comes as soon as interruptions are on.
    if PERIOD.read() == 0 {
        clear_comparator();
    }
}

/// Waits until an interruption has been handled, for `microseconds` at most if this
/// CPU has no tick. For loops that wait for another CPU, in a CPU's ordinary course:
/// interruptions on, no lock held.
///
/// # Panics
/// If interruptions are off.
pub fn nap(microseconds: u64) {
    cpu::wait_for_interrupt_unless(|| {
        if PERIOD.read() == 0 {
            set_comparator(now().saturating_add(from_microseconds(microseconds)));
        }
        false
    });
    if PERIOD.read() == 0 {
        clear_comparator();
    }
}

/// The clock comparator's handler: this CPU's tick, with the next one asked for.
pub fn interrupt() {
    let period = PERIOD.read();
    if period == 0 {
        clear_comparator();
        return;
    }
    set_comparator(now().saturating_add(period));
    let tick = with_interrupts_off(|off| off.get(&FUNCTION).get());
    if let Some(tick) = tick {
        tick();
    }
}
