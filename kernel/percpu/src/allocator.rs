//! The allocator: chunks, two locks, and what lies under them.
//!
//! *areas* guards the book-keeping; *pages* admits one CPU at a time to populating and
//! balancing, and is taken first. The backing is called without *areas* (P8). In front of
//! both each CPU has a magazine (`magazine.rs`).

use crate::backing::Backing;
use crate::chunks::Chunks;
use crate::error::SetupError;
use crate::layout::{FIRST, FirstChunk, Layout};
use crate::magazine::Magazines;
use lock_api::Mutex;

/// The allocator: the chunks, their locks, and what lies under them.
#[derive(Debug)]
pub struct Allocator<B: Backing> {
    pub(crate) layout: Layout,
    pub(crate) backing: B,
    pub(crate) pages: Mutex<B::PagesLock, ()>,
    pub(crate) areas: Mutex<B::AreasLock, Chunks>,
    pub(crate) magazines: Magazines<B::MagazineLock, B::Mark>,
}

impl<B: Backing> Allocator<B> {
    /// An allocator on a first chunk that is mapped and filled. Takes the memory for the
    /// book-keeping of as many chunks as there can be. `magazine` is how many bytes of one
    /// small size each CPU may keep, up to [`crate::MAGAZINE`]; with 0 no CPU keeps any.
    ///
    /// # Errors
    /// What [`SetupError`] lists.
    ///
    /// # Safety
    /// P13: the units of the first chunk are mapped for good and, but for the static
    /// parts, nobody else's; they don't overlap each other or the region, and in the region
    /// the backing alone maps.
    #[expect(unsafe_code, reason = "whose memory it is only the caller can know")]
    pub unsafe fn new(first: FirstChunk, magazine: usize, backing: B) -> Result<Self, SetupError> {
        let layout = Layout::new(first)?;
        let chunks = Chunks::new(&layout).ok_or(SetupError::OutOfMemory)?;
        let sizes = &layout.first.sizes;
        let magazines = Magazines::new(sizes.units, magazine, chunks.most());
        let magazines = magazines.ok_or(SetupError::OutOfMemory)?;
        let marks = magazines.prepare(FIRST, sizes.unit_size);
        marks.ok_or(SetupError::OutOfMemory)?;
        Ok(Self {
            layout,
            backing,
            pages: Mutex::new(()),
            areas: Mutex::new(chunks),
            magazines,
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
        self.layout.offsets[unit]
    }

    /// What lies under the chunks.
    pub fn backing(&self) -> &B {
        &self.backing
    }
}
