//! The beginning and the end of a counted section, in assembler: where push and pop of
//! `cpu.rs` branch to for a depth below 0 (counting.rs). Keeps C4.

use crate::lowcore::Lowcore;
use core::arch::global_asm;
use core::mem::offset_of;

/// Bits of the system mask for I/O and external interruptions.
pub(crate) const ENABLED: u8 = 0x03;

/// Offset of the byte of `interrupt_state` that isn't 0 always.
pub(crate) const STATE_BYTE: usize = offset_of!(Lowcore, interrupt_state) + 3;

/// Depth of a CPU in no section, if its sections are counted. As many may nest.
pub(crate) const COUNTED: i32 = -0x4000;

/// An outermost section that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// When it began, by the clock.
    pub start: u64,
    /// Where, in code.
    pub from: u64,
}

unsafe extern "C" {
    /// Begins a section: register 1 is the base of lowcore, 0 where to go on. Other
    /// registers stay as they are.
    pub(crate) fn section_begin_counted();
    /// Ends one that the depth doesn't count any more, in the same way.
    pub(crate) fn section_end_counted();
}

global_asm!(
    ".text",
    ".balign 8",
    "section_begin_counted:",
    "chsi {at_depth}(%r1), {counted}",
    "jne 1f",
    // As in `push_interrupts_off`: what interrupts up to here leaves all as it was.
    "stnsm {at_state}(%r1), 0xfc",
    "ni {at_state}(%r1), {enabled}",
    "stg %r0, {outermost_from}(%r1)",
    "stckf {section_start}(%r1)",
    "1:",
    "stg %r0, {section_from}(%r1)",
    "asi {at_depth}(%r1), 1",
    "lgr %r1, %r0",
    "br %r1",
    ".globl section_begin_counted",
    ".balign 8",
    "section_end_counted:",
    "lgr %r1, %r15",
    "aghi %r15, -216",
    "stg %r1, 0(%r15)",
    "stg %r0, 160(%r15)",
    "stmg %r2, %r5, 168(%r15)",
    "stg %r14, 200(%r15)",
    "brasl %r14, counted_section_ended",
    "lg %r14, 200(%r15)",
    "lmg %r2, %r5, 168(%r15)",
    "lg %r0, 160(%r15)",
    "aghi %r15, 216",
    "lg %r1, {writable}(0)",
    "chsi {at_depth}(%r1), {counted}",
    "jne 1f",
    "tm {at_state}(%r1), {enabled}",
    "jz 1f",
    "stosm {scratch}(%r1), {enabled}",
    "1:",
    "lgr %r1, %r0",
    "br %r1",
    ".globl section_end_counted",
    counted = const COUNTED,
    enabled = const ENABLED,
    at_depth = const offset_of!(Lowcore, interrupt_depth),
    at_state = const STATE_BYTE,
    scratch = const offset_of!(Lowcore, scratch),
    writable = const offset_of!(Lowcore, writable),
    section_start = const offset_of!(Lowcore, section_start),
    section_from = const offset_of!(Lowcore, section_from),
    outermost_from = const offset_of!(Lowcore, outermost_from),
);
