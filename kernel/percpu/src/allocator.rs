//! The allocator: chunks, two locks, and what lies under them.
//!
//! *areas* guards the book-keeping, and is held for a number of steps that the live
//! areas don't add to (P8). *pages* admits one CPU at a time to populating and
//! balancing, and is taken first. Nothing of the backing but `zero` is called under
//! *areas*, and nothing at all by the atomic variant and by `free`.

use crate::backing::Backing;
use crate::chunks::Chunks;
use crate::error::SetupError;
use crate::first_chunk::{FirstChunk, Layout};
use lock_api::Mutex;

/// The allocator: the chunks, their locks, and what lies under them.
#[derive(Debug)]
pub struct Allocator<B: Backing> {
    pub(crate) layout: Layout,
    pub(crate) backing: B,
    pub(crate) pages: Mutex<B::PagesLock, ()>,
    pub(crate) areas: Mutex<B::AreasLock, Chunks>,
}

impl<B: Backing> Allocator<B> {
    /// An allocator on a first chunk that is mapped and filled.
    ///
    /// # Errors
    /// What [`SetupError`] lists.
    pub fn new(first: FirstChunk, backing: B) -> Result<Self, SetupError> {
        let layout = Layout::new(first)?;
        let chunks = Chunks::new(&layout).ok_or(SetupError::OutOfMemory)?;
        Ok(Self {
            layout,
            backing,
            pages: Mutex::new(()),
            areas: Mutex::new(chunks),
        })
    }

    /// Possible CPUs.
    pub fn units(&self) -> usize {
        self.layout.first.unit_offsets.len()
    }

    /// What to add to a handle, wrapping, for the unit's copy.
    ///
    /// # Panics
    /// If there is no such unit.
    pub fn offset(&self, unit: usize) -> usize {
        self.layout
            .delta
            .wrapping_add(self.layout.first.unit_offsets[unit])
    }

    /// What lies under the chunks.
    pub fn backing(&self) -> &B {
        &self.backing
    }
}
