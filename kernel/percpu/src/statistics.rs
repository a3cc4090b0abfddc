//! What there is: for people, and for comparing before with after.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunk::Chunk;
use crate::chunks::Chunks;
use crate::counts::Counts;
use crate::extents::Kind;
use crate::layout::{FIRST, RESERVED};
use crate::limits::{GRANULE, PAGE_GRANULES, PAGE_SIZE};
use crate::magazine::Totals;
use crate::request::Area;
use core::fmt;

/// What must be equal before and after a balanced piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Chunks, the first included.
    pub chunks: usize,
    /// Live areas.
    pub live: usize,
    /// Bytes in them, in one unit.
    pub bytes: usize,
    /// Populated pages of one unit.
    pub populated: usize,
}

/// A chunk, or a part of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkStatistics {
    /// 0 for the first, then the region's.
    pub chunk: usize,
    /// It is the first chunk's reserved part.
    pub reserved: bool,
    /// Live areas.
    pub live: usize,
    /// Bytes in them.
    pub live_bytes: usize,
    /// Bytes of the largest.
    pub largest_live: usize,
    /// Free bytes on populated pages.
    pub free_bytes: usize,
    /// Pieces that they are in.
    pub fragments: usize,
    /// Bytes of the largest piece.
    pub largest_free: usize,
    /// Pages that are populated.
    pub populated: usize,
    /// Of those, pages with nothing on them.
    pub empty: usize,
    /// Pages.
    pub pages: usize,
}

/// All chunks together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Possible CPUs.
    pub units: usize,
    /// Chunks, bytes, pages.
    pub usage: Usage,
    /// Free areas in magazines.
    pub cached: usize,
    /// Bytes in them, in one unit.
    pub cached_bytes: usize,
    /// Bytes of marks, which stay when a chunk is released.
    pub marks_bytes: usize,
    /// Empty populated pages that allocations may use.
    pub empty: usize,
    /// What happened since boot.
    pub counts: Counts,
}

impl<B: Backing> Allocator<B> {
    /// Areas, bytes and pages now. Holds the *areas* lock for as many steps as there are
    /// chunks. Waits for who works on a magazine: not for interrupt handlers.
    pub fn usage(&self) -> Usage {
        let cached = self.magazines.totals();
        usage_of(&self.areas.lock(), &cached)
    }

    /// Bytes of the kernel's memory that marks are in: they stay when a chunk is released.
    pub fn marks_bytes(&self) -> usize {
        self.magazines.marks.bytes()
    }

    /// Statistics: each chunk's to `each`, all together as the result. `each` is called
    /// without a lock, so areas and chunks may come and go meanwhile; the *areas* lock is
    /// held for a step a granule of one page at the most. In the contexts of
    /// [`Allocator::usage`].
    pub fn statistics(&self, each: &mut dyn FnMut(&ChunkStatistics)) -> Statistics {
        let mut from = 0;
        while let Some((number, found)) = self.chunk_statistics(from) {
            each(&found);
            from = number + 1;
        }
        let cached = self.magazines.totals();
        let marks_bytes = self.marks_bytes();
        let chunks = self.areas.lock();
        Statistics {
            units: self.units(),
            usage: usage_of(&chunks, &cached),
            cached: cached.areas,
            cached_bytes: cached.granules * GRANULE,
            marks_bytes,
            empty: chunks.empty,
            counts: Counts {
                freed: chunks.counts.freed + cached.freed,
                ..chunks.counts
            },
        }
    }

    /// Those of the first chunk from a number up, with its number.
    fn chunk_statistics(&self, from: usize) -> Option<(usize, ChunkStatistics)> {
        let (number, mut found) = {
            let chunks = self.areas.lock();
            let (number, chunk) = chunks.at_least(from)?;
            (number, ChunkStatistics::of_pages(number, chunk))
        };
        for page in 0..found.pages as u32 {
            let granules = page * PAGE_GRANULES..(page + 1) * PAGE_GRANULES;
            let chunks = self.areas.lock();
            let chunk = chunks.get(number)?;
            for extent in chunk.extents.beginning_in(granules) {
                let area = Area {
                    chunk: number,
                    granule: extent.start,
                };
                let live =
                    extent.kind == Kind::Live && self.magazines.is_live(area, extent.granules);
                found.add(live, extent.granules as usize * GRANULE);
            }
        }
        Some((number, found))
    }
}

fn usage_of(chunks: &Chunks, cached: &Totals) -> Usage {
    let mut usage = Usage {
        chunks: 0,
        live: 0,
        bytes: 0,
        populated: 0,
    };
    for (number, chunk) in chunks.iter() {
        usage.live += chunk.live;
        usage.bytes += chunk.used as usize * GRANULE;
        // The first chunk is there twice.
        if number != RESERVED {
            usage.chunks += 1;
            usage.populated += chunk.populated;
        }
    }
    // To its chunk, an area in a magazine is live. Those of another moment may be more.
    usage.live = usage.live.saturating_sub(cached.areas);
    usage.bytes = usage.bytes.saturating_sub(cached.granules * GRANULE);
    usage
}

impl ChunkStatistics {
    /// Those of its pages, without its extents.
    fn of_pages(number: usize, chunk: &Chunk) -> Self {
        Self {
            chunk: number.saturating_sub(FIRST),
            reserved: number == RESERVED,
            live: 0,
            live_bytes: 0,
            largest_live: 0,
            free_bytes: 0,
            fragments: 0,
            largest_free: 0,
            populated: chunk.populated,
            empty: chunk.empty,
            pages: chunk.pages.len(),
        }
    }

    /// Adds a live area, or free bytes that lie together.
    fn add(&mut self, live: bool, bytes: usize) {
        if live {
            self.live += 1;
            self.live_bytes += bytes;
            self.largest_live = self.largest_live.max(bytes);
        } else {
            self.free_bytes += bytes;
            self.fragments += 1;
            self.largest_free = self.largest_free.max(bytes);
        }
    }
}

impl fmt::Display for ChunkStatistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match (self.reserved, self.chunk) {
            (true, _) => ", reserved part",
            (_, 0) => ", dynamic part",
            _ => "",
        };
        writeln!(f, "chunk {}{part}:", self.chunk)?;
        writeln!(
            f,
            "  live   {:>8} bytes in {} areas, the largest {}",
            self.live_bytes, self.live, self.largest_live
        )?;
        writeln!(
            f,
            "  free   {:>8} bytes in {} pieces, the largest {}",
            self.free_bytes, self.fragments, self.largest_free
        )?;
        write!(
            f,
            "  pages  {:>8} of {} populated, {} of them empty",
            self.populated, self.pages, self.empty
        )
    }
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Usage {
            chunks,
            live,
            bytes,
            populated,
        } = self.usage;
        writeln!(f, "total: {} units, {chunks} chunks", self.units)?;
        writeln!(f, "  live   {bytes:>8} bytes in {live} areas")?;
        writeln!(
            f,
            "  pages  {populated:>8} populated ({} KiB on each CPU), {} empty",
            populated * PAGE_SIZE / 1024,
            self.empty
        )?;
        writeln!(
            f,
            "  kept   {:>8} bytes in {} areas of magazines, and {} bytes of marks",
            self.cached_bytes, self.cached, self.marks_bytes
        )?;
        let counts = &self.counts;
        write!(
            f,
            "  since boot: {} areas allocated, {} freed, {} refused; {} chunks created, {} released",
            counts.freed + live as u64,
            counts.freed,
            counts.failed,
            counts.created,
            counts.released
        )
    }
}
