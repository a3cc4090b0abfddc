//! Bytes around a block and in it: written, and compared.

use super::hooks::hooks;
use ::sanity::pattern::{self, Damage};
use ::sanity::{Block, Kind};
use arch::fault_safe;
use core::ops::Range;

/// Bytes that are compared at once.
const PIECE: usize = 256;

/// What is added to a block's addresses for each of its copies, and whose that is: nothing,
/// and nobody's in particular, but for a per-CPU area.
pub fn copies(kind: Kind) -> impl Iterator<Item = (Option<u32>, usize)> {
    let per_cpu = kind == Kind::PerCpu;
    let mut next = 0;
    core::iter::from_fn(move || {
        let cpu = next;
        next += 1;
        match per_cpu {
            true => Some((Some(cpu), hooks()?.copy(cpu)?)),
            false => (cpu == 0).then_some((None, 0)),
        }
    })
}

/// Fills bytes of a block in each copy.
pub fn fill(block: &Block, bytes: Range<usize>, pattern: u8) {
    for (_, offset) in copies(block.kind) {
        let start = core::ptr::with_exposed_provenance_mut::<u8>(bytes.start.wrapping_add(offset));
        // SAFETY: M4: the caller's block, or one that nobody has any more, or hasn't yet; and
        // what is around it, which is the allocator's block, too.
        unsafe { start.write_bytes(pattern, bytes.end.wrapping_sub(bytes.start)) };
    }
}

/// The first and the last byte of a range that differ from a pattern. What can't be read
/// doesn't: who has unmapped it will have had a reason.
pub fn compare(start: usize, bytes: usize, value: u8) -> Option<Damage> {
    let mut found: Option<Damage> = None;
    let mut buffer = [0; PIECE];
    for done in (0..bytes).step_by(PIECE) {
        let piece = &mut buffer[..PIECE.min(bytes - done)];
        if fault_safe::read_bytes(start.wrapping_add(done), piece).is_err() {
            break;
        }
        if let Some(damage) = pattern::damage(piece, value) {
            let first = found.get_or_insert(Damage {
                first: done + damage.first,
                ..damage
            });
            first.last = done + damage.last;
        }
    }
    found
}
