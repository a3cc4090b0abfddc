//! Translation tables of s390x, without the machine: one address space for a kernel.
//!
//! ```text
//!  element ─► region-second ─► region-third ─► segment ─► page table ─► page frame
//!             2048 entries     2048            2048       256           4 KiB
//!             16 KiB           16 KiB          16 KiB     2 KiB
//! ```
//!
//! Every CPU looks translations up by itself, at any time, and keeps what it found in
//! its TLB until that is cleared. So:
//!
//! * a table is filled before an entry leads to it, and stays one for good: what leads
//!   from table to table never changes, and needs no invalidation;
//! * a page entry that is valid is invalidated, and its TLB entries are cleared on every
//!   CPU, before it changes (M3); and no entry is writable and executable (M2), nor is
//!   it so for a moment;
//! * an entry changes by one store of a doubleword, so every CPU sees it whole;
//! * once the space is sealed, the pages that tables lie in are read-only where memory is
//!   mapped to itself: only [`Machine::write`], which goes around translation, changes them.
//!
//! | file | what |
//! |---|---|
//! | `entries.rs` | entries, bit by bit |
//! | `protection.rs` | what a page allows |
//! | `machine.rs` | what is needed of the machine |
//! | `error.rs` | why a page isn't mapped |
//! | `address_space.rs` | mapping, unmapping, changing, looking up |
//! | `tables.rs` | all tables that there are |
//! | `walk.rs` | the walk that translates an address, as a person reads it |
//!
//! Principles of Operation, chapter 3, "Dynamic Address Translation". On the host the
//! tests put an emulated machine under it: tables in memory, and a TLB a CPU.
#![no_std]
#![forbid(unsafe_code)]

mod address_space;
mod entries;
mod error;
mod machine;
mod protection;
mod tables;
mod walk;

pub use address_space::{AddressSpace, END};
pub use entries::{
    Level, PAGE_SIZE, PAGE_TABLE_ENTRIES, PAGE_TABLE_SIZE, PageEntry, SEGMENT_SIZE, TABLE_ENTRIES,
    TABLE_SIZE, TableEntry, page_index,
};
pub use error::{MapError, NoTable};
pub use machine::{Machine, TableMemory};
pub use protection::{Mapping, Protection};
pub use tables::{Reached, Tables, tables};
pub use walk::{Found, Step, Table, Walk, walk};
