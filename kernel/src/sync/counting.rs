//! Lock holds and interrupts-off stretches, counted on each CPU: `lockstat`.
//!
//! ```text
//!  lock     raw_lock.rs, by the bit COUNTED of the ranks held ─► taken
//!  unlock   pop_interrupts_off, by a depth below 0 ─► section_ended: which are free now?
//! ```
//!
//! What is counted is the crate `sync`'s [`Counts`], one for each possible CPU. Under
//! `-icount` the clock counts the instructions of all CPUs: a figure is then exact on a
//! machine with one CPU, and with several it has in it what others did meanwhile.

use super::rank;
use ::sync::{Counts, Longest, Summary};
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use arch::counting::{self, Stretch};
use arch::{cpu, lowcore, timer};
use fallible::TryPush;
use spin::Once;

/// Nanoseconds, which are instructions under `-icount`, beyond which a hold is long.
pub const LONG: u64 = 1000;

type Table = Counts<{ rank::COUNT }>;

static TABLES: Once<Vec<Table>> = Once::new();

/// Counts the locks of the boot CPU from here on, and of each other one from its start.
/// Once, at boot, when the heap is there.
///
/// # Errors
/// If it has no room for the tables of so many CPUs.
pub fn init(possible_cpus: u32) -> Result<(), TryReserveError> {
    let mut tables = Vec::new();
    for _ in 0..possible_cpus {
        tables.try_push(Counts::new(timer::from_microseconds(LONG) / 1000))?;
    }
    TABLES.call_once(|| tables);
    begin();
    Ok(())
}

/// Counts the locks of the running CPU from here on, if they are counted at all. Once on
/// each.
pub fn begin() {
    if TABLES.is_completed() {
        counting::begin();
    }
}

fn own() -> Option<&'static Table> {
    TABLES.get()?.get(cpu::number() as usize)
}

/// A lock was taken, as [`::sync::Machine::count_taken`] says.
pub(super) fn taken(rank: u8, from: u64, contended: bool) {
    if let Some(table) = own() {
        table.taken(rank, from, contended, timer::now);
    }
}

/// A section has ended, as [`arch::traps::Handlers::section_ended`] says.
pub fn section_ended(outermost: Option<Stretch>) {
    if let Some(table) = own() {
        let outermost = outermost.map(|Stretch { start, from }| (start, from));
        table.section_ended(lowcore::held_ranks(), outermost, timer::now);
    }
}

/// Names of what is counted, each with what all CPUs know of it, lengths in
/// nanoseconds: the locks by rank, then the stretches with interrupts off. `None` if
/// nothing is counted.
pub fn summaries() -> Option<impl Iterator<Item = (&'static str, Summary)>> {
    let tables = TABLES.get()?;
    let sum = move |of: &dyn Fn(&Table) -> Option<Summary>| {
        let all = tables.iter().filter_map(of);
        let sum = all.fold(Summary::default(), Summary::and);
        let longest = sum.longest.map(|Longest { length, from }| Longest {
            length: timer::nanoseconds(length),
            from,
        });
        Summary { longest, ..sum }
    };
    let locks = rank::NAMES.iter().enumerate();
    let locks = locks.map(move |(rank, name)| (*name, sum(&|table| table.lock(rank))));
    let stretches = move || ("interrupts off", sum(&|table| Some(table.stretches())));
    Some(locks.chain(core::iter::once_with(stretches)))
}
