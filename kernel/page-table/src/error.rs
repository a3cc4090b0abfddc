//! Why a page isn't mapped.

use core::fmt;

/// No memory for a translation table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTable;

/// Why a page isn't mapped. Nothing has changed, but that a table may be there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapError {
    /// No memory for a translation table.
    NoTable,
    /// The page is mapped already.
    Mapped {
        /// Its address.
        address: usize,
    },
    /// The tables don't reach the address.
    BeyondEnd {
        /// The address.
        address: usize,
    },
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MapError::NoTable => f.write_str("no memory for a translation table"),
            MapError::Mapped { address } => write!(f, "the page at {address:#x} is mapped already"),
            MapError::BeyondEnd { address } => {
                write!(
                    f,
                    "{address:#x} is beyond what the translation tables reach"
                )
            }
        }
    }
}

impl From<NoTable> for MapError {
    fn from(_: NoTable) -> Self {
        MapError::NoTable
    }
}
