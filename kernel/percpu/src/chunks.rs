//! All chunks, and the index of their free extents.
//!
//! Whatever changes a chunk goes through `change`, which keeps the index and the
//! counts of empty pages right.
//!
//! Chunk numbers: [`RESERVED`], [`FIRST`], then the region's chunks in the order
//! of their addresses.

use crate::chunk::Chunk;
use crate::counts::Counts;
use crate::first_chunk::Layout;
use crate::quick_list::QuickLists;
use crate::request::{Area, Request};
use crate::tlsf::{Bitmap, ChunkIndex, MAX_CHUNKS};
use heap::vec::Vec;

/// The first chunk's reserved part; not in the index.
pub const RESERVED: usize = 0;
/// The first chunk's dynamic part.
pub const FIRST: usize = 1;
/// Number of the region's first chunk.
pub const REGION: usize = 2;

/// The book-keeping behind the lock.
#[derive(Debug)]
pub struct Chunks {
    list: Vec<Option<Chunk>>,
    /// Which have free extents of which class.
    pub index: ChunkIndex,
    /// Areas freed a moment ago, in no list.
    pub quick: QuickLists,
    /// Empty populated pages that allocations may use.
    pub empty: usize,
    /// Of those, the ones that could be taken away.
    pub spare: usize,
    /// An atomic allocation found nothing since the last balance.
    pub starved: bool,
    /// Counts of what happened.
    pub counts: Counts,
}

impl Chunks {
    /// The first chunk's two parts; `None` without memory.
    pub fn new(layout: &Layout) -> Option<Self> {
        let sizes = &layout.first.sizes;
        let dynamic = sizes.static_size + sizes.reserved_size;
        let reserved = Chunk::of_first(sizes.unit_size, sizes.static_size, dynamic)?;
        let first = Chunk::of_first(sizes.unit_size, dynamic, sizes.unit_size)?;
        let empty = first.empty;
        let mut list = Vec::new();
        list.try_reserve_exact(REGION).ok()?;
        list.extend([Some(reserved), None]);
        let mut chunks = Self {
            list,
            index: ChunkIndex::new(),
            quick: QuickLists::new(),
            empty,
            spare: 0,
            starved: false,
            counts: Counts::default(),
        };
        if !chunks.index.reserve(REGION) {
            return None;
        }
        chunks.insert(FIRST, first);
        Some(chunks)
    }

    /// Chunks by number; a gap is a chunk that was released.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = (usize, &Chunk)> {
        let numbered = self.list.iter().enumerate();
        numbered.filter_map(|(number, chunk)| Some((number, chunk.as_ref()?)))
    }

    /// The chunk of this number.
    pub fn get(&self, number: usize) -> Option<&Chunk> {
        self.list.get(number)?.as_ref()
    }

    /// The lowest number that no chunk has, with room for it in the list.
    pub fn vacant(&mut self) -> Option<usize> {
        let gap = self.list.iter().skip(REGION).position(Option::is_none);
        if let Some(gap) = gap {
            return Some(REGION + gap);
        }
        let number = self.list.len();
        if number >= MAX_CHUNKS || !self.index.reserve(number + 1) {
            return None;
        }
        self.list.try_reserve(1).ok()?;
        self.list.push(None);
        Some(number)
    }

    /// Adds a chunk under a vacant number.
    pub fn insert(&mut self, number: usize, chunk: Chunk) {
        let classes = chunk.extents.map;
        self.list[number] = Some(chunk);
        self.index.update(number, Bitmap::default(), classes);
    }

    /// Takes a chunk out.
    pub fn remove(&mut self, number: usize) -> Option<Chunk> {
        let chunk = self.list.get_mut(number)?.take()?;
        let classes = chunk.extents.map;
        self.index.update(number, classes, Bitmap::default());
        Some(chunk)
    }

    /// Once no chunk of the region is left, gives back what their entries allocate_in.
    /// Without memory for the shorter list the longer one stays.
    pub fn shorten(&mut self) {
        let gone = self.list.iter().skip(REGION).all(Option::is_none);
        let mut short = Vec::new();
        if gone && self.list.len() > REGION && short.try_reserve_exact(REGION).is_ok() {
            short.extend(self.list.drain(..REGION));
            self.list = short;
            self.index.shorten(REGION);
        }
    }

    /// Changes a chunk, and keeps the index and the counts of pages right.
    #[inline]
    pub fn change<T>(&mut self, number: usize, work: impl FnOnce(&mut Chunk) -> T) -> Option<T> {
        let chunk = self.list.get_mut(number)?.as_mut()?;
        let (empty, classes) = (chunk.empty, chunk.extents.map);
        let result = work(chunk);
        if number != RESERVED {
            if chunk.empty != empty {
                self.empty = self.empty - empty + chunk.empty;
                if !chunk.immutable {
                    self.spare = self.spare - empty + chunk.empty;
                }
            }
            self.index.update(number, classes, chunk.extents.map);
        }
        Some(result)
    }

    /// An area from what is populated: a deferred one of this size, else from the
    /// smallest class that has one, in the lowest chunk.
    pub fn take(&mut self, request: Request) -> Option<Area> {
        self.take_deferred(request)
            .or_else(|| self.take_listed(request))
            .or_else(|| self.coalesce().then(|| self.take_listed(request))?)
    }

    #[inline]
    fn take_deferred(&mut self, request: Request) -> Option<Area> {
        let Area { chunk, granule } = self.quick.take(request)?;
        self.allocate_in(chunk, |chunk| {
            chunk.reuse(granule, request);
            Some(granule)
        })
    }

    fn take_listed(&mut self, request: Request) -> Option<Area> {
        self.index.map().search(request, |class| {
            let chunk = self.index.lowest(class)?;
            self.allocate_in(chunk, |chunk| chunk.take_from(class, request))
        })
    }

    /// Lets an area be taken out of a chunk, by whatever way.
    pub fn allocate_in(
        &mut self,
        chunk: usize,
        take: impl FnOnce(&mut Chunk) -> Option<u32>,
    ) -> Option<Area> {
        let granule = self.change(chunk, take).flatten()?;
        self.counts.allocated += 1;
        Some(Area { chunk, granule })
    }

    /// Frees a live area of `granules`: a small one is deferred, and the one of its
    /// size deferred before it is coalesced.
    #[inline]
    pub fn give(&mut self, area: Area, granules: u32) {
        let Area { chunk, granule } = area;
        match self.quick.entry(granules) {
            Some(entry) if chunk != RESERVED => {
                if let Some(before) = entry.replace(area) {
                    self.change(before.chunk, |chunk| chunk.extents.merge(before.granule));
                }
                self.change(chunk, |chunk| chunk.defer(granule, granules));
            }
            _ => {
                self.change(chunk, |chunk| chunk.give(granule, granules));
            }
        }
    }

    /// Coalesces all deferred areas; false if there were none.
    pub fn coalesce(&mut self) -> bool {
        let mut any = false;
        while let Some(Area { chunk, granule }) = self.quick.pop() {
            self.change(chunk, |chunk| chunk.extents.merge(granule));
            any = true;
        }
        any
    }
}
