//! What a handle, or an address in some CPU's copy, belongs to. Never waits.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunks::Chunks;
use crate::handle::Handle;
use crate::layout::{FIRST, Place, RESERVED};
use crate::limits::GRANULE;
use crate::request::Area;

/// A part of per-CPU memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The kernel's statics.
    Static,
    /// The first chunk's reserved part: modules' statics.
    Reserved,
    /// The rest of the first chunk, and every other.
    Dynamic,
}

/// What a handle belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The part.
    pub part: Part,
    /// The chunk: 0 for the first, then the region's.
    pub chunk: usize,
    /// Bytes from the unit's start.
    pub offset: usize,
    /// The live area that it is in, at its start or inside: handle, and bytes in whole
    /// granules.
    pub area: Option<(Handle, usize)>,
}

impl<B: Backing> Allocator<B> {
    /// What the handle belongs to; `None` if it is in no chunk.
    pub fn locate(&self, handle: Handle) -> Option<Location> {
        match self.layout.place(handle)? {
            Place::Static => Some(Location {
                part: Part::Static,
                chunk: 0,
                offset: handle.0.wrapping_sub(self.layout.first.template),
                area: None,
            }),
            Place::Chunk { number, offset } => {
                let chunks = self.areas.lock();
                chunks.get(number)?;
                let area = self.live_around(&chunks, Area::at(number, offset));
                let reserved = number == RESERVED;
                Some(Location {
                    part: if reserved {
                        Part::Reserved
                    } else {
                        Part::Dynamic
                    },
                    chunk: number.saturating_sub(FIRST),
                    offset,
                    area: area.map(|(start, granules)| {
                        let start = self.layout.handle_of(number, start.granule);
                        (start, granules as usize * GRANULE)
                    }),
                })
            }
        }
    }

    /// Whose copy an address is in: the unit, and the handle. `None` if it is in no unit of
    /// a chunk.
    pub fn locate_address(&self, address: usize) -> Option<(usize, Handle)> {
        let offsets = self.layout.first.unit_offsets.iter().enumerate();
        for (unit, offset) in offsets {
            let unit0 = address.wrapping_sub(*offset);
            let handle = Handle(unit0.wrapping_sub(self.layout.delta));
            let exists = match self.layout.place(handle) {
                Some(Place::Static) => true,
                Some(Place::Chunk { number, .. }) => self.areas.lock().get(number).is_some(),
                None => false,
            };
            if exists {
                return Some((unit, handle));
            }
        }
        None
    }

    /// Bytes of the live area whose handle this is: what was asked for, rounded up to
    /// granules, or to a class that magazines keep. `None` if it is no area's.
    pub fn size_of(&self, handle: Handle) -> Option<usize> {
        let Place::Chunk { number, offset } = self.layout.place(handle)? else {
            return None;
        };
        let area = Area::at(number, offset);
        let granules = self.areas.lock().live_at(area)?;
        let somebodys = self.magazines.is_live(area, granules);
        (somebodys && offset.is_multiple_of(GRANULE)).then_some(granules as usize * GRANULE)
    }

    /// The live area that a granule is in, at its start or inside, and its granules.
    pub(crate) fn live_around(&self, chunks: &Chunks, at: Area) -> Option<(Area, u32)> {
        let (granule, granules) = chunks.get(at.chunk)?.extents.live_around(at.granule)?;
        let area = Area { granule, ..at };
        let somebodys = self.magazines.is_live(area, granules);
        somebodys.then_some((area, granules))
    }
}
