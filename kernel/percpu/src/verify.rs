//! Whether the book-keeping is what a recount from the tags makes it.

use crate::chunk::{Chunk, PAGE_GRANULES};
use crate::chunks::{Chunks, RESERVED, class_now};
use crate::error::{Entry, Mismatch};
use crate::extents::{At, CLASSES, class_of};
use crate::{Allocator, Backing};
use lock_api::RawMutex;

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

impl<R: RawMutex, B: Backing> Allocator<R, B> {
    /// Recomputes everything that is kept.
    ///
    /// # Errors
    /// The first entry that differs.
    pub fn verify(&self) -> Verdict {
        let chunks = self.areas.lock();
        let (mut empty, mut spare) = (0, 0);
        for (number, chunk) in chunks.all() {
            verify_chunk(number, chunk)?;
            if number != RESERVED {
                empty += chunk.empty;
                spare += if chunk.immutable { 0 } else { chunk.empty };
            }
        }
        equal(None, Entry::EmptyPages, chunks.empty, empty)?;
        equal(None, Entry::EmptyPages, chunks.spare, spare)?;
        verify_lists(&chunks)
    }
}

fn verify_chunk(number: usize, chunk: &Chunk) -> Verdict {
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
    let (mut live, mut used, mut free) = (0, 0, 0);
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
            At::Nothing => continue,
        };
        let pages = start / PAGE_GRANULES..=(start + granules - 1) / PAGE_GRANULES;
        for page in pages {
            let populated = chunk.pages[page as usize].populated;
            same(Entry::PageState, usize::from(populated), 1)?;
        }
    }
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
    verify_bins(number, chunk, free)
}

fn verify_bins(number: usize, chunk: &Chunk, free: usize) -> Verdict {
    let same = |entry, kept, recomputed| equal(Some(number), entry, kept, recomputed);
    let mut binned = 0;
    for class in 0..CLASSES {
        let count = chunk.extents.bin(class).count();
        binned += count;
        let mapped = usize::from(chunk.extents.map.has(class));
        same(Entry::BinMap, mapped, usize::from(count > 0))?;
        for (_, granules) in chunk.extents.bin(class) {
            same(Entry::BinClass, class, class_of(granules))?;
        }
    }
    same(Entry::Binned, binned, free)
}

fn verify_lists(chunks: &Chunks) -> Verdict {
    let mut listed = 0;
    for class in 0..CLASSES {
        let mut at = chunks.head(class);
        let mapped = usize::from(chunks.is_mapped(class));
        equal(None, Entry::BinMap, mapped, usize::from(at.is_some()))?;
        let mut previous = None;
        while let Some(number) = at {
            let Some(chunk) = chunks.get(number) else {
                return equal(Some(number), Entry::Slot, class, CLASSES);
            };
            equal(Some(number), Entry::Slot, chunk.class, class)?;
            equal(Some(number), Entry::Slot, class, class_now(chunk))?;
            let back = |link: Option<usize>| link.map_or(0, |number| number + 1);
            equal(
                Some(number),
                Entry::Slot,
                back(chunk.previous),
                back(previous),
            )?;
            listed += 1;
            (previous, at) = (at, chunk.next);
        }
    }
    let all = chunks.all().filter(|&(number, _)| number != RESERVED);
    equal(None, Entry::ListLength, listed, all.count())
}
