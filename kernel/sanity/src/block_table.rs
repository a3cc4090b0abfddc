//! Live blocks and the quarantine; what may be freed.
//!
//! ```text
//!  enter ─► live ── begin_free ─► going ── keep ─► kept ── oldest ─► going ── forget ─► (nothing)
//! ```
//!
//! Between `begin_free` and `keep`, and between `oldest` and `forget`, the block is the
//! caller's alone, who compares and poisons it without the lock that the table lies behind.
//! A block that [`BlockTable::next`] has lent is pinned: it isn't given back until its `unpin`.

use crate::block::{Block, Event, Kind, State};
use crate::tree::{Links, NONE, Slots, Tree};
use core::fmt;

/// Records of a chunk of room.
pub const CHUNK: usize = 224;
/// Most chunks.
const CHUNKS: usize = 1024;

/// Room for a record.
#[derive(Debug)]
pub struct Slot {
    block: Block,
    links: Links,
    /// The next of the free ones, or the next in the quarantine.
    next: u32,
    pins: u32,
    /// What it counts for in the quarantine, in bytes.
    cost: usize,
}

impl Slot {
    /// One that nothing is in.
    pub const EMPTY: Self = Self {
        block: Block::NONE,
        links: Links::NONE,
        next: NONE,
        pins: 0,
        cost: 0,
    };
}

struct Room([Option<&'static mut [Slot; CHUNK]>; CHUNKS]);

impl Room {
    fn slot(&self, number: u32) -> &Slot {
        let chunk = self.0[number as usize / CHUNK].as_deref();
        &chunk.expect("a slot's chunk is there")[number as usize % CHUNK]
    }

    fn slot_mut(&mut self, number: u32) -> &mut Slot {
        let chunk = self.0[number as usize / CHUNK].as_deref_mut();
        &mut chunk.expect("a slot's chunk is there")[number as usize % CHUNK]
    }
}

impl Slots for Room {
    type Key = (Kind, usize);

    fn key(&self, slot: u32) -> (Kind, usize) {
        self.slot(slot).block.key()
    }

    fn links(&mut self, slot: u32) -> &mut Links {
        &mut self.slot_mut(slot).links
    }

    fn links_of(&self, slot: u32) -> Links {
        self.slot(slot).links
    }
}

/// Why a block isn't entered, or can't be freed; nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no room for a record.
    NoRoom,
    /// A live or a kept block is there, or in parts.
    Overlap(Block),
    /// The block has been freed before.
    Twice(Block),
    /// The address is inside a block.
    Inside(Block),
    /// The block is another allocator's.
    OtherKind(Block),
    /// The object is another cache's, or none's.
    OtherCache(Block),
    /// No block is known there.
    Unknown,
}

/// What there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Live blocks.
    pub live: usize,
    /// Freed blocks that are kept.
    pub kept: usize,
    /// Bytes of these.
    pub kept_bytes: usize,
    /// Blocks that were entered since boot.
    pub entered: u64,
}

/// The blocks, live and in quarantine.
pub struct BlockTable {
    room: Room,
    chunks: usize,
    /// The first free slot.
    free: u32,
    tree: Tree,
    /// The quarantine: the first to leave it, and the last that came.
    oldest: u32,
    newest: u32,
    /// Bytes that are kept at most.
    budget: usize,
    counts: Counts,
}

impl fmt::Debug for BlockTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockTable")
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

impl BlockTable {
    /// Without room.
    pub const fn new() -> Self {
        Self {
            room: Room([const { None }; CHUNKS]),
            chunks: 0,
            free: NONE,
            tree: Tree::new(),
            oldest: NONE,
            newest: NONE,
            budget: 0,
            counts: Counts {
                live: 0,
                kept: 0,
                kept_bytes: 0,
                entered: 0,
            },
        }
    }

    /// Keeps so many bytes of freed blocks at most.
    pub fn set_budget(&mut self, bytes: usize) {
        self.budget = bytes;
    }

    /// What there is.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether the next block has no room.
    pub fn is_full(&self) -> bool {
        self.free == NONE
    }

    /// Takes room for more blocks, empty slots; gives it back if there are as many as can be.
    ///
    /// # Errors
    /// With the room.
    pub fn add_room(
        &mut self,
        slots: &'static mut [Slot; CHUNK],
    ) -> Result<(), &'static mut [Slot; CHUNK]> {
        let Some(place) = self.room.0.get_mut(self.chunks) else {
            return Err(slots);
        };
        let first = (self.chunks * CHUNK) as u32;
        for (slot, number) in slots.iter_mut().zip(first + 1..) {
            slot.next = number;
        }
        if let Some(last) = slots.last_mut() {
            last.next = self.free;
        }
        *place = Some(slots);
        self.chunks += 1;
        self.free = first;
        Ok(())
    }

    fn release(&mut self, slot: u32) {
        let free = self.free;
        let released = self.room.slot_mut(slot);
        released.block = Block::NONE;
        released.next = free;
        self.free = slot;
    }

    /// Enters a live block.
    ///
    /// # Errors
    /// [`Refused::NoRoom`], [`Refused::Overlap`].
    #[expect(
        clippy::result_large_err,
        reason = "it goes to a report, not far; no heap here"
    )]
    pub fn enter(&mut self, block: Block) -> Result<(), Refused> {
        let slot = self.free;
        if slot == NONE {
            return Err(Refused::NoRoom);
        }
        let (kind, base) = (block.kind, block.base());
        let last = base.wrapping_add(block.zones.total() - 1);
        if let Some(at) = self.tree.at_most(&self.room, (kind, last)) {
            let other = self.room.slot(at).block;
            if other.kind == kind && (other.holds(base) || other.base() >= base) {
                return Err(Refused::Overlap(other));
            }
        }
        let place = self.room.slot_mut(slot);
        self.free = place.next;
        place.block = block;
        place.pins = 0;
        self.tree.insert(&mut self.room, slot);
        self.counts.live += 1;
        self.counts.entered += 1;
        Ok(())
    }

    /// The block that holds an address.
    fn holding(&self, kind: Kind, address: usize) -> Option<u32> {
        let at = self.tree.at_most(&self.room, (kind, address))?;
        let block = &self.room.slot(at).block;
        (block.kind == kind && block.holds(address)).then_some(at)
    }

    fn find(&self, kind: Kind, start: usize) -> Option<u32> {
        let at = self.holding(kind, start)?;
        (self.room.slot(at).block.start == start).then_some(at)
    }

    fn slot_of(&mut self, kind: Kind, start: usize) -> Option<&mut Slot> {
        let at = self.find(kind, start)?;
        Some(self.room.slot_mut(at))
    }

    /// Takes a live block from its owner, who frees it by its allocator, of the cache that it
    /// is of.
    ///
    /// # Errors
    /// Why it can't be freed.
    #[expect(
        clippy::result_large_err,
        reason = "it goes to a report, not far; no heap here"
    )]
    pub fn begin_free(
        &mut self,
        kind: Kind,
        start: usize,
        cache: usize,
        event: &Event,
    ) -> Result<Block, Refused> {
        let at = self.can_free(kind, start, cache)?;
        let block = &mut self.room.slot_mut(at).block;
        block.state = State::Going;
        block.freed = *event;
        self.counts.live -= 1;
        Ok(*block)
    }

    /// Why a block can't be freed, if it can't.
    pub fn refusal(&self, kind: Kind, start: usize, cache: usize) -> Option<Refused> {
        self.can_free(kind, start, cache).err()
    }

    #[expect(
        clippy::result_large_err,
        reason = "it goes to a report, not far; no heap here"
    )]
    fn can_free(&self, kind: Kind, start: usize, cache: usize) -> Result<u32, Refused> {
        let Some(at) = self.find(kind, start) else {
            return Err(self.why_unknown(kind, start));
        };
        let block = self.room.slot(at).block;
        if block.state != State::Live {
            return Err(Refused::Twice(block));
        }
        if block.cache != cache {
            return Err(Refused::OtherCache(block));
        }
        Ok(at)
    }

    fn why_unknown(&self, kind: Kind, start: usize) -> Refused {
        if let Some(block) = self.around(kind, start) {
            return Refused::Inside(block);
        }
        let mut others = Kind::ALL.into_iter().filter_map(|other| match other {
            // A handle is no address that anything lies around.
            Kind::PerCpu => self.find(other, start),
            _ => self.holding(other, start),
        });
        match others.next() {
            Some(at) => Refused::OtherKind(self.room.slot(at).block),
            None => Refused::Unknown,
        }
    }

    /// The block of an allocator that an address is in, red zones included.
    pub fn around(&self, kind: Kind, address: usize) -> Option<Block> {
        let at = self.holding(kind, address)?;
        Some(self.room.slot(at).block)
    }

    /// The block in front of another.
    pub fn before(&self, block: &Block) -> Option<Block> {
        let (kind, base) = block.key();
        let at = self
            .tree
            .at_most(&self.room, (kind, base.checked_sub(1)?))?;
        let before = self.room.slot(at).block;
        (before.kind == kind).then_some(before)
    }

    /// The block that begins at an address, whatever its state.
    pub fn starting_at(&self, kind: Kind, start: usize) -> Option<Block> {
        let at = self.find(kind, start)?;
        Some(self.room.slot(at).block)
    }

    /// Names what a block is.
    pub fn set_label(&mut self, kind: Kind, start: usize, label: &'static str) {
        if let Some(slot) = self.slot_of(kind, start) {
            slot.block.label = Some(label);
        }
    }

    /// Puts a block that is being freed into the quarantine, of which it counts for so many
    /// bytes.
    pub fn keep(&mut self, kind: Kind, start: usize, cost: usize) {
        let Some(at) = self.find(kind, start) else {
            return;
        };
        let slot = self.room.slot_mut(at);
        slot.block.state = State::Kept;
        slot.next = NONE;
        slot.cost = cost;
        self.counts.kept += 1;
        self.counts.kept_bytes += cost;
        match self.newest {
            NONE => self.oldest = at,
            newest => self.room.slot_mut(newest).next = at,
        }
        self.newest = at;
    }

    /// Takes the block out of the quarantine that is in it for the longest, if there is too
    /// much, or with `all` in any case. `None`, too, while the oldest is pinned.
    pub fn oldest(&mut self, all: bool) -> Option<Block> {
        let at = self.oldest;
        if at == NONE || !(all || self.counts.kept_bytes > self.budget) {
            return None;
        }
        let slot = self.room.slot_mut(at);
        if slot.pins > 0 {
            return None;
        }
        slot.block.state = State::Going;
        let (block, next, cost) = (slot.block, slot.next, slot.cost);
        self.oldest = next;
        if next == NONE {
            self.newest = NONE;
        }
        self.counts.kept -= 1;
        self.counts.kept_bytes -= cost;
        Some(block)
    }

    /// Removes a block that is given back to its allocator now.
    pub fn forget(&mut self, kind: Kind, start: usize) {
        let Some(at) = self.find(kind, start) else {
            return;
        };
        let key = self.room.slot(at).block.key();
        self.tree.remove(&mut self.room, key);
        self.release(at);
    }

    /// The block behind another, in their order; `None` before the first. It is pinned.
    pub fn next(&mut self, after: Option<&Block>) -> Option<(Pin, Block)> {
        let at = self.tree.above(&self.room, after.map(Block::key))?;
        let slot = self.room.slot_mut(at);
        slot.pins += 1;
        Some((Pin(at), slot.block))
    }

    /// Marks a block as left behind by its module.
    pub fn set_left(&mut self, kind: Kind, start: usize) {
        if let Some(slot) = self.slot_of(kind, start) {
            slot.block.left = true;
        }
    }

    /// Ends what [`next`](Self::next) began.
    pub fn unpin(&mut self, Pin(at): Pin) {
        let slot = self.room.slot_mut(at);
        slot.pins = slot.pins.saturating_sub(1);
    }
}

/// A block that isn't given back until [`BlockTable::unpin`] has this.
#[must_use]
#[derive(Debug)]
pub struct Pin(u32);

impl Default for BlockTable {
    fn default() -> Self {
        Self::new()
    }
}
