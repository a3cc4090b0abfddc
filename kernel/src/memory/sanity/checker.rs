//! The table of blocks and the reports, behind their lock; and what an event and a record are
//! made of.

use super::hooks::hooks;
use crate::memory::{real, reserve};
use crate::sync::{self, Lock, rank};
use crate::{boot_time, fail};
use ::memory::frames::order_of;
use ::sanity::{Block, BlockTable, CHUNK, Counts, Event, Kind, Refused, Report, Slot};
use arch::backtrace::{Step, Walk};
use arch::{PAGE_SIZE, cpu, stack};
use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Reports that are kept.
pub const REPORTS: usize = 16;

/// Of memory, one part in so many is the quarantine's at most, up to [`MOST_KEPT`].
const SHARE: usize = 32;
const MOST_KEPT: usize = 8 << 20;

/// And of the kernel's heap, if all of it is the heap's: who allocates with a lock held can't
/// have it given back.
const SHARE_OF_HEAP: usize = 8;

/// Areas whose addresses the quarantine keeps at most: each counts for a page.
pub const MOST_AREAS: usize = MOST_KEPT / PAGE_SIZE;

/// The table of blocks, and the reports.
pub struct Checker {
    /// The blocks.
    pub blocks: BlockTable,
    /// Report n at n modulo [`REPORTS`].
    reports: [Option<Report>; REPORTS],
    /// Reports since boot.
    made: u64,
    /// Those of them that have been printed.
    printed: u64,
}

/// Held for as many steps as the table's operations take, and none of the memory that its blocks
/// are.
pub static CHECKER: Lock<Checker, { rank::SANITY }> = Lock::new(Checker {
    blocks: BlockTable::new(),
    reports: [const { None }; REPORTS],
    made: 0,
    printed: 0,
});

/// Frames that hold records; they are never given back.
static FRAMES: AtomicUsize = AtomicUsize::new(0);

/// Reports that self-tests have provoked.
static PROVOKED: AtomicU64 = AtomicU64::new(0);

/// Records blocks from here on, on a machine with `memory` bytes, `heap` of them the kernel's heap.
/// Once, at boot, before anything is allocated.
pub fn begin(memory: usize, heap: usize) {
    let budget = (memory / SHARE).min(heap / SHARE_OF_HEAP).min(MOST_KEPT);
    CHECKER.lock().blocks.set_budget(budget);
    fail::set_checked();
}

/// Whether blocks are recorded.
#[inline(always)]
pub fn is_on() -> bool {
    fail::is_checked()
}

/// Blocks there are, and what is in quarantine.
pub fn counts() -> Counts {
    CHECKER.lock().blocks.counts()
}

/// Frames that hold records of blocks.
pub fn frames() -> usize {
    FRAMES.load(Ordering::Relaxed)
}

/// Reports since boot.
pub fn made() -> u64 {
    CHECKER.lock().made
}

/// Reports since boot but for those that a self-test has provoked.
pub fn unexpected() -> u64 {
    made() - PROVOKED.load(Ordering::Relaxed)
}

/// A self-test has provoked so many reports.
pub fn expect(reports: u64) {
    PROVOKED.fetch_add(reports, Ordering::Relaxed);
}

/// A report by its number, from 1 on, if it is still kept.
pub fn report(number: u64) -> Option<Report> {
    let checker = CHECKER.lock();
    let kept = checker.reports.get((number % REPORTS as u64) as usize)?;
    kept.filter(|report| report.number == number)
}

/// Keeps a report, and prints it if that may be done here.
#[cold]
pub fn make(mut report: Report) {
    {
        let mut checker = CHECKER.lock();
        checker.made += 1;
        report.number = checker.made;
        let at = (report.number % REPORTS as u64) as usize;
        checker.reports[at] = Some(report);
    }
    print_pending();
}

/// Prints the reports that haven't been, unless this CPU holds a lock.
pub fn print_pending() {
    static PRINTING: AtomicBool = AtomicBool::new(false);
    if !is_on() || !sync::holds_none() {
        return;
    }
    let Some(hooks) = hooks() else {
        return;
    };
    // Who prints allocates nothing that could be misused; all the same, once at a time.
    if PRINTING.swap(true, Ordering::Acquire) {
        return;
    }
    loop {
        let next = {
            let mut checker = CHECKER.lock();
            if checker.printed == checker.made {
                break;
            }
            // Of more than there is room for the latest are kept.
            checker.printed =
                (checker.printed + 1).max(checker.made.saturating_sub(REPORTS as u64 - 1));
            checker.reports[(checker.printed % REPORTS as u64) as usize]
        };
        if let Some(report) = next {
            hooks.print(&report);
        }
    }
    PRINTING.store(false, Ordering::Release);
}

/// Who calls the function that asks, here and now.
#[inline(never)]
pub fn event() -> Event {
    let mut event = Event {
        time: boot_time::since_entry(),
        cpu: cpu::number(),
        ..Event::NONE
    };
    let walk = Walk::from(stack::pointer()).map(|step| match step {
        Step::Return(address) | Step::Interrupted(address) => address,
    });
    // The first is where this function returns to.
    for (place, address) in event.trace.iter_mut().zip(walk.skip(1)) {
        *place = address;
    }
    event
}

/// Page frames for the table itself, which has none of these: they are never given back.
/// Whatever is in them; the identity map has them.
pub fn memory_for_good(bytes: usize) -> Option<*mut u8> {
    let order = order_of(bytes);
    let frame = real::with(|memory| memory.frames.take(order))?;
    FRAMES.fetch_add(1 << order, Ordering::Relaxed);
    Some(core::ptr::with_exposed_provenance_mut(frame * PAGE_SIZE))
}

/// Enters a block. Where there is no room for its record, more is made, and it is entered under
/// the same hold of the lock: another CPU can't take what was made for it.
///
/// # Errors
/// Why it isn't; [`Refused::NoRoom`] without memory.
#[expect(
    clippy::result_large_err,
    reason = "it goes to a report, not far; no heap here"
)]
pub fn enter(block: Block) -> Result<(), Refused> {
    let entered = CHECKER.lock().blocks.enter(block);
    let Err(Refused::NoRoom) = entered else {
        return entered;
    };
    let slots = empty_slots(block.kind).ok_or(Refused::NoRoom)?;
    let mut checker = CHECKER.lock();
    let added = checker.blocks.add_room(slots);
    added.map_err(|_| Refused::NoRoom)?;
    checker.blocks.enter(block)
}

/// Room for more records; `None` without memory: what modules leave to the kernel is for
/// records of its own blocks.
fn empty_slots(kind: Kind) -> Option<&'static mut [Slot; CHUNK]> {
    const _: () = assert!(size_of::<[Slot; CHUNK]>() <= 16 * PAGE_SIZE);
    if kind != Kind::Heap && reserve::has_no_frames() {
        return None;
    }
    let slots = memory_for_good(size_of::<[Slot; CHUNK]>())?.cast::<[Slot; CHUNK]>();
    let first = slots.cast::<Slot>();
    for number in 0..CHUNK {
        // SAFETY: M1: the frames are the records' for good, aligned to a page, and have
        // room for so many.
        unsafe { first.add(number).write(Slot::EMPTY) };
    }
    // SAFETY: M1: all of them have just been written, and nobody else has them.
    Some(unsafe { &mut *slots })
}
