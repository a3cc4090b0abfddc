//! Memory: page frames, the kernel's address space, and what is built on them.
//!
//! | file | what |
//! |---|---|
//! | `error.rs` | memory has run out |
//! | `map.rs` | which addresses are used for what |
//! | `identity.rs` | what memory allows where it is mapped to itself |
//! | `boot_tables.rs` | where boot's translation tables lie |
//! | `real.rs` | frames and translation tables, behind their lock |
//! | `frames.rs` | page frames and their owners |
//! | `reserve.rs`, `low.rs` | page frames that modules leave |
//! | `region.rs` | ranges of virtual addresses and their owners: mapping |
//! | `page_0.rs` | who may write lowcore's page |
//! | `stack.rs` | stacks with a guard page |
//! | `heap.rs` | the kernel heap |
//! | `slab.rs`, `checked_slab.rs`, `slab_frames.rs` | objects of a few sizes, for modules |
//! | `sanity/` | what catches misuse, with `sanity=1` |
//! | `vmalloc.rs` | areas of virtual memory, for modules |
//! | `setup.rs` | how all of it begins |
//!
//! What can be done to memory is done through its owner: a [`FrameBlock`], a [`Region`],
//! a [`Stack`], an [`Area`](vmalloc::Area). The lock of frames and tables is the
//! innermost but for the heap's and the console's.

mod boot_tables;
mod checked_slab;
mod error;
mod frames;
pub mod heap;
pub mod identity;
mod low;
pub mod map;
mod page_0;
mod real;
mod region;
mod reserve;
pub mod sanity;
mod setup;
pub mod slab;
mod slab_frames;
mod stack;
pub mod vmalloc;

pub use error::{OutOfMemory, SetupError};
pub use frames::{FrameBlock, PageFrame};
pub use heap::used as heap_used;
pub use low::is_low;
pub use page_0::WritablePage0;
pub use real::{frame_count, verify_frames};
pub use region::{Region, translation};
pub use reserve::free_for_modules;
pub use setup::{init, place_for};
pub use stack::Stack;
