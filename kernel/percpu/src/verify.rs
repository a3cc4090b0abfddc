//! Whether the book-keeping is what a recount from the tags makes it.

use crate::allocator::Allocator;
use crate::backing::Backing;
use crate::chunk::{Chunk, PAGE_GRANULES};
use crate::chunks::{Chunks, RESERVED};
use crate::error::{Entry, Mismatch};
use crate::extents::At;
use crate::tlsf::{LISTS, mapping_insert};

type Verdict = Result<(), Mismatch>;

fn equal(chunk: Option<usize>, entry: Entry, kept: usize, recomputed: usize) -> Verdict {
    let mismatch = Mismatch {
        chunk,
        entry,
        kept,
        recomputed,
    };
    if kept == recomputed {
        Ok(())
    } else {
        Err(mismatch)
    }
}

impl<B: Backing> Allocator<B> {
    /// Recomputes everything that is kept.
    ///
    /// # Errors
    /// The first entry that differs.
    pub fn verify(&self) -> Verdict {
        let chunks = self.areas.lock();
        let (mut empty, mut spare) = (0, 0);
        for (number, chunk) in chunks.all() {
            verify_chunk(&chunks, number, chunk)?;
            if number != RESERVED {
                empty += chunk.empty;
                spare += if chunk.immutable { 0 } else { chunk.empty };
            }
        }
        equal(None, Entry::EmptyPages, chunks.empty, empty)?;
        equal(None, Entry::EmptyPages, chunks.spare, spare)?;
        verify_index(&chunks)
    }
}

fn verify_chunk(chunks: &Chunks, number: usize, chunk: &Chunk) -> Verdict {
    let same = |entry, kept, recomputed| equal(Some(number), entry, kept, recomputed);
    if let Some(granule) = chunk.extents.wrong_tag() {
        let kept = granule as usize;
        let chunk = Some(number);
        return Err(Mismatch {
            chunk,
            entry: Entry::Tag,
            kept,
            recomputed: 0,
        });
    }
    let (mut live, mut used, mut free, mut deferred) = (0, 0, 0, 0);
    let mut free_end = None;
    let mut on_page = heap::vec![0usize; chunk.pages.len()];
    for extent in chunk.extents.iter() {
        let (start, granules) = match extent {
            At::Live { start, granules } => {
                live += 1;
                used += granules as usize;
                for granule in start..start + granules {
                    on_page[(granule / PAGE_GRANULES) as usize] += 1;
                }
                (start, granules)
            }
            At::Free { start, granules } => {
                free += 1;
                let merged = usize::from(free_end == Some(start));
                same(Entry::Unmerged, merged, 0)?;
                free_end = Some(start + granules);
                (start, granules)
            }
            At::Deferred { start, granules } => {
                let mut quick = chunks.quick.iter();
                let kept = quick.any(|area| (area.chunk, area.granule) == (number, start));
                same(Entry::Deferred, usize::from(kept), 1)?;
                deferred += 1;
                (start, granules)
            }
            At::Nothing => continue,
        };
        let pages = start / PAGE_GRANULES..=(start + granules - 1) / PAGE_GRANULES;
        for page in pages {
            let populated = chunk.pages[page as usize].populated;
            same(Entry::PageState, usize::from(populated), 1)?;
        }
    }
    let quick = chunks.quick.iter().filter(|area| area.chunk == number);
    same(Entry::Deferred, quick.count(), deferred)?;
    same(Entry::Live, chunk.live, live)?;
    same(Entry::Used, chunk.used as usize, used)?;
    if !chunk.immutable {
        for (page, recomputed) in chunk.pages.iter().zip(on_page) {
            same(Entry::PageUsed, page.used.into(), recomputed)?;
        }
    }
    let populated = chunk.pages.iter().filter(|page| page.populated);
    same(
        Entry::PopulatedPages,
        chunk.populated,
        populated.clone().count(),
    )?;
    let empty = populated.filter(|page| page.used == 0).count();
    same(Entry::EmptyPages, chunk.empty, empty)?;
    same(Entry::Run, chunk.run, chunk.longest_run())?;
    verify_lists(number, chunk, free)
}

fn verify_lists(number: usize, chunk: &Chunk, free: usize) -> Verdict {
    let same = |entry, kept, recomputed| equal(Some(number), entry, kept, recomputed);
    let mut listed = 0;
    for class in 0..LISTS {
        let count = chunk.extents.list(class).count();
        listed += count;
        let mapped = usize::from(chunk.extents.map.has(class));
        same(Entry::ListMap, mapped, usize::from(count > 0))?;
        for (_, granules) in chunk.extents.list(class) {
            same(Entry::ListClass, class, mapping_insert(granules))?;
        }
    }
    same(Entry::Listed, listed, free)
}

fn verify_index(chunks: &Chunks) -> Verdict {
    let mut entries = 0;
    for (number, chunk) in chunks.all().filter(|&(number, _)| number != RESERVED) {
        let (kept, lists) = (chunks.index.classes(number), chunk.extents.map);
        for class in 0..LISTS {
            let (kept, listed) = (kept.has(class), lists.has(class));
            equal(Some(number), Entry::Index, kept.into(), listed.into())?;
            entries += usize::from(listed);
        }
    }
    equal(None, Entry::IndexSize, chunks.index.len(), entries)
}
