//! Free page frames: filled with poison when they are given back, and compared when they are
//! taken again.
//!
//! A bit a frame says that it was filled: what has been free since boot wasn't. Who gave back
//! is known of the latest blocks.

use super::checker::{event, is_on, make, memory_for_good};
use crate::sync::{Lock, rank};
use ::sanity::pattern::{self, FREED};
use ::sanity::{Block, Event, Found, Kind, Misuse, Report, State, Zones};
use arch::PAGE_SIZE;
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering};
use spin::Once;

/// Blocks whose end is known.
const LATEST: usize = 32;

/// The blocks that were given back last.
struct Latest {
    blocks: [(Range<usize>, Event); LATEST],
    next: usize,
}

static LATEST_FREED: Lock<Latest, { rank::SANITY }> = Lock::new(Latest {
    blocks: [const { (0..0, Event::NONE) }; LATEST],
    next: 0,
});

/// A bit for each frame: whether it is free and filled.
static FILLED: Once<&'static [AtomicU64]> = Once::new();

/// Begins, on a machine with so many bytes; without memory for the bits nothing is filled.
pub fn begin(memory: usize) {
    let words = (memory / PAGE_SIZE).div_ceil(64);
    let Some(start) = memory_for_good(words * size_of::<u64>()) else {
        return;
    };
    let start = start.cast::<AtomicU64>();
    // SAFETY: M1: the frames are the bits' for good, aligned to a page, and have room for so
    // many words, which may be zeros.
    let bits = unsafe {
        start.write_bytes(0, words);
        core::slice::from_raw_parts(start, words)
    };
    FILLED.call_once(|| bits);
}

fn place(frame: usize) -> Option<(&'static AtomicU64, u64)> {
    let word = FILLED.get()?.get(frame / 64)?;
    Some((word, 1 << (frame % 64)))
}

/// The memory of a frame.
///
/// # Safety
/// M1: the frame is the caller's, and stays so.
unsafe fn bytes_of<'a>(frame: usize) -> &'a mut [u8] {
    let start = core::ptr::with_exposed_provenance_mut(frame * PAGE_SIZE);
    // SAFETY: M1: the caller's promise; the identity map has it, writable.
    unsafe { core::slice::from_raw_parts_mut(start, PAGE_SIZE) }
}

/// Fills frames that are given back next, and keeps who does so. Any lock may be held.
///
/// # Safety
/// M1: the frames are the caller's, whom no CPU reaches them for any more.
#[inline(always)]
pub unsafe fn giving(frames: Range<usize>) {
    if is_on() {
        // SAFETY: M1: the caller's promise.
        unsafe { fill(frames) };
    }
}

/// # Safety
/// As of [`giving`].
#[cold]
unsafe fn fill(frames: Range<usize>) {
    for frame in frames.start..frames.end {
        let Some((word, bit)) = place(frame) else {
            return;
        };
        // SAFETY: M1: the caller's promise.
        unsafe { bytes_of(frame) }.fill(FREED);
        word.fetch_or(bit, Ordering::Relaxed);
    }
    let event = event();
    let mut latest = LATEST_FREED.lock();
    let next = latest.next;
    latest.blocks[next] = (frames, event);
    latest.next = (next + 1) % LATEST;
}

/// Compares frames that were taken.
///
/// # Safety
/// M1: the frames are the caller's.
#[inline(always)]
pub unsafe fn taken(frames: Range<usize>) {
    if is_on() {
        // SAFETY: M1: the caller's promise.
        unsafe { compare_all(frames) };
    }
}

/// # Safety
/// As of [`taken`].
#[cold]
unsafe fn compare_all(frames: Range<usize>) {
    for frame in frames {
        let filled = place(frame).is_some_and(|(word, bit)| {
            word.load(Ordering::Relaxed) & bit != 0
                && word.fetch_and(!bit, Ordering::Relaxed) & bit != 0
        });
        if filled {
            // SAFETY: M1: the caller's promise.
            compare(frame, unsafe { bytes_of(frame) });
        }
    }
}

fn compare(frame: usize, bytes: &[u8]) {
    let Some(damage) = pattern::damage(bytes, FREED) else {
        return;
    };
    let freed = {
        let latest = LATEST_FREED.lock();
        let mut holding = latest
            .blocks
            .iter()
            .filter(|(range, _)| range.contains(&frame));
        holding.next_back().map_or(Event::NONE, |&(_, event)| event)
    };
    let start = frame * PAGE_SIZE;
    let zones = Zones {
        before: 0,
        bytes: PAGE_SIZE,
        after: 0,
    };
    let mut block = Block::new(Kind::Frames, start, zones, Event::NONE);
    block.state = State::Gone;
    block.freed = freed;
    make(Report {
        number: 0,
        misuse: Misuse::WriteAfterFree(damage),
        address: start + damage.first,
        block: Some(block),
        neighbour: None,
        copy: None,
        found: Found::Taken,
        event: event(),
    });
}
