//! Counts of events, kept with the book-keeping and shown by the statistics.

/// What happened since boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Areas freed; as many were allocated, and the live ones.
    pub freed: u64,
    /// Allocations refused for want of memory or populated pages.
    pub failed: u64,
    /// Chunks created.
    pub created: u64,
    /// Chunks released.
    pub released: u64,
}
