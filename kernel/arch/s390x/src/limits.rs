//! Sizes and counts that the rest is built on.

/// Bytes in a page and in a page frame.
pub const PAGE_SIZE: usize = 4096;

/// Most CPUs that this kernel gives a number: what one byte of CPU address can name in
/// the service processor's list.
pub const MAX_CPUS: usize = 256;
