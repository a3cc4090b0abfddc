//! The allocator: chunks, two locks, and what lies under them.
//!
//! *areas* guards the book-keeping; *pages* admits one CPU at a time to populating and
//! balancing, and is taken first. The backing is called without *areas* (P8).

use crate::backing::Backing;
use crate::chunks::Chunks;
use crate::error::SetupError;
use crate::layout::{FirstChunk, Layout};
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
    /// An allocator on a first chunk that is mapped and filled. Takes the memory for the
    /// book-keeping of as many chunks as there can be.
    ///
    /// # Errors
    /// What [`SetupError`] lists.
    ///
    /// # Safety
    /// P13: the units of the first chunk are mapped for good and, but for the static
    /// parts, nobody else's; they don't overlap each other or the region, and in the region
    /// the backing alone maps.
    #[expect(unsafe_code, reason = "whose memory it is only the caller can know")]
    pub unsafe fn new(first: FirstChunk, backing: B) -> Result<Self, SetupError> {
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
