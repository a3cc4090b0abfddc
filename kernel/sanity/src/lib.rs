//! What catches misuse of memory: a record of every block, and patterns around and in it.
//!
//! ```text
//!            block that the allocator gave
//!  ┌──────────┬───────────────────────────┬──────────┐
//!  │ red zone │ bytes that were asked for │ red zone │     live
//!  └──────────┴───────────────────────────┴──────────┘
//!               start
//!  ┌──────────┬───────────────────────────┬──────────┐
//!  │ red zone │ poison                    │ red zone │     freed, in quarantine
//!  └──────────┴───────────────────────────┴──────────┘
//!     allocate ──► live ──► free: zones compared, poisoned ──► quarantine
//!                                                                  │ the oldest
//!      the allocator has it back ◄── poison and zones compared ◄───┘
//! ```
//!
//! The records lie apart from the blocks, so what is written past one can't change them. A
//! block has both its ends from the caller's point of view: who allocated it, who freed it,
//! each with a backtrace.
//!
//! | file | what |
//! |---|---|
//! | `zones.rs` | how many bytes of red zone a request gets |
//! | `pattern.rs` | which bytes are where, and how they are distinguished |
//! | `block.rs` | what is known of a block |
//! | `tree.rs` | blocks by address |
//! | `block_table.rs` | live blocks and the quarantine; what may be freed |
//! | `misuse.rs` | what can be wrong, and how it is worded |
//!
//! All is book-keeping only: it neither reads nor writes the memory of the blocks.
//! It allocates nothing; room for records is handed in. A look-up takes as many steps as the
//! logarithm of the number of blocks, about; all else takes some.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod block;
mod block_table;
mod misuse;
pub mod pattern;
mod tree;
mod zones;

pub use block::{Block, DEPTH, Event, Kind, State};
pub use block_table::{BlockTable, CHUNK, Counts, Pin, Refused, Slot};
pub use misuse::{Found, Misuse, Names, Report};
pub use zones::Zones;
