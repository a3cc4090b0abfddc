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
//! Pages of a chunk are *populated* on demand, each in all units at once. Free bytes on
//! populated pages are found by two-level segregated fit (TLSF), so an allocation that
//! needs no page costs the same however many areas and chunks there are.
//!
//! | file | what |
//! |---|---|
//! | `limits.rs`, `sizes.rs`, `layout.rs` | how large, how many, and where |
//! | `handle.rs`, `request.rs`, `counts.rs`, `error.rs` | what the others share |
//! | `tlsf.rs` | which free list a size belongs to |
//! | `granule_map.rs`, `link.rs`, `holes.rs`, `extents.rs` | the bytes of one chunk |
//! | `chunk.rs` | a chunk: its extents and its pages |
//! | `sets.rs`, `chunks.rs` | all chunks, and how one is found |
//! | `backing.rs` | what is asked of the machine |
//! | `allocator.rs` | the allocator and its two locks |
//! | `alloc.rs`, `free.rs` | areas |
//! | `classes.rs`, `allowance.rs` | which sizes CPUs keep, and how much of large ones |
//! | `marks.rs`, `magazine.rs` | what each CPU keeps, in front of the chunks |
//! | `cached.rs` | out of there, into it, and between it and the chunks |
//! | `populate.rs`, `balance.rs` | pages and chunks, in and out |
//! | `locate.rs` | what a handle or an address belongs to |
//! | `map.rs` | what lies where, piece by piece |
//! | `statistics.rs`, `verify.rs` | what there is, and whether it adds up |
//!
//! The book-keeping is safe code. What is declared or called unsafe is the border to the
//! memory that is recorded: the trait of the backing, its calls in `alloc.rs` and
//! `populate.rs`, and making an allocator, which rests on the caller's word that a first
//! chunk is there. Keeps P1, P7, P8 and P13.
#![deny(unsafe_code)]
#![cfg_attr(not(test), no_std)]
#![cfg_attr(
    not(test),
    warn(
        clippy::disallowed_methods,
        clippy::disallowed_macros,
        clippy::disallowed_types
    )
)]

extern crate alloc as heap;

mod alloc;
mod allocator;
mod allowance;
mod backing;
mod balance;
mod cached;
mod chunk;
mod chunks;
mod classes;
mod counts;
mod error;
mod extents;
mod free;
mod granule_map;
mod handle;
mod holes;
mod layout;
mod limits;
mod link;
mod locate;
mod magazine;
mod map;
mod marks;
mod populate;
mod request;
mod sets;
mod sizes;
mod statistics;
mod tlsf;
mod verify;

pub use allocator::Allocator;
pub use backing::Backing;
pub use counts::Counts;
pub use error::{AllocError, Entry, FreeError, Mismatch, OutOfMemory, SetupError};
pub use handle::Handle;
pub use layout::FirstChunk;
pub use limits::{
    DEFAULT_RESERVED, DYNAMIC_RESERVE, GRANULE, MAX_CHUNKS, MAX_RESERVED, MAX_STATIC,
    MAX_UNIT_SIZE, MAX_UNITS, MIN_UNIT_SIZE, PAGE_SIZE, STATIC_ALIGN,
};
pub use locate::{Location, Part};
pub use magazine::MAGAZINE;
pub use map::{ChunkPart, Piece, Use};
pub use marks::Mark;
pub use sizes::{Sizes, Summary};
pub use statistics::{ChunkStatistics, Statistics, Usage};
