//! Where in lowcore this crate finds what it needs of the kernel.
//!
//! The kernel's own description of lowcore is `kernel/arch/s390x/src/lowcore/mod.rs`; it
//! asserts that the two agree. A module has these offsets compiled in.

/// Byte 816: the running CPU's per-CPU offset, 8 bytes (P2).
pub const PER_CPU_OFFSET: usize = 0x330;
/// What STOSM stores its old mask into, 1 byte that nobody reads.
pub const SCRATCH: usize = 0x388;
/// Interrupts-off sections that the CPU is in, 4 bytes (C4).
pub const INTERRUPT_DEPTH: usize = 0x348;
/// The mask's I/O and external bits before the outermost of them, 4 bytes (C4).
pub const INTERRUPT_STATE: usize = 0x34c;
/// What begins and what ends a section, where they are counted: addresses, 8 bytes each.
pub const BEGIN_COUNTED: usize = 0x378;
/// See [`BEGIN_COUNTED`].
pub const END_COUNTED: usize = 0x380;
/// Base at which lowcore is written, 8 bytes: the page is read-only at 0.
pub const WRITABLE: usize = 0x358;
