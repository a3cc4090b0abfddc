//! Ranges of virtual addresses and their owners (M1).
//!
//! ```text
//!              map: frame moves in            unmap: frame is given back
//!  PageFrame ─────────────────────► a page of the Region ─────────────────► nobody's
//! ```
//!
//! Who has the [`Region`] decides what is mapped in it, and nobody else does. So none of
//! this can take memory away from under anybody but the owner of the region, who alone
//! makes references into it.

use super::error::OutOfMemory;
use super::frames::PageFrame;
use super::real::{self, RealMemory};
use super::sanity;
use arch::PAGE_SIZE;
use arch::dat::{Mapping, Protection};
use core::ops::Range;

/// Bytes whose page entries are in one table.
const SEGMENT: usize = 1 << 20;

/// Pages that are unmapped under one hold of the lock, with interrupts off.
const BATCH: usize = 64;

/// Unmaps pages of a region, whose owner has them unmapped.
fn unmap_batch(batch: &[Range<usize>]) {
    if batch.is_empty() {
        return;
    }
    real::with(|RealMemory { frames, space, .. }| {
        // Frames of pages behind one another mostly are so, too: runs of them, and whether they
        // held code.
        let mut runs: heapless::Vec<(Range<usize>, bool), BATCH> = heapless::Vec::new();
        let unmapped = |mapping: Mapping| {
            let frame = mapping.frame / PAGE_SIZE;
            match runs.last_mut() {
                Some((run, code)) if run.end == frame && *code == mapping.executable => {
                    run.end += 1;
                }
                _ => {
                    // A batch has no more pages than there is room for.
                    let _ = runs.push((frame..frame + 1, mapping.executable));
                }
            }
        };
        // SAFETY: M1: the pages are the region's, whose owner has them unmapped.
        unsafe { space.unmap_all(batch.iter().cloned(), unmapped) };
        for (run, code) in runs {
            if code {
                for frame in run.start..run.end {
                    // SAFETY: M1, M3: no CPU reaches the frame through its page any more, and
                    // the identity map has it.
                    unsafe { arch::string::forget_code(frame * PAGE_SIZE) };
                }
            }
            // SAFETY: M1, M3: as above.
            unsafe { sanity::giving(run.start..run.end) };
            if let Err(error) = frames.give_each(run) {
                panic!("frame {:#x} was given back before", error.frame * PAGE_SIZE);
            }
        }
    });
}

/// A range of virtual addresses that is its owner's alone, whole pages.
#[derive(Debug)]
pub struct Region {
    start: usize,
    end: usize,
}

impl Region {
    /// The region `start..end`.
    ///
    /// # Safety
    /// M1: nothing else maps there, now or later.
    pub(super) unsafe fn new((start, end): (usize, usize)) -> Self {
        Self { start, end }
    }

    /// Its first address.
    pub fn start(&self) -> usize {
        self.start
    }

    /// First address beyond it.
    pub fn end(&self) -> usize {
        self.end
    }

    /// # Panics
    /// If these aren't whole pages of the region: its owner has lost count.
    fn check(&self, pages: &Range<usize>) {
        let inside = self.start <= pages.start && pages.start <= pages.end && pages.end <= self.end;
        let whole = pages.start.is_multiple_of(PAGE_SIZE) && pages.end.is_multiple_of(PAGE_SIZE);
        assert!(
            inside && whole,
            "{pages:#x?} are not pages of the region {self:#x?}"
        );
    }

    /// Makes sure that mapping any of these pages can't fail. What it has made for that
    /// stays, also when memory runs out half-way. The lock is held for a segment at a
    /// time.
    pub fn prepare(&self, pages: Range<usize>) -> Result<(), OutOfMemory> {
        self.check(&pages);
        let first = pages.start / SEGMENT * SEGMENT;
        for segment in (first..pages.end).step_by(SEGMENT) {
            real::with(|memory| {
                let (space, mut tables) = memory.split();
                // SAFETY: M1: `Tables` gives frames of the allocator, which has them in
                // the identity map.
                unsafe { space.prepare(&mut tables, segment) }
            })
            .map_err(OutOfMemory::of)?;
        }
        Ok(())
    }

    /// Maps the page at `page`, which isn't mapped, to a frame. On an error the frame is
    /// given back.
    ///
    /// # Panics
    /// If the page is mapped, or none of the region's.
    pub fn map(
        &self,
        page: usize,
        frame: PageFrame,
        protection: Protection,
    ) -> Result<(), OutOfMemory> {
        self.check(&(page..page + PAGE_SIZE));
        real::with(|memory| {
            let (space, mut tables) = memory.split();
            // SAFETY: M1: the page is the region's, and the frame is moved into it; for
            // `Tables`, as in `prepare`. M2: only the frame's owner had the identity map's
            // view of it, which is writable; it has given up the frame.
            unsafe { space.map(&mut tables, page, frame.address(), protection) }
        })
        .map_err(OutOfMemory::of)?;
        frame.into_mapping();
        Ok(())
    }

    /// Unmaps those of the pages that are mapped, on every CPU (M3), and gives their frames
    /// back. The lock is held for [`BATCH`] pages at a time.
    ///
    /// # Panics
    /// If these aren't pages of the region.
    pub fn unmap(&self, ranges: impl Iterator<Item = Range<usize>>) {
        let mut batch: heapless::Vec<Range<usize>, BATCH> = heapless::Vec::new();
        let mut room = BATCH;
        for mut range in ranges {
            self.check(&range);
            while !range.is_empty() {
                let end = range.end.min(range.start + room * PAGE_SIZE);
                room -= (end - range.start) / PAGE_SIZE;
                // A range of a page at least: there are no more of them than pages.
                let _ = batch.push(range.start..end);
                range.start = end;
                if room == 0 {
                    unmap_batch(&batch);
                    batch.clear();
                    room = BATCH;
                }
            }
        }
        unmap_batch(&batch);
    }

    /// Changes what those of the pages allow that are mapped, on every CPU, one after
    /// another. A page that is used while it changes may fault.
    ///
    /// # Panics
    /// If these aren't pages of the region.
    pub fn protect(&self, pages: Range<usize>, protection: Protection) {
        self.check(&pages);
        for page in pages.step_by(PAGE_SIZE) {
            // SAFETY: M1: the page is the region's, whose owner has it changed. M2: it
            // isn't mapped between two protections, neither of which is writable and
            // executable; the identity map's view of the frame is nobody's.
            real::with(|memory| unsafe { memory.space.protect(page, protection) });
        }
    }
}

/// What the page of `address` is mapped to.
pub fn translation(address: usize) -> Option<Mapping> {
    real::with(|memory| memory.space.translate(address))
}
