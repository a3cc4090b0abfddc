//! Who owns which memory: page frames and virtual areas.
//!
//! * [`frames`]: real memory, in blocks of 2^order page frames (a buddy system)
//! * [`areas`]: a region of virtual addresses, in areas with a guard page after
//!   each
//! * [`slab`]: objects of a few sizes in blocks of frames, with free ones kept for each CPU
//!
//! All are book-keeping only: none touches the memory that it hands out.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod areas;
pub mod frames;
pub mod slab;

/// Bytes in a page and in a page frame.
pub const PAGE_SIZE: usize = 4096;
