//! The life of a block, from its allocation until its allocator has it back.

use super::checker::{self, CHECKER, event, is_on, make, print_pending};
use super::hooks::release;
use super::touch::{compare, copies, fill};
use crate::memory::error::OutOfMemory;
use crate::sync;
use ::sanity::pattern::{Damage, FREED, RED_ZONE, UNINITIALISED};
use ::sanity::{Block, Found, Kind, Misuse, Refused, Report, Slot, State, Zones};
use arch::PAGE_SIZE;
use core::ops::Range;

/// What is in a fresh block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fresh {
    /// Anything: it gets a pattern of its own.
    Anything,
    /// What its allocator has put there.
    Filled,
}

/// Enters a block that an allocator hands out, and lays its red zones.
///
/// # Errors
/// If there is no memory for its record: then it goes back to its allocator.
pub fn enter(
    kind: Kind,
    start: usize,
    zones: Zones,
    cache: usize,
    fresh: Fresh,
) -> Result<(), OutOfMemory> {
    let mut block = Block::new(kind, start, zones, event());
    block.cache = cache;
    fill(&block, block.base()..start, RED_ZONE);
    if fresh == Fresh::Anything {
        fill(&block, start..block.end(), UNINITIALISED);
    }
    fill(&block, block.end()..block.end() + zones.after, RED_ZONE);
    match checker::enter(block) {
        Ok(()) => Ok(()),
        Err(Refused::Overlap(other)) => {
            overlap(start, Some(other));
            Err(OutOfMemory)
        }
        Err(_) => Err(OutOfMemory),
    }
}

/// Reports that an allocator hands out what isn't its to hand out.
#[cold]
pub fn overlap(address: usize, block: Option<Block>) {
    make(Report {
        block,
        ..at_once(Misuse::Overlap, address)
    });
}

/// Names what a block holds.
pub fn name(kind: Kind, start: usize, label: &'static str) {
    if is_on() {
        CHECKER.lock().blocks.set_label(kind, start, label);
    }
}

/// A report of what the caller does.
fn at_once(misuse: Misuse, address: usize) -> Report {
    Report {
        number: 0,
        misuse,
        address,
        block: None,
        neighbour: None,
        copy: None,
        found: Found::AtOnce,
        event: event(),
    }
}

/// Takes a live block from who frees it.
///
/// # Errors
/// Why it can't be freed; nothing has changed, and it isn't reported.
#[expect(
    clippy::result_large_err,
    reason = "it goes to a report, not far; no heap here"
)]
pub fn begin_free(kind: Kind, start: usize, cache: usize) -> Result<Block, Refused> {
    let event = event();
    CHECKER.lock().blocks.begin_free(kind, start, cache, &event)
}

/// Reports an address that couldn't be freed by `kind`'s function, of the cache.
#[cold]
pub fn refused(kind: Kind, address: usize, cache: usize) {
    if !is_on() {
        return;
    }
    let Some(refused) = CHECKER.lock().blocks.refusal(kind, address, cache) else {
        // It could, by now.
        return;
    };
    let (misuse, block) = match refused {
        Refused::Twice(block) => (Misuse::FreedTwice, Some(block)),
        Refused::Inside(block) => (Misuse::FreedInside, Some(block)),
        Refused::OtherKind(block) => (Misuse::WrongFree(kind), Some(block)),
        Refused::OtherCache(block) => (Misuse::WrongCache, Some(block)),
        Refused::Overlap(_) | Refused::NoRoom | Refused::Unknown => (Misuse::NoBlock(kind), None),
    };
    make(Report {
        block,
        ..at_once(misuse, address)
    });
}

/// Reports that a cache is destroyed which has so many objects; `cache` is its block.
#[cold]
pub fn cache_in_use(cache: usize, objects: usize) {
    if !is_on() {
        return;
    }
    let block = CHECKER.lock().blocks.starting_at(Kind::Slab, cache);
    make(Report {
        block,
        ..at_once(Misuse::CacheInUse(objects), cache)
    });
}

/// Reports that a cache is used which is none, if it was one, or is another block.
#[cold]
pub fn no_cache(cache: usize) {
    if !is_on() {
        return;
    }
    let block = CHECKER.lock().blocks.starting_at(Kind::Slab, cache);
    if block.is_some_and(|block| block.state != State::Live) {
        make(Report {
            block,
            ..at_once(Misuse::CacheGone, cache)
        });
    }
}

/// Compares the red zones of a freed block, poisons it, and keeps it for a while.
pub fn finish_free(block: &Block) {
    compare_zones(block, Found::Free);
    fill(block, block.start..block.end(), FREED);
    keep(block, block.zones.total());
}

/// As [`finish_free`], of an area, whose pages the caller unmaps before it
/// [keeps](keep_addresses) its addresses.
pub fn finish_area(block: &Block) {
    compare_zones(block, Found::Free);
}

/// Keeps the addresses of an area for a while, at which nothing is mapped.
pub fn keep_addresses(block: &Block) {
    keep(block, PAGE_SIZE);
}

fn keep(block: &Block, cost: usize) {
    // Its record is kept as long, and of a small block it is what takes most.
    let cost = cost + size_of::<Slot>();
    CHECKER.lock().blocks.keep(block.kind, block.start, cost);
    evict(false);
}

/// Gives all back that is in quarantine, once it has been compared.
pub fn flush() {
    if is_on() {
        evict(true);
    }
}

/// What an allocation comes to, which is tried again if it fails: with what was in quarantine
/// given back.
pub fn or_flushed<T, E>(allocate: impl Fn() -> Result<T, E>) -> Result<T, E> {
    allocate().or_else(|error| match is_on() {
        true => {
            flush();
            allocate()
        }
        false => Err(error),
    })
}

/// What leaves quarantine goes back with its allocator's lock, so whoever holds one leaves it
/// to the next.
fn evict(all: bool) {
    while sync::holds_none() {
        // Not held any more when the block is compared.
        let oldest = CHECKER.lock().blocks.oldest(all);
        let Some(block) = oldest else {
            return;
        };
        compare_zones(&block, Found::Quarantine);
        compare_poison(&block, Found::Quarantine);
        CHECKER.lock().blocks.forget(block.kind, block.start);
        release(&block);
    }
}

/// Reports what differs from a pattern in each copy, and puts it right, so that it is
/// reported once.
fn look(
    block: &Block,
    bytes: &Range<usize>,
    pattern: u8,
    found: Found,
    misuse: fn(Damage) -> Misuse,
) {
    for (copy, offset) in copies(block.kind) {
        let start = bytes.start.wrapping_add(offset);
        let length = bytes.end.wrapping_sub(bytes.start);
        let Some(damage) = compare(start, length, pattern) else {
            continue;
        };
        let from_the_edge = damage.first == 0 && bytes.start == block.base();
        let neighbour = (from_the_edge && block.zones.before > 0)
            .then(|| CHECKER.lock().blocks.before(block))
            .flatten();
        fill(block, bytes.start..bytes.end, pattern);
        make(Report {
            number: 0,
            misuse: misuse(damage),
            address: bytes.start + damage.first,
            block: Some(*block),
            neighbour,
            copy,
            found,
            event: event(),
        });
    }
}

fn compare_zones(block: &Block, found: Found) {
    look(
        block,
        &(block.base()..block.start),
        RED_ZONE,
        found,
        Misuse::Underrun,
    );
    let end = block.end();
    look(
        block,
        &(end..end + block.zones.after),
        RED_ZONE,
        found,
        Misuse::Overrun,
    );
}

fn compare_poison(block: &Block, found: Found) {
    let bytes = block.start..block.end();
    look(block, &bytes, FREED, found, Misuse::WriteAfterFree);
}

/// Each block up to those of a kind, one after another, without the lock.
fn each(last_kind: Kind, mut work: impl FnMut(&Block)) {
    let mut last: Option<Block> = None;
    loop {
        let next = CHECKER.lock().blocks.next(last.as_ref());
        let Some((pin, block)) = next else {
            return;
        };
        let is_wanted = block.kind <= last_kind;
        if is_wanted {
            work(&block);
        }
        CHECKER.lock().blocks.unpin(pin);
        if !is_wanted {
            return;
        }
        last = Some(block);
    }
}

/// Compares all blocks, live ones and those in quarantine; how many there are. Not in
/// interrupt handlers: it takes some steps for each byte of red zone and of quarantine.
pub fn check() -> usize {
    compare_all(Kind::Heap, Found::Check)
}

/// Compares what modules have, and what they freed, when a function of theirs has returned.
pub fn returned(function: u64) {
    if is_on() {
        compare_all(Kind::PerCpu, Found::Return(function));
        print_pending();
    }
}

fn compare_all(last: Kind, found: Found) -> usize {
    let mut count = 0;
    each(last, |block| {
        count += 1;
        match block.state {
            State::Live => compare_zones(block, found),
            State::Kept => {
                compare_zones(block, found);
                compare_poison(block, found);
            }
            State::Going | State::Gone => {}
        }
    });
    count
}

/// Calls within which a module's function must be for a block to be the module's: what the
/// kernel allocates for itself on a module's behalf is deeper.
const OWNERS: usize = 4;

/// Reports what a module has left behind that it allocated, by its text's addresses; how many
/// blocks.
pub fn left_by(text: &Range<u64>) -> usize {
    let mut count = 0;
    if is_on() {
        each(Kind::PerCpu, |block| {
            let mut calls = block.allocated.addresses().take(OWNERS);
            let is_its = block.label.is_none() && !block.left;
            if is_its && block.state == State::Live && calls.any(|call| text.contains(&call)) {
                count += 1;
                CHECKER.lock().blocks.set_left(block.kind, block.start);
                make(Report {
                    block: Some(*block),
                    found: Found::Unload,
                    ..at_once(Misuse::Leaked, block.start)
                });
            }
        });
    }
    count
}

/// The block that an address is in, red zones included, live or not; of an address of a copy,
/// by handle and [`Kind::PerCpu`].
pub fn at(kind: Kind, address: usize) -> Option<Block> {
    CHECKER.lock().blocks.around(kind, address)
}
