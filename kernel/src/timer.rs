//! A periodic tick on the running CPU, on the clock comparator.
//!
//! Off unless someone asks: this kernel has nothing to schedule. The self-tests
//! use it to interrupt code at arbitrary instructions.

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
