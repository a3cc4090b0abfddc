//! Places in the lock order, outermost first: that of docs/INVARIANTS.md.

/// What the self-tests have of their own.
pub const TEST: u8 = 0;
/// The registry of modules.
pub const MODULES: u8 = 1;
/// Populating and balancing per-CPU pages.
pub const PER_CPU_PAGES: u8 = 2;
/// Areas of the vmalloc region.
pub const VMALLOC: u8 = 3;
/// A CPU's magazine of per-CPU areas.
pub const PER_CPU_MAGAZINE: u8 = 4;
/// Book-keeping of per-CPU areas.
pub const PER_CPU_AREAS: u8 = 5;
/// What is kept for modules in C: a line not ended, timers of theirs.
pub const EXPORTS: u8 = 6;
/// A CPU's magazine of slab objects.
pub const SLAB_MAGAZINE: u8 = 7;
/// The slabs of a class.
pub const SLAB: u8 = 8;
/// Frames and translation tables.
pub const MEMORY: u8 = 9;
/// The kernel heap.
pub const HEAP: u8 = 10;
/// The table of all blocks of memory, with `sanity=1`.
pub const SANITY: u8 = 11;
/// The console.
pub const CONSOLE: u8 = 12;
/// The control channel.
pub const CONTROL: u8 = 13;

/// Ranks that there are.
pub const COUNT: usize = CONTROL as usize + 1;

/// Their names, for messages.
pub const NAMES: [&str; COUNT] = [
    "test",
    "modules",
    "per-CPU pages",
    "vmalloc",
    "per-CPU magazine",
    "per-CPU areas",
    "exports",
    "slab magazine",
    "slab",
    "memory",
    "heap",
    "sanity",
    "console",
    "control",
];
