//! What slabs ask of the machine: locks, frames, and which CPU runs.

use super::descriptor::Section;
use lock_api::RawMutex;

/// What slabs ask of the machine.
pub trait Backing {
    /// Lock of a class, taken with interrupts off: interrupt handlers take it too.
    type ClassLock: RawMutex;
    /// Lock of a magazine; a CPU may be interrupted while it has it.
    type MagazineLock: RawMutex;

    /// Number of the running CPU. A wrong one costs time.
    fn this_cpu(&self) -> usize;

    /// A block of 2^`order` frames that is the caller's alone, and aligned to its size; its
    /// first frame's number.
    fn take(&self, order: usize) -> Option<usize>;

    /// Takes a block back.
    fn give(&self, frame: usize, order: usize);

    /// Descriptors for a section, of zeros, for good.
    fn section(&self) -> Option<&'static Section>;
}
