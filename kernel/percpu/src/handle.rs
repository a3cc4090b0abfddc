//! Handles.

use core::fmt;

/// A handle: what becomes the address of a CPU's copy when the CPU's offset is added,
/// wrapping. The null handle is nothing's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub usize);

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}
