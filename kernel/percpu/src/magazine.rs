//! Magazines: a few areas of each size class that a CPU keeps, in front of the chunks.
//!
//! Per-CPU areas are small and come and go in a few sizes. Carving one out of a free extent
//! and coalescing it again is most of what it costs, and both need the *areas* lock. So each
//! CPU has a *magazine*, a stack of free areas for each class of `classes.rs` (Bonwick and
//! Adams, "Magazines and Vmem", USENIX 2001):
//!
//! ```text
//!   alloc ──► pop ─┐                        ┌─ push ◄── free
//!                  ▼        magazine        ▼
//!            ┌──────────────────────────────────┐
//!  4 bytes   │ area  area  area                 │
//!  8         │ area  area  area  area  area     │   and so on
//!            └──────────────────────────────────┘
//!              ▲ empty: half of the limit         │ full: half of it goes back,
//!              │ comes, carved as one extent      ▼ neighbours as one extent
//!            the chunks, behind the *areas* lock
//! ```
//!
//! Half at a time: a CPU that allocates and frees by turns meets the chunks once for each
//! half. But a size that is seldom asked for needs few: the limit is one area at first, and
//! grows each time the stack is found empty or full, until all is given back and it begins
//! anew. The paper's depot of full magazines isn't there: neighbours go back as one run,
//! which costs each of them as little as a depot would.
//!
//! To the chunks an area in a magazine is live, so its page stays; for everybody else it is
//! free: `marks.rs` distinguishes the two, and [`Magazines::is_live`] asks.
//!
//! A magazine has a lock of its own, which its CPU only tries: an interrupt handler that
//! finds it taken, by what it has interrupted or by a CPU that empties it, goes to the
//! chunks. Who waits for it holds no *areas* lock; who has it may take that (P8).
//!
//! All magazines together keep at most 64 KiB of each unit: half of that in small areas, by
//! equal parts, and half in large ones, which go where they are asked for (`allowance.rs`).
//! On more than 53 CPUs, where that would be too little, each has 608 bytes for small areas.
//! Balance and trim empty them, and so does an allocation that finds nothing elsewhere. Keeps
//! P8 and P14.

use crate::allowance::Allowance;
use crate::classes::{CLASSES, GRANULES, SMALL, alignment, class_of};
use crate::handle::Handle;
use crate::layout::RESERVED;
use crate::limits::GRANULE;
use crate::marks::{Mark, Marks, Place};
use crate::request::Area;
use fallible::TryPush;
use heap::vec::Vec;
use lock_api::{Mutex, RawMutex};

/// Bytes of one small size that a magazine keeps at most, but for counters.
pub const MAGAZINE: usize = 128;
/// Granules of the largest counter: most areas are that small.
const COUNTER: usize = 2;
/// Times as many bytes of counters that a magazine keeps, for each of their sizes.
const COUNTERS: usize = 4;
/// Shares of a magazine: one for each small size, and more for counters.
const SHARES: usize = SMALL - COUNTER + COUNTER * COUNTERS;
/// Bytes of a unit that all magazines keep in small areas, as long as each may keep a few.
const BUDGET: usize = 32 << 10;
/// Most areas of a large class in a magazine.
const LARGE: usize = 8;
/// Bytes of one small size for which each magazine has room, on however many CPUs.
const FEWEST: usize = 16;

// As above.
const _: () = assert!(BUDGET / (SHARES * 53) >= FEWEST && BUDGET / (SHARES * 54) < FEWEST);
const _: () = assert!(SHARES * FEWEST == 608);

/// A free area.
#[derive(Debug)]
pub struct Cached<M> {
    /// Its handle.
    pub handle: Handle,
    /// Where it is.
    pub area: Area,
    /// Its mark, which is off.
    pub mark: Place<M>,
}

/// Areas of one size.
#[derive(Debug)]
pub struct Stack<M> {
    /// With room for as many as there may ever be.
    pub areas: Vec<Cached<M>>,
    /// How many there may be now.
    pub limit: usize,
}

/// What a CPU keeps.
#[derive(Debug)]
pub struct Magazine<M> {
    /// By class; the first has no room.
    pub stacks: [Stack<M>; CLASSES],
    /// Areas taken in since boot.
    pub freed: u64,
}

impl<M: Mark> Stack<M> {
    /// With room for none.
    const NONE: Self = Self {
        areas: Vec::new(),
        limit: 0,
    };

    /// Whether there is room for none more.
    #[inline(always)]
    pub fn is_full(&self) -> bool {
        self.areas.len() == self.limit
    }

    /// Lets there be more areas, if there may: twice as many small ones, or a large one.
    /// Whether there may.
    pub fn grow(&mut self, class: usize, allowance: &mut Allowance) -> bool {
        let room = self.areas.capacity() - self.limit;
        let more = match class {
            _ if room == 0 => 0,
            ..=SMALL => room.min(self.limit.max(1)),
            large => allowance.grant(GRANULES[large]).into(),
        };
        self.limit += more;
        more > 0
    }

    /// Lets there be no areas; there are none.
    pub fn shrink(&mut self, class: usize, allowance: &mut Allowance) {
        if class > SMALL {
            allowance.take_back(self.limit as u32 * GRANULES[class]);
        }
        self.limit = 0;
    }
}

/// Half of so many, rounded up.
pub fn half(count: usize) -> usize {
    count.div_ceil(2)
}

impl<M: Mark> Magazine<M> {
    /// An empty one, for up to `bytes` of each small size; `None` without memory.
    fn new(bytes: usize) -> Option<Self> {
        let mut stacks = [const { Stack::NONE }; CLASSES];
        for (class, stack) in stacks.iter_mut().enumerate() {
            stack.areas = fallible::with_room(most(bytes, class)).ok()?;
        }
        Some(Self { stacks, freed: 0 })
    }
}

/// Most areas of a class in a magazine for up to `bytes` of each small size.
fn most(bytes: usize, class: usize) -> usize {
    if class > SMALL {
        return if bytes > 0 { LARGE } else { 0 };
    }
    let times = if class <= COUNTER { COUNTERS } else { 1 };
    (times * bytes).checked_div(class * GRANULE).unwrap_or(0)
}

/// What all magazines keep, and what they did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    /// Areas in them.
    pub areas: usize,
    /// Granules of those.
    pub granules: usize,
    /// Areas taken in by them since boot.
    pub freed: u64,
}

/// The magazines of all CPUs, and which areas they keep.
#[derive(Debug)]
pub struct Magazines<L: RawMutex, M> {
    /// Bytes of each small size for which a magazine has room.
    bytes: usize,
    /// By unit.
    pub by_unit: Vec<Mutex<L, Magazine<M>>>,
    /// Of all chunks.
    pub marks: Marks<M>,
}

impl<L: RawMutex, M: Mark> Magazines<L, M> {
    /// Empty magazines of `units` CPUs, each for up to `bytes` of a small size, before chunks
    /// numbered below `chunks`; `None` without memory.
    pub fn new(units: usize, bytes: usize, chunks: usize) -> Option<Self> {
        let share = (BUDGET / (SHARES * units.max(1))).max(FEWEST);
        let bytes = bytes.min(share).min(MAGAZINE);
        let mut by_unit = fallible::with_room(units).ok()?;
        for _ in 0..units {
            by_unit.try_push(Mutex::new(Magazine::new(bytes)?)).ok()?;
        }
        Some(Self {
            bytes,
            by_unit,
            marks: Marks::new(chunks)?,
        })
    }

    /// Makes ready for a chunk whose unit has `bytes`; `None` without memory.
    pub fn prepare(&self, chunk: usize, bytes: usize) -> Option<()> {
        match self.bytes {
            0 => Some(()),
            _ => self.marks.prepare(chunk, bytes),
        }
    }

    /// The class of areas of this size that begin here, if they go into magazines: each has
    /// the alignment that its size allows.
    fn class_at(&self, area: Area, granules: u32) -> Option<usize> {
        let class = class_of(granules)?;
        let aligned = area.granule & (alignment(granules) - 1) == 0;
        (most(self.bytes, class) > 0 && area.chunk != RESERVED && aligned).then_some(class)
    }

    /// Whether an area that is live to its chunk is somebody's, and not in a magazine.
    pub fn is_live(&self, area: Area, granules: u32) -> bool {
        let mark = self.marks.at(area);
        self.class_at(area, granules).is_none() || mark.is_some_and(|mark| mark.live().is_some())
    }

    /// An area that the chunks have allocated becomes somebody's. With the *areas* lock.
    #[inline]
    pub fn hand_out(&self, area: Area, granules: u32) {
        if let Some(class) = self.class_at(area, granules)
            && let Some(mark) = self.marks.at(area)
        {
            mark.set(class);
        }
    }

    /// An area that is live to its chunk goes back to it; false if it isn't somebody's. With
    /// the *areas* lock.
    pub fn take_back(&self, area: Area, granules: u32) -> bool {
        let mark = self.marks.at(area);
        self.class_at(area, granules).is_none() || mark.is_some_and(|mark| mark.claim())
    }

    /// What they keep. Waits for who works on one: not for interrupt handlers.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for magazine in &self.by_unit {
            let magazine = magazine.lock();
            totals.freed += magazine.freed;
            for (stack, granules) in magazine.stacks.iter().zip(GRANULES) {
                totals.areas += stack.areas.len();
                totals.granules += stack.areas.len() * granules as usize;
            }
        }
        totals
    }
}
