//! Magazines: a few areas of each small size that a CPU keeps, in front of the chunks.
//!
//! Per-CPU areas are small and come and go in a few sizes. Carving one out of a free extent
//! and coalescing it again is most of what it costs, and both need the *areas* lock. So each
//! CPU has a *magazine*, a stack of free areas for each size up to [`SIZES`] granules
//! (Bonwick and Adams, "Magazines and Vmem", USENIX 2001):
//!
//! ```text
//!   alloc ──► pop ─┐                        ┌─ push ◄── free
//!                  ▼        magazine        ▼
//!            ┌──────────────────────────────────┐
//!  1 granule │ area  area  area                 │
//!  2         │ area  area  area  area  area     │   and so on
//!            └──────────────────────────────────┘
//!              ▲ empty: half of the limit         │ full: half of it goes back,
//!              │ comes, carved as one extent      ▼ neighbours as one extent
//!            the chunks, behind the *areas* lock
//! ```
//!
//! Half at a time: a CPU that allocates and frees by turns meets the chunks once for each
//! half. But a size that is seldom asked for needs few: the first time one area comes, then
//! two, four, and so on, until all is given back and it begins anew. The paper's depot of full magazines isn't there: what a run of neighbours costs
//! together is as little for each of them.
//!
//! To the chunks an area in a magazine is live, so its page stays; for everybody else it is
//! free: `marks.rs` tells the two apart, and [`Magazines::is_live`] asks.
//!
//! A magazine has a lock of its own, which its CPU only tries: an interrupt handler that
//! finds it taken, by what it has interrupted or by a CPU that empties it, goes to the
//! chunks. Who waits for it holds no *areas* lock; who has it may take that (P8).
//!
//! All magazines together keep at most [`BUDGET`] bytes of each unit, or, on more than 128
//! CPUs, [`FEWEST`] of each size and CPU. Balance and trim empty them, and so does an
//! allocation that finds nothing elsewhere. Keeps P8 and P14.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunks::Chunks;
use crate::handle::Handle;
use crate::layout::RESERVED;
use crate::limits::GRANULE;
use crate::marks::{Mark, Marks, Place};
use crate::request::{Area, Request};
use fallible::TryPush;
use heap::vec::Vec;
use lock_api::{Mutex, RawMutex};

/// Granules of the largest areas that magazines keep.
pub const SIZES: usize = 16;
/// Bytes of one size that a magazine keeps at most.
pub const MAGAZINE: usize = 256;
/// Bytes of a unit that all magazines keep, as long as each may keep a few areas.
const BUDGET: usize = 64 << 10;
/// Bytes of one size for which each magazine has room, on however many CPUs.
const FEWEST: usize = 32;

/// A free area.
#[derive(Debug)]
struct Cached<M> {
    handle: Handle,
    area: Area,
    mark: Place<M>,
}

/// Areas of one size.
#[derive(Debug)]
struct Stack<M> {
    /// As many as there is room for, and no more.
    areas: Vec<Cached<M>>,
    /// How many come when it is empty.
    batch: usize,
}

/// What a CPU keeps.
#[derive(Debug)]
pub struct Magazine<M> {
    /// By granules; the first has no room.
    stacks: [Stack<M>; SIZES + 1],
    /// Areas taken in since boot.
    freed: u64,
}

impl<M: Mark> Stack<M> {
    /// With room for none.
    const NONE: Self = Self {
        areas: Vec::new(),
        batch: 1,
    };

    fn limit(&self) -> usize {
        self.areas.capacity()
    }

    #[inline(always)]
    fn is_full(&self) -> bool {
        self.areas.len() == self.limit()
    }

    /// How many areas to take from the chunks now.
    fn next_batch(&mut self) -> usize {
        let now = self.batch.min(half(self.limit()));
        self.batch = now * 2;
        now
    }
}

/// Half of so many, and one at least.
fn half(count: usize) -> usize {
    count.div_ceil(2)
}

impl<M: Mark> Magazine<M> {
    /// An empty one, for up to `bytes` of each size; `None` without memory.
    fn new(bytes: usize) -> Option<Self> {
        let mut stacks = [const { Stack::NONE }; SIZES + 1];
        for (stack, granules) in stacks.iter_mut().zip(0..) {
            stack.areas = fallible::with_room(limit(bytes, granules)).ok()?;
        }
        Some(Self { stacks, freed: 0 })
    }
}

/// Most areas of a size in a magazine for up to `bytes` of each.
fn limit(bytes: usize, granules: usize) -> usize {
    bytes.checked_div(granules * GRANULE).unwrap_or(0)
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
    /// Bytes of each size for which a magazine has room.
    bytes: usize,
    by_unit: Vec<Mutex<L, Magazine<M>>>,
    marks: Marks<M>,
}

impl<L: RawMutex, M: Mark> Magazines<L, M> {
    /// Empty magazines of `units` CPUs, each for up to `bytes` of a size, before chunks
    /// numbered below `chunks`; `None` without memory.
    pub fn new(units: usize, bytes: usize, chunks: usize) -> Option<Self> {
        let share = (BUDGET / (SIZES * units.max(1))).max(FEWEST);
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

    /// Bytes of all marks.
    pub fn marks_bytes(&self) -> usize {
        self.marks.bytes()
    }

    /// Whether areas of this size that begin here go into magazines: each has the alignment
    /// that its size allows.
    fn keeps(&self, area: Area, granules: u32) -> bool {
        granules as usize <= SIZES
            && limit(self.bytes, granules as usize) > 0
            && area.chunk != RESERVED
            && area.granule & (alignment(granules) - 1) == 0
    }

    /// Whether an area that is live to its chunk is somebody's, and not in a magazine.
    pub fn is_live(&self, area: Area, granules: u32) -> bool {
        let mark = self.marks.at(area);
        !self.keeps(area, granules) || mark.is_some_and(|mark| mark.live().is_some())
    }

    /// An area that the chunks have allocated becomes somebody's. With the *areas* lock.
    #[inline]
    pub fn hand_out(&self, area: Area, granules: u32) {
        if self.keeps(area, granules)
            && let Some(mark) = self.marks.at(area)
        {
            mark.set(granules as usize);
        }
    }

    /// An area that is live to its chunk goes back to it; false if it isn't somebody's. With
    /// the *areas* lock.
    pub fn take_back(&self, area: Area, granules: u32) -> bool {
        let mark = self.marks.at(area);
        !self.keeps(area, granules) || mark.is_some_and(|mark| mark.claim())
    }

    /// What they keep. Waits for who works on one: not for interrupt handlers.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for magazine in &self.by_unit {
            let magazine = magazine.lock();
            totals.freed += magazine.freed;
            for (stack, granules) in magazine.stacks.iter().zip(0..) {
                totals.areas += stack.areas.len();
                totals.granules += stack.areas.len() * granules;
            }
        }
        totals
    }
}

/// The alignment, in granules, that areas of this size have side by side.
const fn alignment(granules: u32) -> u32 {
    granules & granules.wrapping_neg()
}

/// Granules of a request, if it asks for no more alignment than its size allows; of one for
/// nothing, or for more bytes than there are, 0.
#[inline(always)]
fn granules_of(size: usize, align: usize) -> Option<usize> {
    let bytes = size.wrapping_add(GRANULE - 1) & !(GRANULE - 1);
    let aligned = align.is_power_of_two() && bytes & (align - 1) == 0;
    aligned.then_some(bytes / GRANULE)
}

impl<B: Backing> Allocator<B> {
    /// Allocates an area from this CPU's magazine: its handle and its bytes, which aren't
    /// zero yet.
    #[inline(always)]
    pub(crate) fn pop(&self, size: usize, align: usize) -> Option<(Handle, usize)> {
        let granules = granules_of(size, align)?;
        let magazine = self.magazines.by_unit.get(self.backing.this_unit())?;
        let mut magazine = magazine.try_lock()?;
        // The stack of size 0 has no room.
        let stack = magazine.stacks.get_mut(granules)?;
        let cached = match stack.areas.pop() {
            Some(cached) => cached,
            None => self.fill(stack, granules)?,
        };
        cached.mark.set(granules);
        Some((cached.handle, granules * GRANULE))
    }

    /// Frees a live area into this CPU's magazine; false if it must go to its chunk, or
    /// isn't somebody's.
    #[inline(always)]
    pub(crate) fn push(&self, handle: Handle, area: Area) -> bool {
        let Some(mark) = self.magazines.marks.at(area) else {
            return false;
        };
        let magazine = self.magazines.by_unit.get(self.backing.this_unit());
        let Some(mut magazine) = magazine.and_then(Mutex::try_lock) else {
            return false;
        };
        let magazine = &mut *magazine;
        let stack = mark
            .live()
            .map(|granules| (granules, magazine.stacks.get_mut(granules)));
        let Some((granules, Some(stack))) = stack else {
            return false;
        };
        if stack.is_full() {
            self.drain(stack, granules);
        }
        if !mark.claim() {
            return false;
        }
        magazine.freed += 1;
        let pushed = stack.areas.try_push(Cached { handle, area, mark });
        debug_assert!(pushed.is_ok(), "a stack that isn't full has room");
        true
    }

    /// Takes a batch from the chunks for a stack that is empty: one area for the caller, and
    /// what goes onto the stack.
    #[cold]
    #[inline(never)]
    fn fill(&self, stack: &mut Stack<B::Mark>, granules: usize) -> Option<Cached<B::Mark>> {
        let batch = stack.next_batch();
        if batch == 0 {
            return None;
        }
        let granules = granules as u32;
        let request = Request {
            granules,
            align: alignment(granules),
        };
        let (first, count) = self.areas.lock().allocate_run(request, batch as u32)?;
        let cached = |number| {
            let area = first.nth(number, granules);
            Some(Cached {
                handle: self.layout.handle_of(area.chunk, area.granule),
                area,
                mark: self.magazines.marks.at(area)?,
            })
        };
        // The lowest is popped first.
        for area in (1..count).rev().filter_map(cached) {
            let pushed = stack.areas.try_push(area);
            debug_assert!(pushed.is_ok(), "a batch has room in an empty stack");
        }
        cached(0)
    }

    /// Gives half of what is in a stack back to the chunks.
    #[cold]
    #[inline(never)]
    fn drain(&self, stack: &mut Stack<B::Mark>, granules: usize) {
        let kept = stack.areas.len() - half(stack.areas.len());
        let areas = stack.areas.drain(kept..).rev().map(|cached| cached.area);
        self.areas.lock().free_all(granules as u32, areas);
    }

    /// Gives all that is in a magazine back, half a stack at a time.
    fn empty(&self, magazine: &mut Magazine<B::Mark>) {
        for (stack, granules) in magazine.stacks.iter_mut().zip(0..) {
            while !stack.areas.is_empty() {
                self.drain(stack, granules);
            }
            stack.batch = 1;
        }
    }

    /// Calls `each` for what is in the magazines: an area, and its granules. With the
    /// magazine's lock, and *areas*.
    pub(crate) fn each_cached<E>(
        &self,
        each: &mut dyn FnMut(&Chunks, Area, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        for magazine in &self.magazines.by_unit {
            let magazine = magazine.lock();
            let chunks = self.areas.lock();
            for (stack, granules) in magazine.stacks.iter().zip(0..) {
                for cached in &stack.areas {
                    each(&chunks, cached.area, granules)?;
                }
            }
        }
        Ok(())
    }

    /// Empties all magazines. Waits for who works on one: not for interrupt handlers, nor
    /// with the *areas* lock held.
    pub(crate) fn empty_magazines(&self) {
        for magazine in &self.magazines.by_unit {
            self.empty(&mut magazine.lock());
        }
    }

    /// Empties the magazines on which nobody works. Never waits.
    pub(crate) fn empty_idle_magazines(&self) {
        let idle = self.magazines.by_unit.iter().filter_map(Mutex::try_lock);
        idle.for_each(|mut magazine| self.empty(&mut magazine));
    }
}
