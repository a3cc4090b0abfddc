//! Memory has run out, or is too little to begin with.

use arch::dat::MapError;
use core::fmt;

/// Memory has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl OutOfMemory {
    /// The one reason for which the owner of a page can fail to map it.
    ///
    /// # Panics
    /// If it is another: the page has two owners (M1).
    pub fn of(error: MapError) -> Self {
        match error {
            MapError::NoTable => OutOfMemory,
            error => panic!("{error}"),
        }
    }
}

/// What the machine has too little memory for: it can't boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupError {
    /// The translation tables.
    Tables,
    /// The table of page frames.
    FrameTable {
        /// Its bytes.
        bytes: usize,
    },
    /// The kernel heap.
    Heap {
        /// Its bytes.
        bytes: usize,
    },
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetupError::Tables => f.write_str("no room for the translation tables"),
            SetupError::FrameTable { bytes } => {
                write!(f, "no room for the table of page frames, {bytes} bytes")
            }
            SetupError::Heap { bytes } => {
                write!(f, "no page frames for the kernel heap, {bytes} bytes")
            }
        }
    }
}
