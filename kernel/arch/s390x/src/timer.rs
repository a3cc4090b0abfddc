//! The time-of-day clock and the clock comparator.
//!
//! The clock counts 2^-12 microseconds: bit 51 steps each microsecond. An
//! interruption is pending while the comparator's value is below the clock's,
//! so a time set in the past interrupts at once. Principles of Operation,
//! chapter 4, "Timing".

use crate::control::{self, ExternalClass};
use crate::lowcore::{self, Classes, Lowcore};
use crate::psw::{Mask, Psw};
use core::arch::asm;
use core::mem::offset_of;

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

/// Nanoseconds in a span of clock units: 1000 / 4096 = 125 / 512. The nearest number: a span
/// of whole nanoseconds is found as one unit more or less by where the clock's units begin and
/// end, and must come out the same all the same.
pub fn nanoseconds(units: u64) -> u64 {
    ((u128::from(units) * 125 + 256) / 512) as u64
}

/// Clock units in a span of microseconds.
pub const fn from_microseconds(microseconds: u64) -> u64 {
    microseconds.saturating_mul(UNITS_PER_MICROSECOND)
}

/// An end of a wait.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(u64);

impl Deadline {
    /// So many seconds from now.
    pub fn after_seconds(seconds: u64) -> Self {
        Self::after_microseconds(seconds.saturating_mul(1_000_000))
    }

    /// So many microseconds from now.
    pub fn after_microseconds(microseconds: u64) -> Self {
        Self(now().saturating_add(from_microseconds(microseconds)))
    }

    /// Whether it has come.
    pub fn is_past(self) -> bool {
        now() > self.0
    }
}

/// Asks this CPU for a clock-comparator interruption when the clock passes `time`, in
/// clock units. It's taken while interruptions are on and the class is admitted
/// ([`control::admit`]); a later call takes its place.
pub fn set_comparator(time: u64) {
    // SAFETY: C6: changes when this CPU is interrupted, which has a handler.
    unsafe { asm!("sckc 0({})", in(reg_addr) &raw const time, options(nostack)) };
}

/// Asks for no more clock-comparator interruptions on this CPU.
pub fn clear_comparator() {
    set_comparator(NEVER);
}

/// Waits, within an interrupts-off section, until the clock passes `time`: the CPU does
/// nothing meanwhile, so an emulator gives its turn to another.
///
/// No handler runs. The comparator's interruption, the only one that is admitted, goes to
/// where this function goes on; all others stay pending. The comparator is left as it
/// is then: below the clock.
///
/// # Panics
/// If interruptions are on.
pub fn doze_until(time: u64) {
    assert!(
        !crate::cpu::interrupts_enabled(),
        "a CPU dozes outside of an interrupts-off section"
    );
    set_comparator(time);
    let admitted = control::admit_only(ExternalClass::CLOCK_COMPARATOR);
    let running = Mask::ADDRESSING_64 | Mask::DAT | Mask::MACHINE_CHECK;
    let mut psws = [
        Psw {
            mask: running,
            address: 0,
        },
        Psw {
            mask: running | Mask::WAIT | Mask::EXTERNAL,
            address: 0,
        },
    ];
    let handler = offset_of!(Lowcore, new) + offset_of!(Classes, external);
    // SAFETY: C1, C24: the external-new PSW of this CPU's own lowcore, written through its
    // alias, is this statement's until it is put back. C7: the two PSWs are a local, and
    // both continue at label 1.
    unsafe {
        asm!(
            "larl {kept}, 1f",
            "stg {kept}, 8({psws})",
            "stg {kept}, 24({psws})",
            "lmg %r0, %r1, 0({handler})",
            "mvc 0(16,{handler}), 0({psws})",
            "lpswe 16({psws})",
            "1:",
            "stmg %r0, %r1, 0({handler})",
            psws = in(reg_addr) psws.as_mut_ptr(),
            handler = in(reg_addr) lowcore::ALIAS + handler,
            kept = out(reg) _,
            out("r0") _,
            out("r1") _,
            options(nostack),
        );
    }
    control::admit_only(admitted);
}
