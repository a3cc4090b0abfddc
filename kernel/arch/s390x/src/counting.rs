//! Interrupts-off sections that are counted: how long they last, and where they begin.
//!
//! ```text
//!              depth of a CPU, lowcore 0x348
//!  as usual        0      1      2  ..      push and pop look for 0
//!  counted     COUNTED   +1     +2  ..      negative: here, for the start and the end
//! ```
//!
//! So a section that isn't counted costs no instruction more than without all this: push
//! and pop compare the depth with 0 anyway. Where a counted one begins and ends is the
//! address behind the branch to here: in the function that push or pop is part of.
//!
//! Keeps C4. What interruptions-off time this doesn't see: boot, until interruptions are
//! first turned on; the entry code; and code that turns them off by instructions of its own,
//! as C modules do with `local_irq_save`.

use crate::lowcore::{self, Lowcore};
use crate::traps::handlers;
use crate::{cpu, timer};
use core::arch::global_asm;
use core::mem::offset_of;

/// Depth of a CPU in no section, if its sections are counted. As many may nest.
const COUNTED: i32 = -0x4000;

/// An outermost section that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// When it began, by the clock.
    pub start: u64,
    /// Where, in code.
    pub from: u64,
}

/// Counts the running CPU's sections from here on: [`Handlers::section_ended`] is called
/// at each one's end, and [`lowcore::section_from`] says where the latest began. Once on
/// each CPU, when translation is on.
///
/// [`Handlers::section_ended`]: crate::traps::Handlers::section_ended
///
/// # Panics
/// If they are counted already.
pub fn begin() {
    cpu::without_interrupts(|| {
        assert!(
            lowcore::interrupt_depth() > 0,
            "sections are counted already"
        );
        let [begins, ends] = [section_begin_counted, section_end_counted]
            .map(|code: unsafe extern "C" fn()| code as usize as u64);
        lowcore::count(
            timer::now(),
            begin as *const () as u64,
            [begins, ends],
            COUNTED,
        );
    });
}

/// Called by the code below, the depth counted down already, interruptions still off.
#[unsafe(no_mangle)]
extern "C" fn counted_section_ended() {
    let depth = lowcore::interrupt_depth();
    if !(COUNTED..COUNTED / 2).contains(&depth) {
        cpu::no_section();
    }
    let stretch = (depth == COUNTED).then(|| {
        let (start, from) = lowcore::outermost_section();
        Stretch { start, from }
    });
    handlers::get().section_ended(stretch);
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
    enabled = const cpu::ENABLED,
    at_depth = const offset_of!(Lowcore, interrupt_depth),
    at_state = const cpu::STATE_BYTE,
    scratch = const offset_of!(Lowcore, scratch),
    writable = const offset_of!(Lowcore, writable),
    section_start = const offset_of!(Lowcore, section_start),
    section_from = const offset_of!(Lowcore, section_from),
    outermost_from = const offset_of!(Lowcore, outermost_from),
);
