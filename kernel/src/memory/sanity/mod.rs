//! Memory that catches its misuse: with `sanity=1`, records of all blocks, red zones around
//! them, poison in them, and a quarantine for what is freed.
//!
//! ```text
//!   checked_slab.rs, heap.rs, vmalloc.rs ─┐
//!   percpu/checked.rs ────────────────────┴─► life.rs ─► checker.rs: blocks (the crate `sanity`),
//!                                               │               and reports
//!                                               └─────► touch.rs: bytes, written and compared
//!   frames.rs, region.rs ─► pages.rs: free frames, filled and compared
//!   who has the blocks, and words the reports ◄── hooks.rs
//! ```
//!
//! Without `sanity=1` nothing of this runs: that is asked by a test of a word that the
//! allocators test anyway (`fail.rs`), or by which slabs there are (`slab.rs`).
//!
//! A report is kept, and printed when the CPU that made it holds no lock: the kernel's heap is
//! used with locks held, under which nothing may be printed.

mod checker;
mod hooks;
mod life;
mod pages;
mod touch;

pub use ::sanity::{
    Block, Counts, Event, Kind, Names, Refused, Report as MisuseReport, State, Zones, pattern,
};
pub use checker::{
    MOST_AREAS, REPORTS, counts, expect, frames, is_on, made, print_pending, report, unexpected,
};
pub use hooks::{Hooks, connect, own};
pub use life::{
    Fresh, at, begin_free, cache_in_use, check, enter, finish_area, finish_free, flush,
    keep_addresses, left_by, name, no_cache, or_flushed, overlap, refused, returned,
};
pub(super) use pages::{giving, taken};

/// Records blocks from here on, on a machine with `memory` bytes, `heap` of them the kernel's heap.
/// Once, at boot, before anything is allocated.
pub(super) fn begin(memory: usize, heap: usize) {
    checker::begin(memory, heap);
    pages::begin(memory);
}
