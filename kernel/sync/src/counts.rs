//! What one CPU counts of its locks and of its interrupts-off sections.
//!
//! ```text
//!  section begins ─► lock taken ─► another taken ─► freed ─► freed ─► section ends
//!  │                 └────────────── a hold ────────────────┘                  │
//!  │                               └── a hold ──┘                              │
//!  └───────────────────────────── a stretch ───────────────────────────────────┘
//! ```
//!
//! A hold begins when the lock is taken, not when it is wanted, and ends with the section
//! that taking it began: [`Counts::section_ended`] gets at each section's end which
//! ranks are still held. What counting itself takes within a stretch is left out of it, but
//! for the way here and back.
//!
//! The counts are changed by their CPU alone, with interrupts off (C4), and read by any: a
//! reader may find a longest hold with the place of the one before.

use core::cell::Cell;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// The bit beside those of the ranks that a CPU holds which says that its locks are
/// counted.
pub const COUNTED: u32 = 1 << 31;

/// Places whose longest hold of a lock is known.
pub const PLACES: usize = 16;

/// The longest hold that began at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Longest {
    /// How long it was, in ticks of the clock.
    pub length: u64,
    /// The place in code.
    pub from: u64,
}

/// What is known of a lock's holds, or of stretches with interrupts off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Times that it was taken; stretches that have ended.
    pub count: u64,
    /// Times that it was taken from another CPU's hands.
    pub contended: u64,
    /// Those that were long.
    pub long: u64,
    /// The longest of each of the places with the longest, in their order; length 0 where
    /// there are no more.
    pub longest: [Longest; PLACES],
}

impl Summary {
    /// What both know.
    pub fn and(mut self, other: Self) -> Self {
        self.count += other.count;
        self.contended += other.contended;
        self.long += other.long;
        for one in other.longest {
            let longest = Cell::from_mut(&mut self.longest[..]).as_slice_of_cells();
            keep(one, |at| longest[at].get(), |at, one| longest[at].set(one));
        }
        self
    }
}

/// Takes a hold among the longest of their places, if it is one: `get` and `set` are for the
/// place of a number, the longest first. In place, as stacks are small.
fn keep(new: Longest, get: impl Fn(usize) -> Longest, mut set: impl FnMut(usize, Longest)) {
    let same = (0..PLACES - 1).find(|&at| get(at).from == new.from);
    let mut at = same.unwrap_or(PLACES - 1);
    if new.length <= get(at).length {
        return;
    }
    while at > 0 && get(at - 1).length < new.length {
        set(at, get(at - 1));
        at -= 1;
    }
    set(at, new);
}

/// A [`Summary`] that grows.
#[derive(Debug)]
struct Record {
    count: AtomicU64,
    contended: AtomicU64,
    long: AtomicU64,
    /// Length and place of each.
    longest: [[AtomicU64; 2]; PLACES],
}

/// A hold that hasn't ended.
#[derive(Debug)]
struct Hold {
    since: AtomicU64,
    from: AtomicU64,
}

impl Hold {
    const fn new() -> Self {
        Self {
            since: AtomicU64::new(0),
            from: AtomicU64::new(0),
        }
    }
}

/// One more. Its CPU alone changes it, so that no atomic step is needed.
fn count(number: &AtomicU64) {
    number.store(number.load(Relaxed) + 1, Relaxed);
}

impl Record {
    const fn new() -> Self {
        Self {
            count: AtomicU64::new(0),
            contended: AtomicU64::new(0),
            long: AtomicU64::new(0),
            longest: [const { [const { AtomicU64::new(0) }; 2] }; PLACES],
        }
    }

    fn longest(&self, at: usize) -> Longest {
        let [length, from] = &self.longest[at];
        Longest {
            length: length.load(Relaxed),
            from: from.load(Relaxed),
        }
    }

    fn ended(&self, new: Longest, long: u64) {
        if new.length > long {
            count(&self.long);
        }
        if new.length <= self.longest(PLACES - 1).length {
            return;
        }
        let set = |at: usize, one: Longest| {
            self.longest[at][0].store(one.length, Relaxed);
            self.longest[at][1].store(one.from, Relaxed);
        };
        keep(new, |at| self.longest(at), set);
    }

    fn summary(&self) -> Summary {
        Summary {
            count: self.count.load(Relaxed),
            contended: self.contended.load(Relaxed),
            long: self.long.load(Relaxed),
            longest: core::array::from_fn(|at| self.longest(at)),
        }
    }
}

/// One CPU's counts, for locks of `RANKS` ranks, which are below 31.
#[derive(Debug)]
pub struct Counts<const RANKS: usize> {
    locks: [Record; RANKS],
    stretches: Record,
    holds: [Hold; RANKS],
    /// Ranks of those holds, a bit each.
    open: AtomicU32,
    /// Ticks that counting took since the outermost section began.
    spent: AtomicU64,
    /// Longer holds and stretches are long, in ticks.
    long: u64,
}

impl<const RANKS: usize> Counts<RANKS> {
    /// Nothing is counted yet; what takes more than `long` ticks is long.
    pub fn new(long: u64) -> Self {
        const { assert!(RANKS < 32, "the last bit is `COUNTED`'s") };
        Self {
            locks: [const { Record::new() }; RANKS],
            stretches: Record::new(),
            holds: [const { Hold::new() }; RANKS],
            open: AtomicU32::new(0),
            spent: AtomicU64::new(0),
            long,
        }
    }

    /// A lock was taken, wanted in a section that began at `from`; `contended`: another CPU
    /// had it.
    ///
    /// # Panics
    /// If there is no such rank.
    pub fn taken(&self, rank: u8, from: u64, contended: bool, now: impl Fn() -> u64) {
        let start = now();
        let (record, hold) = (
            &self.locks[usize::from(rank)],
            &self.holds[usize::from(rank)],
        );
        count(&record.count);
        if contended {
            count(&record.contended);
        }
        hold.since.store(self.own(start), Relaxed);
        hold.from.store(from, Relaxed);
        self.open
            .store(self.open.load(Relaxed) | 1 << rank, Relaxed);
        self.spend(now() - start);
    }

    /// A section has ended, and locks of ranks `held` are still held: those that aren't,
    /// were freed just now. `outermost` is when and where it began, if no other is left.
    pub fn section_ended(&self, held: u32, outermost: Option<(u64, u64)>, now: impl Fn() -> u64) {
        let start = now();
        let end = self.own(start);
        let open = self.open.load(Relaxed);
        let mut freed = open & !held;
        while freed != 0 {
            let rank = freed.trailing_zeros() as usize;
            freed &= freed - 1;
            let hold = &self.holds[rank];
            let ended = Longest {
                length: end.saturating_sub(hold.since.load(Relaxed)),
                from: hold.from.load(Relaxed),
            };
            self.locks[rank].ended(ended, self.long);
        }
        self.open.store(open & held, Relaxed);
        match outermost {
            None => self.spend(now() - start),
            Some((since, from)) => {
                count(&self.stretches.count);
                let length = end.saturating_sub(since);
                self.stretches.ended(Longest { length, from }, self.long);
                self.spent.store(0, Relaxed);
            }
        }
    }

    /// The clock without the ticks that counting took: within one stretch, whose start was
    /// read off the clock itself.
    fn own(&self, time: u64) -> u64 {
        time - self.spent.load(Relaxed)
    }

    fn spend(&self, ticks: u64) {
        self.spent.store(self.spent.load(Relaxed) + ticks, Relaxed);
    }

    /// Of the locks of that rank; `None` if there is no such rank.
    pub fn lock(&self, rank: usize) -> Option<Summary> {
        self.locks.get(rank).map(Record::summary)
    }

    /// Of the stretches with interrupts off, each from an outermost section's start to its
    /// end.
    pub fn stretches(&self) -> Summary {
        self.stretches.summary()
    }
}
