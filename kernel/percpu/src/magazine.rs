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
//! CPUs, one area of every size up to eight granules. Balance and trim empty them, and so
//! does an allocation that finds nothing elsewhere.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunks::Chunks;
use crate::handle::Handle;
use crate::layout::RESERVED;
use crate::limits::GRANULE;
use crate::marks::{Mark, Marks};
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
#[derive(Clone, Copy, Debug)]
struct Cached {
    handle: Handle,
    chunk: u32,
    granule: u32,
}

impl Cached {
    fn new(handle: Handle, area: Area) -> Self {
        Self {
            handle,
            chunk: area.chunk as u32,
            granule: area.granule,
        }
    }

    fn area(self) -> Area {
        Area {
            chunk: self.chunk as usize,
            granule: self.granule,
        }
    }
}

/// Where in its magazine a stack lies: `areas[bottom..top]`, with room up to `end`.
#[derive(Clone, Copy, Debug, Default)]
struct Stack {
    bottom: u32,
    top: u32,
    end: u32,
    /// Areas that come when it is empty.
    batch: u32,
}

/// What a CPU keeps.
#[derive(Debug)]
pub struct Magazine {
    /// By granules; the first is unused.
    stacks: [Stack; SIZES + 1],
    areas: Vec<Cached>,
    /// Areas handed out.
    allocated: u64,
    /// Areas taken in.
    freed: u64,
}

/// What all magazines keep, and what they did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    /// Areas in them.
    pub areas: usize,
    /// Granules of those.
    pub granules: usize,
    /// Areas handed out by them since boot.
    pub allocated: u64,
    /// Areas taken in by them since boot.
    pub freed: u64,
}

impl Magazine {
    /// An empty one with these limits; `None` without memory.
    fn new(limits: &[u8; SIZES + 1]) -> Option<Self> {
        let mut end = 0;
        let stacks = limits.map(|limit| {
            let bottom = end;
            end += u32::from(limit);
            Stack {
                bottom,
                top: bottom,
                end,
                batch: 1,
            }
        });
        let none = Cached {
            handle: Handle(0),
            chunk: 0,
            granule: 0,
        };
        Some(Self {
            stacks,
            areas: fallible::filled(end as usize, none).ok()?,
            allocated: 0,
            freed: 0,
        })
    }

    #[inline(always)]
    fn pop(&mut self, granules: u32) -> Option<Cached> {
        let stack = self.stacks.get_mut(granules as usize)?;
        if stack.top == stack.bottom {
            return None;
        }
        stack.top -= 1;
        self.areas.get(stack.top as usize).copied()
    }

    /// False if there is no room for it.
    #[inline(always)]
    fn push(&mut self, granules: u32, area: Cached) -> bool {
        let Some(stack) = self.stacks.get_mut(granules as usize) else {
            return false;
        };
        if stack.top == stack.end {
            return false;
        }
        let Some(place) = self.areas.get_mut(stack.top as usize) else {
            return false;
        };
        *place = area;
        stack.top += 1;
        true
    }

    #[inline(always)]
    fn is_full(&self, granules: u32) -> bool {
        let stack = self.stacks.get(granules as usize);
        stack.is_none_or(|stack| stack.top == stack.end)
    }

    /// How many areas of a size to take from the chunks now; `None` if none are kept.
    fn next_batch(&mut self, granules: u32) -> Option<u32> {
        let stack = self.stacks.get_mut(granules as usize)?;
        let most = half(stack.end - stack.bottom);
        let now = stack.batch.min(most);
        stack.batch = now * 2;
        (now > 0).then_some(now)
    }

    fn len(&self, granules: u32) -> u32 {
        let stack = self.stacks.get(granules as usize);
        stack.map_or(0, |stack| stack.top - stack.bottom)
    }
}

/// The magazines of all CPUs, and which areas they keep.
#[derive(Debug)]
pub struct Magazines<L: RawMutex, M> {
    /// Most areas of a size that one keeps, by granules.
    limits: [u8; SIZES + 1],
    by_unit: Vec<Mutex<L, Magazine>>,
    marks: Marks<M>,
}

impl<L: RawMutex, M: Mark> Magazines<L, M> {
    /// Empty magazines of `units` CPUs, each for up to `bytes` of a size, before chunks
    /// numbered below `chunks`; `None` without memory.
    pub fn new(units: usize, bytes: usize, chunks: usize) -> Option<Self> {
        let share = (BUDGET / (SIZES * units.max(1))).max(FEWEST);
        let bytes = bytes.min(share).min(MAGAZINE);
        let limits = core::array::from_fn(|granules| {
            let limit = bytes.checked_div(granules * GRANULE).unwrap_or(0);
            limit.min(LARGEST_LIMIT) as u8
        });
        let mut by_unit = fallible::with_room(units).ok()?;
        for _ in 0..units {
            by_unit.try_push(Mutex::new(Magazine::new(&limits)?)).ok()?;
        }
        Some(Self {
            limits,
            by_unit,
            marks: Marks::new(chunks)?,
        })
    }

    /// Makes ready for a chunk whose unit has `bytes`; `None` without memory.
    pub fn prepare(&self, chunk: usize, bytes: usize) -> Option<()> {
        match self.limits[1] {
            0 => Some(()),
            _ => self.marks.prepare(chunk, bytes),
        }
    }

    /// Whether areas of this size that begin here go into magazines: each has the alignment
    /// that its size allows.
    fn keeps(&self, area: Area, granules: u32) -> bool {
        let limit = self.limits.get(granules as usize);
        limit.is_some_and(|&limit| limit > 0)
            && area.chunk != RESERVED
            && area.granule & (alignment(granules) - 1) == 0
    }

    /// Whether an area that is live to its chunk is somebody's, and not in a magazine.
    pub fn is_live(&self, area: Area, granules: u32) -> bool {
        !self.keeps(area, granules) || self.marks.live(area).is_some()
    }

    /// An area that the chunks have allocated becomes somebody's. With the *areas* lock.
    #[inline]
    pub fn hand_out(&self, area: Area, granules: u32) {
        if self.keeps(area, granules) {
            self.marks.set(area, granules);
        }
    }

    /// An area that is live to its chunk goes back to it; false if it isn't somebody's. With
    /// the *areas* lock.
    pub fn take_back(&self, area: Area, granules: u32) -> bool {
        !self.keeps(area, granules) || self.marks.claim(area)
    }

    /// What they keep. Waits for who works on one: not for interrupt handlers.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for magazine in &self.by_unit {
            let magazine = magazine.lock();
            totals.allocated += magazine.allocated;
            totals.freed += magazine.freed;
            for granules in 1..=SIZES as u32 {
                let areas = magazine.len(granules) as usize;
                totals.areas += areas;
                totals.granules += areas * granules as usize;
            }
        }
        totals
    }
}

/// Most areas of one size in a magazine: of the smallest a few bytes suffice.
const LARGEST_LIMIT: usize = 64;

/// The alignment, in granules, that areas of this size have side by side.
const fn alignment(granules: u32) -> u32 {
    granules & granules.wrapping_neg()
}

/// Granules of a request that magazines answer; `None` if it isn't one.
#[inline(always)]
fn small(size: usize, align: usize) -> Option<u32> {
    let granules = size.div_ceil(GRANULE);
    let fits = granules.wrapping_sub(1) < SIZES && align.is_power_of_two();
    let granules = granules as u32;
    let aligned = align <= alignment(granules) as usize * GRANULE;
    (fits && aligned).then_some(granules)
}

impl<B: Backing> Allocator<B> {
    /// Allocates an area from this CPU's magazine: its handle and its bytes, which aren't
    /// zero yet.
    #[inline(always)]
    pub(crate) fn pop(&self, size: usize, align: usize) -> Option<(Handle, usize)> {
        let granules = small(size, align)?;
        let magazine = self.magazines.by_unit.get(self.backing.this_unit())?;
        let mut magazine = magazine.try_lock()?;
        let cached = match magazine.pop(granules) {
            Some(cached) => cached,
            None => self.fill(&mut magazine, granules)?,
        };
        magazine.allocated += 1;
        self.magazines.marks.set(cached.area(), granules);
        Some((cached.handle, granules as usize * GRANULE))
    }

    /// Frees a live area into this CPU's magazine; false if it must go to its chunk, or
    /// isn't somebody's.
    #[inline(always)]
    pub(crate) fn push(&self, handle: Handle, area: Area) -> bool {
        let magazines = &self.magazines;
        let Some(granules) = magazines.marks.live(area) else {
            return false;
        };
        let magazine = magazines.by_unit.get(self.backing.this_unit());
        let Some(mut magazine) = magazine.and_then(Mutex::try_lock) else {
            return false;
        };
        if magazine.is_full(granules) {
            self.drain(&mut magazine, granules);
        }
        if !magazines.marks.claim(area) {
            return false;
        }
        magazine.freed += 1;
        magazine.push(granules, Cached::new(handle, area))
    }

    /// Takes a batch from the chunks for a stack that is empty: one area for the caller, and
    /// what goes onto the stack.
    #[cold]
    #[inline(never)]
    fn fill(&self, magazine: &mut Magazine, granules: u32) -> Option<Cached> {
        let wanted = magazine.next_batch(granules)?;
        let request = Request {
            granules,
            align: alignment(granules),
        };
        let (first, count) = self.areas.lock().allocate_run(request, wanted)?;
        let cached = |number| {
            let area = Area {
                granule: first.granule + number * granules,
                ..first
            };
            Cached::new(self.layout.handle_of(area.chunk, area.granule), area)
        };
        // The lowest is popped first.
        for number in (1..count).rev() {
            magazine.push(granules, cached(number));
        }
        Some(cached(0))
    }

    /// Gives half of a full stack back to the chunks.
    #[cold]
    #[inline(never)]
    fn drain(&self, magazine: &mut Magazine, granules: u32) {
        let count = half(magazine.len(granules));
        self.give_back(magazine, granules, count);
    }

    /// Gives areas of one size back to the chunks.
    fn give_back(&self, magazine: &mut Magazine, granules: u32, count: u32) {
        let popped = (0..count).map_while(|_| magazine.pop(granules));
        let areas = popped.map(Cached::area);
        self.areas.lock().free_all(granules, areas);
    }

    /// Gives all that is in a magazine back, half a stack at a time.
    fn empty(&self, magazine: &mut Magazine) {
        for granules in 1..=SIZES as u32 {
            while magazine.len(granules) > 0 {
                self.drain(magazine, granules);
            }
            if let Some(stack) = magazine.stacks.get_mut(granules as usize) {
                stack.batch = 1;
            }
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
                let areas = stack.bottom as usize..stack.top as usize;
                for cached in magazine.areas.get(areas).into_iter().flatten() {
                    each(&chunks, cached.area(), granules)?;
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

/// Half of so many, and one at least.
fn half(count: u32) -> u32 {
    count.div_ceil(2)
}
