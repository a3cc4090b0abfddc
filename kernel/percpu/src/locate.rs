//! What a handle, or an address in some CPU's copy, belongs to.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunks::{FIRST, REGION, RESERVED};
use crate::extents::At;
use crate::first_chunk::Layout;
use crate::handle::Handle;
use crate::limits::GRANULE;

/// A part of per-CPU memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The kernel's statics.
    Static,
    /// The first chunk's reserved part: modules' statics.
    Reserved,
    /// Anything else that is handed out.
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
    /// The live area that it is in: handle and bytes.
    pub area: Option<(Handle, usize)>,
}

/// Where a handle points, by arithmetic alone.
pub(crate) enum Place {
    /// In the template.
    Static,
    /// In a chunk that may or may not exist.
    Chunk {
        /// Its number, by which `Chunks` knows it.
        number: usize,
        /// Bytes from the unit's start.
        offset: usize,
    },
}

impl Layout {
    /// Address of a chunk's unit 0.
    pub fn unit0(&self, number: usize) -> usize {
        match number.checked_sub(REGION) {
            None => self.first.unit0,
            Some(index) => self.area(index).wrapping_add(self.lead),
        }
    }

    /// Start of the address space of a chunk of the region, if it has room for one
    /// of this number.
    pub fn area_of(&self, number: usize) -> Option<usize> {
        let index = number.checked_sub(REGION)?;
        (index < self.chunks).then(|| self.area(index))
    }

    /// Where a handle points.
    pub(crate) fn place(&self, handle: Handle) -> Option<Place> {
        let sizes = &self.first.sizes;
        let address = handle.0.wrapping_add(self.delta);
        let offset = address.wrapping_sub(self.first.unit0);
        if offset < sizes.unit_size {
            if offset < sizes.static_size {
                return Some(Place::Static);
            }
            let reserved = offset < sizes.static_size + sizes.reserved_size;
            let number = if reserved { RESERVED } else { FIRST };
            return Some(Place::Chunk { number, offset });
        }
        let offset = address.wrapping_sub(self.first.region);
        let index = offset >> self.stride_shift;
        let offset = (offset & (self.stride() - 1)).wrapping_sub(self.lead);
        let number = REGION + index;
        let inside = index < self.chunks && offset < sizes.unit_size;
        inside.then_some(Place::Chunk { number, offset })
    }
}

impl<B: Backing> Allocator<B> {
    /// What the handle belongs to; `None` if it is in no chunk.
    pub fn locate(&self, handle: Handle) -> Option<Location> {
        let (number, offset) = match self.layout.place(handle)? {
            Place::Chunk { number, offset } => (number, offset),
            Place::Static => {
                let offset = handle.0.wrapping_sub(self.layout.first.template);
                return Some(Location {
                    part: Part::Static,
                    chunk: 0,
                    offset,
                    area: None,
                });
            }
        };
        let chunks = self.areas.lock();
        let area = match chunks.get(number)?.extents.at((offset / GRANULE) as u32) {
            At::Live { start, granules } => {
                Some((self.handle_of(number, start), granules as usize * GRANULE))
            }
            _ => None,
        };
        let part = if number == RESERVED {
            Part::Reserved
        } else {
            Part::Dynamic
        };
        let chunk = number.saturating_sub(FIRST);
        Some(Location {
            part,
            chunk,
            offset,
            area,
        })
    }

    /// Whose copy an address is in: the unit, and the handle.
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

    /// Bytes of the live area that starts at the handle, in whole granules.
    pub fn size_of(&self, handle: Handle) -> Option<usize> {
        let (start, size) = self.locate(handle)?.area?;
        (start == handle).then_some(size)
    }
}
