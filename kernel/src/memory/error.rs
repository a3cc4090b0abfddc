//! Memory has run out.

use arch::dat::MapError;

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
