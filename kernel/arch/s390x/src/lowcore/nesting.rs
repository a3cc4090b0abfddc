//! The words of interrupts-off sections and held locks: how deep a CPU is in them.

use super::layout::{Lowcore, doubleword, this, word};
use core::arch::asm;
use core::mem::offset_of;
use volatile::map_field;

/// Nesting of interrupts-off sections and locks, as it was at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nesting {
    depth: i32,
    held: u32,
}

/// The running CPU's nesting. With interruptions off.
pub(crate) fn nesting() -> Nesting {
    Nesting {
        depth: interrupt_depth(),
        held: held_ranks_and_mode(),
    }
}

/// The running CPU's sections, from 0 on; if they are counted, from a number below that.
pub(crate) fn interrupt_depth() -> i32 {
    word::<{ offset_of!(Lowcore, interrupt_depth) }>().cast_signed()
}

/// Puts the nesting back to what it was: the sections and locks that code began
/// since, and whose ends it was taken away from, are forgotten. The outermost
/// section must be one that began before.
pub(crate) fn restore_nesting(to: Nesting) {
    // SAFETY: C1: two words of this CPU's own, with interruptions off.
    unsafe {
        asm!(
            "lg {base}, {writable}(0)",
            "st {depth}, {at_depth}({base})",
            "st {held}, {at_held}({base})",
            base = out(reg_addr) _,
            depth = in(reg) to.depth,
            held = in(reg) to.held,
            writable = const offset_of!(Lowcore, writable),
            at_depth = const offset_of!(Lowcore, interrupt_depth),
            at_held = const offset_of!(Lowcore, held_ranks),
            options(nostack, preserves_flags),
        );
    }
}

/// The bit of the held ranks that says that this CPU's locks are counted; no rank's.
pub const LOCKS_COUNTED: u32 = 1 << 31;

/// Ranks of the locks that the running CPU holds: bit n for rank n.
pub fn held_ranks() -> u32 {
    held_ranks_and_mode() & !LOCKS_COUNTED
}

/// The same, with [`LOCKS_COUNTED`].
#[inline(always)]
pub fn held_ranks_and_mode() -> u32 {
    word::<{ offset_of!(Lowcore, held_ranks) }>()
}

/// Where this CPU's latest section began; if they are counted.
pub fn section_from() -> u64 {
    doubleword::<{ offset_of!(Lowcore, section_from) }>()
}

/// When the outermost section began, by the clock, and where; if they are counted.
pub(crate) fn outermost_section() -> (u64, u64) {
    (
        doubleword::<{ offset_of!(Lowcore, section_start) }>(),
        doubleword::<{ offset_of!(Lowcore, outermost_from) }>(),
    )
}

/// Counts this CPU's sections, of which the outermost began at `start`, and its locks. The
/// addresses are of what begins and ends such a section.
pub(crate) fn count(start: u64, from: u64, [begin, end]: [u64; 2], bias: i32) {
    let lowcore = this();
    map_field!(lowcore.section_start).write(start);
    map_field!(lowcore.outermost_from).write(from);
    map_field!(lowcore.section_from).write(from);
    map_field!(lowcore.begin_counted).write(begin);
    map_field!(lowcore.end_counted).write(end);
    map_field!(lowcore.interrupt_depth).update(|depth| depth + bias);
    map_field!(lowcore.held_ranks).update(|ranks| ranks | LOCKS_COUNTED);
}

/// What stands for the running CPU in the word of a lock that it holds: its number plus 1.
#[inline(always)]
pub fn lock_mark() -> u32 {
    word::<{ offset_of!(Lowcore, lock_mark) }>()
}

/// Adds `RANK`, below 32, to the ranks that this CPU holds. With interruptions off.
#[inline(always)]
pub fn hold_rank<const RANK: u8>() {
    // SAFETY: C4: a byte of this CPU's own.
    unsafe {
        asm!(
            "lg {base}, {writable}(0)",
            "oi {byte}({base}), {bit}",
            base = out(reg_addr) _,
            writable = const offset_of!(Lowcore, writable),
            byte = const rank_byte(RANK),
            bit = const 1u8 << (RANK % 8),
            options(nostack),
        );
    }
}

/// Removes `RANK` from the ranks that this CPU holds. With interruptions off.
#[inline(always)]
pub fn release_rank<const RANK: u8>() {
    // SAFETY: C4: a byte of this CPU's own.
    unsafe {
        asm!(
            "lg {base}, {writable}(0)",
            "ni {byte}({base}), {others}",
            base = out(reg_addr) _,
            writable = const offset_of!(Lowcore, writable),
            byte = const rank_byte(RANK),
            others = const !(1u8 << (RANK % 8)),
            options(nostack),
        );
    }
}

/// Runs `work` as if this CPU held no lock, for a report that waits for none of those that
/// it holds. With interruptions off.
pub fn with_ranks_set_aside<R>(work: impl FnOnce() -> R) -> R {
    let before = nesting();
    restore_nesting(Nesting {
        held: before.held & LOCKS_COUNTED,
        ..before
    });
    let result = work();
    restore_nesting(before);
    result
}

/// Forgets which locks this CPU holds, for a panic's report, and counts none any more.
pub fn release_all_ranks() {
    restore_nesting(Nesting {
        held: 0,
        ..nesting()
    });
}

/// Offset of the byte that holds a rank's bit.
const fn rank_byte(rank: u8) -> usize {
    assert!(rank < 31, "held_ranks has 31 bits for ranks");
    offset_of!(Lowcore, held_ranks) + 3 - (rank / 8) as usize
}
