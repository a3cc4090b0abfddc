//! Memory for the translation tables that boot makes: counted, in one place, so that the
//! identity map has it read-only in one piece.
//!
//! ```text
//!  ┌────────────────────────────────┬──────────────────────────────────────────┐
//!  │ region and segment tables, 16K │ pages of two page tables, 4K             │
//!  └────────────────────────────────┴──────────────────────────────────────────┘
//! ```

use super::map::Map;
use crate::fail::{self, Site};
use arch::PAGE_SIZE;
use arch::dat::{Level, SEGMENT_SIZE, TABLE_SIZE, TableMemory};

/// The memory, and what of it isn't used yet.
#[derive(Debug)]
pub struct BootTables {
    start: usize,
    end: usize,
    /// Next table of a region or a segment, and first address behind them.
    upper: (usize, usize),
    /// Next page of page tables.
    pages: usize,
}

impl BootTables {
    /// As much as memory that is mapped to itself, and lowcore's alias, take; `None` if
    /// `place_for` has no place of so many bytes.
    pub fn new(map: &Map, place_for: impl Fn(usize) -> Option<usize>) -> Option<Self> {
        let count = |bytes: usize| map.memory_end.div_ceil(bytes);
        // The hole is of whole segments, or memory's end.
        let hole = map
            .hole
            .map_or(0, |(start, end)| (end - start).div_ceil(SEGMENT_SIZE));
        // The alias has a table of each level but the top one to itself.
        let page_tables = count(SEGMENT_SIZE) - hole + 1;
        let upper = 1 + count(Level::RegionThird.reach()) + 1 + count(Level::Segment.reach()) + 1;
        let bytes = upper * TABLE_SIZE + page_tables.div_ceil(2) * PAGE_SIZE;
        let start = place_for(bytes)?;
        let pages = start + upper * TABLE_SIZE;
        Some(Self {
            start,
            end: start + bytes,
            upper: (start, pages),
            pages,
        })
    }

    /// All of it.
    pub fn range(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// Whether nothing is left.
    pub fn is_used_up(&self) -> bool {
        self.upper.0 == self.upper.1 && self.pages == self.end
    }
}

impl TableMemory for BootTables {
    fn table(&mut self, bytes: usize) -> Option<usize> {
        if fail::now(Site::Tables) {
            return None;
        }
        let (next, end) = match bytes {
            TABLE_SIZE => (&mut self.upper.0, self.upper.1),
            _ => (&mut self.pages, self.end),
        };
        let table = *next;
        *next += bytes;
        (*next <= end).then_some(table)
    }
}
