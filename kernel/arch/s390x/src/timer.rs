//! The time-of-day clock and the clock comparator.
//!
//! The clock counts 2^-12 microseconds: bit 51 steps each microsecond. An
//! interruption is pending while the comparator's value is below the clock's,
//! so a time set in the past interrupts at once. Principles of Operation,
//! chapter 4, "Timing".

use core::arch::asm;

/// Clock units in a microsecond.
const UNITS_PER_MICROSECOND: u64 = 1 << 12;

/// A comparator value that the clock does not reach.
const NEVER: u64 = u64::MAX;

/// The clock's value, in its own units: 4096 a microsecond, the same on every CPU.
pub fn now() -> u64 {
    let mut value = 0u64;
    // SAFETY: C7: stores the eight bytes of `value`.
    unsafe { asm!("stckf 0({})", in(reg_addr) &raw mut value, options(nostack)) };
    value
}

/// Nanoseconds in a span of clock units: 1000 / 4096 = 125 / 512.
pub fn nanoseconds(units: u64) -> u64 {
    (u128::from(units) * 125 / 512) as u64
}

/// Clock units in a span of microseconds.
pub const fn from_microseconds(microseconds: u64) -> u64 {
    microseconds.saturating_mul(UNITS_PER_MICROSECOND)
}

/// Asks this CPU for a clock-comparator interruption when the clock passes `time`, in
/// clock units. It's taken while interruptions are on and the class is admitted
/// ([`control::admit`](crate::control::admit)); a later call takes its place.
pub fn set_comparator(time: u64) {
    // SAFETY: C6: changes when this CPU is interrupted, which has a handler.
    unsafe { asm!("sckc 0({})", in(reg_addr) &raw const time, options(nostack)) };
}

/// Asks for no more clock-comparator interruptions on this CPU.
pub fn clear_comparator() {
    set_comparator(NEVER);
}
