//! A periodic tick on the running CPU, on the clock comparator.
//!
//! Off unless someone asks: this kernel has nothing to schedule. The self-tests
//! use it to interrupt code at arbitrary instructions, and loops that wait for
//! another CPU to wait in peace.

use arch::cpu;
use arch::timer::{clear_comparator, from_microseconds, now, set_comparator};
use this_cpu::{Variable, percpu};

/// What a tick calls.
pub type Tick = fn();

percpu! {
    /// Clock units between ticks; 0 when off.
    static PERIOD: u64 = 0;
    /// Function of the tick, as an address.
    static FUNCTION: usize = 0;
}

/// Calls `tick` on this CPU every `microseconds`, from the interrupt handler.
pub fn start(microseconds: u64, tick: Tick) {
    let period = from_microseconds(microseconds.max(1));
    FUNCTION.write(tick as usize);
    PERIOD.write(period);
    set_comparator(now() + period);
}

/// Ends this CPU's tick.
pub fn stop() {
    PERIOD.write(0);
    clear_comparator();
}

/// Microseconds that another CPU may have meanwhile.
const TURN: u64 = 5;

/// Spins, interruptions off, until another CPU has made `done` true. Where the
/// emulator runs the CPUs in turn (`-icount`), a turn ends at the next timer, or
/// after 2^31 instructions if there is none; so each look sets one.
pub fn spin_until(mut done: impl FnMut() -> bool) {
    if done() {
        return;
    }
    while !done() {
        set_comparator(now() + from_microseconds(TURN));
        cpu::relax();
    }
    // A tick of this CPU's comes as soon as interruptions are on.
    if PERIOD.read() == 0 {
        clear_comparator();
    }
}

/// Waits until an interruption has been handled, for `microseconds` at most if this
/// CPU has no tick; for loops that wait for another CPU, interruptions on.
pub fn nap(microseconds: u64) {
    cpu::push_interrupts_off();
    if PERIOD.read() == 0 {
        set_comparator(now() + from_microseconds(microseconds));
    }
    cpu::wait_for_interrupt();
    if PERIOD.read() == 0 {
        clear_comparator();
    }
    cpu::pop_interrupts_off();
}

/// The clock comparator's handler.
pub fn interrupt() {
    let period = PERIOD.read();
    if period == 0 {
        clear_comparator();
        return;
    }
    set_comparator(now() + period);
    // SAFETY: `start` stored a `Tick` before it set the period.
    let tick = unsafe { core::mem::transmute::<usize, Tick>(FUNCTION.read()) };
    tick();
}
