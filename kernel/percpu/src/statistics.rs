//! What there is: for people, and for comparing before with after.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunks::{FIRST, RESERVED};
use crate::counts::Counts;
use crate::extents::At;
use crate::limits::{GRANULE, PAGE_SIZE};
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
    /// Empty populated pages that allocations may use.
    pub empty: usize,
    /// What happened since boot.
    pub counts: Counts,
}

impl<B: Backing> Allocator<B> {
    /// Areas, bytes and pages now.
    pub fn usage(&self) -> Usage {
        let chunks = self.areas.lock();
        let mut usage = Usage {
            chunks: 0,
            live: 0,
            bytes: 0,
            populated: 0,
        };
        for (number, chunk) in chunks.all() {
            usage.live += chunk.live;
            usage.bytes += chunk.used as usize * GRANULE;
            // The first chunk is listed twice.
            if number != RESERVED {
                usage.chunks += 1;
                usage.populated += chunk.populated;
            }
        }
        usage
    }

    /// Statistics: each chunk's to `each`, the sum as the result. `each` is called
    /// without the lock, so a chunk may come or go meanwhile.
    pub fn statistics(&self, each: &mut dyn FnMut(&ChunkStatistics)) -> Statistics {
        let mut number = 0;
        while let Some(found) = self.chunk_statistics(number) {
            if let Some(found) = &found {
                each(found);
            }
            number += 1;
        }
        let usage = self.usage();
        let chunks = self.areas.lock();
        Statistics {
            units: self.units(),
            usage,
            empty: chunks.empty,
            counts: chunks.counts,
        }
    }

    /// `None` beyond the last chunk, `Some(None)` for a gap.
    fn chunk_statistics(&self, number: usize) -> Option<Option<ChunkStatistics>> {
        let chunks = self.areas.lock();
        let (last, _) = chunks.all().next_back()?;
        if number > last {
            return None;
        }
        let Some(chunk) = chunks.get(number) else {
            return Some(None);
        };
        let mut found = ChunkStatistics {
            chunk: number.saturating_sub(FIRST),
            reserved: number == RESERVED,
            live: chunk.live,
            live_bytes: chunk.used as usize * GRANULE,
            largest_live: 0,
            free_bytes: 0,
            fragments: 0,
            largest_free: 0,
            populated: chunk.populated,
            empty: chunk.empty,
            pages: chunk.pages.len(),
        };
        for extent in chunk.extents.iter() {
            match extent {
                At::Live { granules, .. } => {
                    let bytes = granules as usize * GRANULE;
                    found.largest_live = found.largest_live.max(bytes);
                }
                At::Free { granules, .. } | At::Deferred { granules, .. } => {
                    let bytes = granules as usize * GRANULE;
                    found.free_bytes += bytes;
                    found.fragments += 1;
                    found.largest_free = found.largest_free.max(bytes);
                }
                At::Nothing => {}
            }
        }
        Some(Some(found))
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
        let counts = &self.counts;
        write!(
            f,
            "  since boot: {} areas allocated, {} freed, {} refused; {} chunks created, {} released",
            counts.allocated, counts.freed, counts.failed, counts.created, counts.released
        )
    }
}
