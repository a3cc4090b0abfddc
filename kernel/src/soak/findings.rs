//! What a soak has done so far, what it has found that may not be, and what people see of it.

use crate::{cpus, println};
use ::soak::{Operation, Outcome, Tally};
use arch::timer::{nanoseconds, now};
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};

/// Operations so far.
pub static TALLY: Tally = Tally::new();

static LOST: AtomicU64 = AtomicU64::new(0);
static FAULTS: AtomicU64 = AtomicU64::new(0);
static NOT_COME: AtomicU64 = AtomicU64::new(0);

/// Lines on what is lost; more are counted.
const MOST_LINES: u64 = 20;

/// A soak begins.
pub fn begin() {
    TALLY.clear();
    for count in [&LOST, &FAULTS, &NOT_COME] {
        count.store(0, Ordering::Relaxed);
    }
}

/// Something is found that may not be. Any CPU, with no lock held.
#[cold]
pub fn lost(what: fmt::Arguments<'_>) {
    if LOST.fetch_add(1, Ordering::Relaxed) < MOST_LINES {
        println!("soak: lost: cpu {}: {what}", arch::cpu::number());
    }
}

/// How often that was.
pub fn lost_count() -> u64 {
    LOST.load(Ordering::Relaxed)
}

/// A slice's fault came, or didn't.
pub fn count_fault(came: bool) {
    let count = if came { &FAULTS } else { &NOT_COME };
    count.fetch_add(1, Ordering::Relaxed);
}

/// Requests that were made to fail.
pub fn fault_count() -> u64 {
    FAULTS.load(Ordering::Relaxed)
}

/// Prints how far a soak is that began then.
pub fn print_progress(start: u64, seconds: u64) {
    let done = |operation| TALLY.of(operation, Outcome::Done);
    println!(
        "soak: {} of {seconds} s: {} operations, {} loads, {} times a CPU left, {} faults; {} online",
        nanoseconds(now() - start) / 1_000_000_000,
        TALLY.total(),
        done(Operation::Load),
        done(Operation::Offline),
        fault_count(),
        cpus::online_count()
    );
}

/// Prints how many operations there were of each kind, and how they ended.
pub fn print_table() {
    println!("soak: {:<18} {:>12} {:>12}", "operation", "done", "refused");
    for operation in Operation::all() {
        println!(
            "soak: {operation:<18} {:>12} {:>12}",
            TALLY.of(operation, Outcome::Done),
            TALLY.of(operation, Outcome::Refused)
        );
    }
    println!(
        "soak: {:<18} {:>12} {:>12} that didn't come",
        "fault",
        fault_count(),
        NOT_COME.load(Ordering::Relaxed)
    );
}
