//! What lies where in the chunks, piece by piece, for whoever draws them.
//!
//! ```text
//!   chunk_from(0) ─► a part: its number, its pages, its units
//!   piece_from(number, byte) ─► [live │ kept │ free │ unpopulated] up to the next
//! ```
//!
//! Nothing is held between two pieces, so areas may come and go: a picture is of no single
//! moment. The *areas* lock is held for a step a granule of one page, at the most.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::extents::Kind;
use crate::handle::Handle;
use crate::layout::{FIRST, RESERVED};
use crate::limits::{GRANULE, PAGE_GRANULES, PAGE_SIZE};
use crate::request::Area;
use crate::sizes::Sizes;

/// A chunk, or a part of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkPart {
    /// By which [`Allocator::piece_from`] knows it, and the next is found.
    pub number: usize,
    /// The chunk: 0 for the first, then the region's.
    pub chunk: usize,
    /// It is the first chunk's reserved part.
    pub reserved: bool,
    /// Where in each unit it begins, and ends: bytes.
    pub bytes: (usize, usize),
    /// Pages of a unit that are populated.
    pub populated: usize,
    /// Of those, pages with nothing on them.
    pub empty: usize,
    /// Pages of a unit.
    pub pages: usize,
    /// The handle of a unit's first byte.
    pub handle: Handle,
    /// Its pages never leave.
    pub immutable: bool,
}

/// What bytes of a unit are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A live area.
    Live,
    /// A free area that a CPU keeps in its magazine.
    Kept,
    /// Free, on populated pages.
    Free,
    /// On a page that isn't populated.
    Unpopulated,
}

/// Bytes of a unit that are one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where in the unit it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What it is.
    pub used: Use,
}

impl<B: Backing> Allocator<B> {
    /// The sizes of the first chunk's parts.
    pub fn sizes(&self) -> Sizes {
        self.layout.first.sizes
    }

    /// The part with the lowest number from this one up. Never waits.
    pub fn chunk_from(&self, number: usize) -> Option<ChunkPart> {
        let sizes = self.sizes();
        let reserved_end = sizes.static_size + sizes.reserved_size;
        let chunks = self.areas.lock();
        let (number, chunk) = chunks.at_least(number)?;
        Some(ChunkPart {
            number,
            chunk: number.saturating_sub(FIRST),
            reserved: number == RESERVED,
            bytes: match number {
                RESERVED => (sizes.static_size, reserved_end),
                FIRST => (reserved_end, sizes.unit_size),
                _ => (0, sizes.unit_size),
            },
            populated: chunk.populated,
            empty: chunk.empty,
            pages: chunk.pages.len(),
            handle: self.layout.handle_of(number, 0),
            immutable: chunk.immutable,
        })
    }

    /// What a byte of a part's unit belongs to, from there to the end of it, or to the end of
    /// its page where nothing else begins there; `None` behind the unit's end, or if there is
    /// no such part any more. Never waits.
    pub fn piece_from(&self, number: usize, byte: usize) -> Option<Piece> {
        let chunks = self.areas.lock();
        let chunk = chunks.get(number)?;
        let page = byte / PAGE_SIZE;
        let page_end = (page + 1) * PAGE_SIZE;
        let piece = |end: usize, used| {
            Some(Piece {
                start: byte,
                end,
                used,
            })
        };
        if !chunk.pages.get(page)?.populated {
            return piece(page_end, Use::Unpopulated);
        }
        let granule = (byte / GRANULE) as u32;
        let end = (page as u32 + 1) * PAGE_GRANULES;
        let Some(extent) = chunk.extents.beginning_in(granule..end).next() else {
            // What begins on an earlier page, or the first chunk's other part.
            return piece(page_end, Use::Free);
        };
        if extent.start > granule {
            return piece(extent.start as usize * GRANULE, Use::Free);
        }
        let area = Area {
            chunk: number,
            granule,
        };
        let used = match extent.kind {
            Kind::Free => Use::Free,
            Kind::Live if self.magazines.is_live(area, extent.granules) => Use::Live,
            Kind::Live => Use::Kept,
        };
        piece((granule + extent.granules) as usize * GRANULE, used)
    }
}
