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
//! bytes on populated pages are found by two-level segregated fit (TLSF), so an allocation
//! that needs no page costs the same however many areas and chunks there are.
//!
//! | file | what |
//! |---|---|
//! | `allocator.rs` | the allocator and its two locks |
//! | `first_chunk.rs` | sizes, and what all chunks share |
//! | `extents.rs` | the bytes of one chunk |
//! | `chunk.rs` | a chunk: its extents and its pages |
//! | `tlsf.rs` | segregated free lists: classes of sizes, and which chunks have free extents of each |
//! | `chunks.rs` | all chunks, and that index |
//! | `alloc.rs`, `free.rs` | areas |
//! | `quick_list.rs` | deferred coalescing: areas freed a moment ago |
//! | `populate.rs`, `balance.rs` | pages and chunks, in and out |
//! | `locate.rs` | what a handle or an address belongs to |
//! | `statistics.rs`, `verify.rs` | what there is, and whether it adds up |
//! | `backing.rs` | what is asked of the machine |
//! | `limits.rs`, `handle.rs`, `request.rs`, `counts.rs`, `error.rs` | what the others share |
#![forbid(unsafe_code)]
#![cfg_attr(not(test), no_std)]

extern crate alloc as heap;

mod alloc;
mod allocator;
mod backing;
mod balance;
mod chunk;
mod chunks;
mod counts;
mod error;
mod extents;
mod first_chunk;
mod free;
mod handle;
mod limits;
mod locate;
mod populate;
mod quick_list;
mod request;
mod statistics;
mod tlsf;
mod verify;

pub use allocator::Allocator;
pub use backing::Backing;
pub use error::{AllocError, Entry, FreeError, Mismatch, OutOfMemory, SetupError};
pub use first_chunk::{
    DEFAULT_RESERVED, DYNAMIC_RESERVE, FirstChunk, STATIC_ALIGN, Sizes, Summary,
};
pub use handle::Handle;
pub use limits::{GRANULE, MAX_UNIT_SIZE, MAX_UNITS, MIN_UNIT_SIZE, PAGE_SIZE};
pub use locate::{Location, Part};
pub use statistics::{ChunkStatistics, Statistics, Usage};
