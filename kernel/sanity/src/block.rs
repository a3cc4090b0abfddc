//! What is known of a block.

use crate::zones::Zones;
use core::fmt;

/// Calls that a backtrace keeps.
pub const DEPTH: usize = 10;

/// An allocation or a free: who, where and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Return addresses, the innermost first; zeros behind the last.
    pub trace: [u64; DEPTH],
    /// Nanoseconds since boot.
    pub time: u64,
    /// The CPU.
    pub cpu: u32,
}

impl Event {
    /// Nothing that has happened.
    pub const NONE: Self = Self {
        trace: [0; DEPTH],
        time: 0,
        cpu: 0,
    };

    /// Its addresses.
    pub fn addresses(&self) -> impl Iterator<Item = u64> + '_ {
        self.trace
            .iter()
            .copied()
            .take_while(|&address| address != 0)
    }
}

/// Which allocator a block is of; in this order they are walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// kmalloc, and caches.
    Slab,
    /// Areas of virtual memory.
    Vmalloc,
    /// Per-CPU areas; their addresses are handles, and may be equal to others' addresses.
    PerCpu,
    /// The kernel's own heap.
    Heap,
    /// Page frames: of these only the latest frees are known.
    Frames,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Slab,
        Self::Vmalloc,
        Self::PerCpu,
        Self::Heap,
        Self::Frames,
    ];

    /// The function that frees it.
    pub fn free(self) -> &'static str {
        match self {
            Kind::Slab => "kfree",
            Kind::Heap => "the kernel heap's dealloc",
            Kind::Vmalloc => "vfree",
            Kind::PerCpu => "free_percpu",
            Kind::Frames => "their owner",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Slab => "kmalloc",
            Kind::Heap => "kernel heap",
            Kind::Vmalloc => "vmalloc",
            Kind::PerCpu => "per-CPU",
            Kind::Frames => "page frames",
        })
    }
}

/// Where a block is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Somebody's.
    Live,
    /// Freed, and being compared or poisoned.
    Going,
    /// Freed, and kept.
    Kept,
    /// Given back; only of page frames anything is known then.
    Gone,
}

/// What is known of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its allocator.
    pub kind: Kind,
    /// Where it is in its life.
    pub state: State,
    /// First byte that its owner has; of a per-CPU area, the handle.
    pub start: usize,
    /// Bytes around it, and of it.
    pub zones: Zones,
    /// The cache that it is of, by address; 0 if it is of none.
    pub cache: usize,
    /// What it is, where that has a name: the module whose image it holds.
    pub label: Option<&'static str>,
    /// Whether it was found to be left behind by its module.
    pub left: bool,
    /// Who allocated it.
    pub allocated: Event,
    /// Who freed it.
    pub freed: Event,
}

impl Block {
    /// A live one.
    pub fn new(kind: Kind, start: usize, zones: Zones, allocated: Event) -> Self {
        Self {
            kind,
            state: State::Live,
            start,
            zones,
            cache: 0,
            label: None,
            left: false,
            allocated,
            freed: Event::NONE,
        }
    }

    pub(crate) const NONE: Self = Self {
        kind: Kind::Slab,
        state: State::Live,
        start: 0,
        zones: Zones {
            before: 0,
            bytes: 0,
            after: 0,
        },
        cache: 0,
        label: None,
        left: false,
        allocated: Event::NONE,
        freed: Event::NONE,
    };

    /// First byte of the allocator's block.
    pub fn base(&self) -> usize {
        self.start.wrapping_sub(self.zones.before)
    }

    /// The byte behind the last that its owner has.
    pub fn end(&self) -> usize {
        self.start.wrapping_add(self.zones.bytes)
    }

    /// Whether an address is in it, red zones included.
    pub fn holds(&self, address: usize) -> bool {
        address.wrapping_sub(self.base()) < self.zones.total()
    }

    /// What orders blocks, which don't overlap.
    pub(crate) fn key(&self) -> (Kind, usize) {
        (self.kind, self.base())
    }
}
