//! The dynamic per-CPU allocator, without the machine.
//!
//! ```text
//!            unit 0 (CPU 0)        unit 1 (CPU 1)        unit 2 (CPU 2)
//!  first   ┌──────┬─────┬──────┐ ┌──────┬─────┬──────┐ ┌──────┬─────┬──────┐
//!  chunk   │static│resvd│dynam.│ │static│resvd│dynam.│ │static│resvd│dynam.│
//!          └──────┴─────┴──────┘ └──────┴─────┴──────┘ └──────┴─────┴──────┘
//!  chunk   ┌──────────▓▓▓▓─────┐ ┌──────────▓▓▓▓─────┐ ┌──────────▓▓▓▓─────┐ guard
//!          └──────────▓▓▓▓─────┘ └──────────▓▓▓▓─────┘ └──────────▓▓▓▓─────┘ page
//!  chunk   ...        one area: the same bytes of every unit
//! ```
//!
//! A *unit* is one possible CPU's part of a *chunk*. Units lie at the same
//! distances in every chunk, so one offset a CPU serves all of them:
//!
//! ```text
//!  copy(cpu) = handle + offset[cpu]        handle = address in unit 0 - delta
//! ```
//!
//! `delta` makes handles of statics and of areas alike: a static's handle is its
//! link address in the template, and CPU 0's copy of it lies `delta` further on.
//!
//! Pages of a chunk are *populated* on demand, each in all units at once. Free
//! bytes on populated pages are found through size classes, so an allocation
//! that needs no page costs the same however many areas and chunks there are.
//!
//! | file | what |
//! |---|---|
//! | `first_chunk.rs` | sizes, and what all chunks share |
//! | `extents.rs` | the bytes of one chunk |
//! | `chunk.rs` | a chunk: its extents and its pages |
//! | `classes.rs` | size classes, and which chunks have free extents of each |
//! | `chunks.rs` | all chunks, and that index |
//! | `alloc.rs`, `free.rs` | areas |
//! | `recent.rs` | areas freed a moment ago |
//! | `populate.rs`, `balance.rs` | pages and chunks, in and out |
//! | `locate.rs` | what a handle or an address belongs to |
//! | `statistics.rs`, `verify.rs` | what there is, and whether it adds up |
//! | `backing.rs` | what is asked of the machine |
//! | `error.rs` | what can go wrong |
//!
//! Two locks. *areas* guards the book-keeping, and is held for a bounded number
//! of steps. *pages* admits one CPU at a time to populating and balancing, and is
//! taken first. Nothing of the backing but `zero` is called under *areas*, and
//! nothing at all by the atomic variant and by `free` (P8).
#![cfg_attr(not(test), no_std)]

extern crate alloc as heap;

mod alloc;
mod backing;
mod balance;
mod chunk;
mod chunks;
mod classes;
mod error;
mod extents;
mod first_chunk;
mod free;
mod locate;
mod populate;
mod recent;
mod statistics;
mod verify;

pub use backing::Backing;
pub use error::{AllocError, Entry, FreeError, Mismatch, OutOfMemory, SetupError};
pub use extents::GRANULE;
pub use first_chunk::{
    DEFAULT_RESERVED, DYNAMIC_RESERVE, FirstChunk, STATIC_ALIGN, Sizes, Summary,
};
pub use locate::{Location, Part};
pub use statistics::{ChunkStatistics, Statistics, Usage};

use chunks::Chunks;
use core::fmt;
use first_chunk::Layout;
use lock_api::Mutex;

/// Bytes in a page.
pub const PAGE_SIZE: usize = 4096;
/// Bytes of the largest area, and of the smallest unit: Linux's
/// PCPU_MIN_UNIT_SIZE.
pub const MIN_UNIT_SIZE: usize = 32 << 10;
/// Bytes of the largest unit: what the tags of `extents.rs` can count.
pub const MAX_UNIT_SIZE: usize = 2 << 20;
/// Most units.
pub const MAX_UNITS: usize = 256;

/// A handle: what becomes the address of a CPU's copy when its offset is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub usize);

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// The allocator: the chunks, their locks, and what lies under them.
#[derive(Debug)]
pub struct Allocator<B: Backing> {
    layout: Layout,
    backing: B,
    pages: Mutex<B::PagesLock, ()>,
    areas: Mutex<B::AreasLock, Chunks>,
}

impl<B: Backing> Allocator<B> {
    /// An allocator on a first chunk that is mapped and filled.
    ///
    /// # Errors
    /// What [`SetupError`] lists.
    pub fn new(first: FirstChunk, backing: B) -> Result<Self, SetupError> {
        let layout = Layout::new(first)?;
        let chunks = Chunks::new(&layout).ok_or(SetupError::OutOfMemory)?;
        Ok(Self {
            layout,
            backing,
            pages: Mutex::new(()),
            areas: Mutex::new(chunks),
        })
    }

    /// Possible CPUs.
    pub fn units(&self) -> usize {
        self.layout.first.unit_offsets.len()
    }

    /// What to add to a handle, wrapping, for the unit's copy.
    ///
    /// # Panics
    /// If there is no such unit.
    pub fn offset(&self, unit: usize) -> usize {
        self.layout
            .delta
            .wrapping_add(self.layout.first.unit_offsets[unit])
    }

    /// What lies under the chunks.
    pub fn backing(&self) -> &B {
        &self.backing
    }
}
