//! Whether the book-keeping is what a recount from the tags makes it.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunk::Chunk;
use crate::chunks::Chunks;
use crate::error::{Entry, Mismatch};
use crate::extents::Kind;
use crate::layout::RESERVED;
use crate::limits::{MAX_UNIT_SIZE, PAGE_GRANULES, PAGE_SIZE};
use crate::tlsf::{LISTS, mapping_insert};

/// Most pages of a unit.
const MAX_PAGES: usize = MAX_UNIT_SIZE / PAGE_SIZE;

fn equal(
    chunk: Option<usize>,
    entry: Entry,
    kept: usize,
    recomputed: usize,
) -> Result<(), Mismatch> {
    if kept == recomputed {
        return Ok(());
    }
    Err(Mismatch {
        chunk,
        entry,
        kept,
        recomputed,
    })
}

impl<B: Backing> Allocator<B> {
    /// Recomputes everything that is kept. Areas and chunks may come and go meanwhile: the
    /// *areas* lock is held for a few steps a granule of one chunk, then for some a chunk.
    /// Takes no memory.
    ///
    /// # Errors
    /// The first entry that differs.
    pub fn verify(&self) -> Result<(), Mismatch> {
        let mut from = 0;
        while let Some(number) = self.verify_next(from)? {
            from = number + 1;
        }
        self.verify_magazines()?;
        let chunks = self.areas.lock();
        let allocated_from = chunks.iter().filter(|&(number, _)| number != RESERVED);
        let empty = allocated_from.map(|(_, chunk)| chunk.empty).sum();
        equal(None, Entry::EmptyPages, chunks.empty, empty)?;
        let used: u32 = chunks.iter().map(|(_, chunk)| chunk.used).sum();
        equal(
            None,
            Entry::Used,
            chunks.allowance.used as usize,
            used as usize,
        )?;
        let (members, recomputed) = chunks.verify_members();
        equal(None, Entry::Members, members, recomputed)?;
        let wrong = chunks.wrong_summary();
        equal(None, Entry::Summary, wrong.is_some().into(), 0)
    }

    /// Whether each area in a magazine is one that its chunk has allocated, of this size, and
    /// nobody's. Holds the *areas* lock for a few steps an area of one magazine.
    fn verify_magazines(&self) -> Result<(), Mismatch> {
        self.each_cached(&mut |chunks, area, granules| {
            let live = chunks.live_at(area).map_or(0, |live| live as usize);
            equal(Some(area.chunk), Entry::CachedSize, granules as usize, live)?;
            let somebodys = self.magazines.is_live(area, granules);
            equal(Some(area.chunk), Entry::Cached, somebodys.into(), 0)
        })
    }

    /// Recomputes what is kept of the first chunk from a number up; returns its number.
    fn verify_next(&self, from: usize) -> Result<Option<usize>, Mismatch> {
        let chunks = self.areas.lock();
        let Some((number, chunk)) = chunks.at_least(from) else {
            return Ok(None);
        };
        verify_chunk(&chunks, number, chunk)?;
        Ok(Some(number))
    }
}

fn verify_chunk(chunks: &Chunks, number: usize, chunk: &Chunk) -> Result<(), Mismatch> {
    let wrong = |entry, kept: u32| Mismatch {
        chunk: Some(number),
        entry,
        kept: kept as usize,
        recomputed: 0,
    };
    if let Some(granule) = chunk.extents.wrong_size() {
        return Err(wrong(Entry::Size, granule));
    }
    if let Some(page) = chunk.extents.wrong_holes() {
        return Err(wrong(Entry::Holes, page));
    }
    let free = verify_extents(number, chunk)?;
    verify_pages(number, chunk)?;
    verify_lists(number, chunk, free)?;
    let in_its_sets = chunks.verify_sets(number, chunk);
    equal(Some(number), Entry::Sets, in_its_sets.into(), 1)
}

/// Compares what is counted with the extents; returns how many of them are free.
fn verify_extents(number: usize, chunk: &Chunk) -> Result<usize, Mismatch> {
    let same = |entry, kept, recomputed| equal(Some(number), entry, kept, recomputed);
    let (mut live, mut used, mut free) = (0, 0, 0);
    let mut free_end = None;
    let mut on_page = [0u16; MAX_PAGES];
    for extent in chunk.extents.iter() {
        let end = extent.start + extent.granules;
        for page in extent.start / PAGE_GRANULES..=(end - 1) / PAGE_GRANULES {
            let populated = chunk.pages[page as usize].populated;
            same(Entry::PageState, populated.into(), 1)?;
            if extent.kind == Kind::Live {
                let from = extent.start.max(page * PAGE_GRANULES);
                let to = end.min((page + 1) * PAGE_GRANULES);
                on_page[page as usize] += (to - from) as u16;
            }
        }
        match extent.kind {
            Kind::Live => {
                live += 1;
                used += extent.granules;
            }
            Kind::Free => {
                free += 1;
                let touches = free_end == Some(extent.start);
                same(Entry::Uncoalesced, touches.into(), 0)?;
                free_end = Some(end);
            }
        }
    }
    same(Entry::Live, chunk.live, live)?;
    same(Entry::Used, chunk.used as usize, used as usize)?;
    // In the first chunk's parts, what belongs to others counts as in use too.
    if !chunk.immutable {
        for (page, recomputed) in chunk.pages.iter().zip(on_page) {
            same(Entry::PageUsed, page.used.into(), recomputed.into())?;
        }
    }
    Ok(free)
}

fn verify_pages(number: usize, chunk: &Chunk) -> Result<(), Mismatch> {
    let same = |entry, kept, recomputed| equal(Some(number), entry, kept, recomputed);
    let populated = chunk.pages.iter().filter(|page| page.populated).count();
    same(Entry::PopulatedPages, chunk.populated, populated)?;
    let empty = chunk.pages.iter().filter(|page| page.is_empty()).count();
    same(Entry::EmptyPages, chunk.empty, empty)?;
    same(Entry::Run, chunk.run, chunk.longest_run())
}

fn verify_lists(number: usize, chunk: &Chunk, free: usize) -> Result<(), Mismatch> {
    let same = |entry, kept, recomputed| equal(Some(number), entry, kept, recomputed);
    let mut listed = 0;
    for list in 0..LISTS {
        let count = chunk.extents.count(list);
        listed += count;
        let kept = chunk.extents.nonempty.has(list);
        same(Entry::ListMap, kept.into(), usize::from(count > 0))?;
        for extent in chunk.extents.list(list) {
            same(Entry::WrongList, list, mapping_insert(extent.granules))?;
        }
    }
    same(Entry::Listed, listed, free)
}
