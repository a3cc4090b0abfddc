//! vmalloc: memory that is contiguous in virtual addresses only.
//!
//! An area takes single page frames and maps them one after another, writable
//! and not executable; `memory::protect` changes that later. A guard page that
//! nothing maps follows each area.

use super::{give_frames, map_page, prepare, take_frames, translation, unmap_page};
use crate::fail::{self, Site};
use crate::sync::{Lock, rank};
use ::memory::areas::{AreaError, Areas};
use arch::PAGE_SIZE;
use arch::dat::Protection;
use core::fmt;

static AREAS: Lock<Areas, { rank::VMALLOC }> = Lock::new(Areas::new(0, 0));

/// Why there is no area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// No addresses.
    Area(AreaError),
    /// No page frames: as many pages were wanted, and as many are free.
    Frames {
        /// Pages the area has.
        wanted: usize,
        /// Frames that were free.
        free: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Area(AreaError::BadRequest) => f.write_str("an area of no bytes"),
            Error::Area(AreaError::NoGap { bytes }) => {
                write!(
                    f,
                    "no {bytes} bytes of addresses are left in the vmalloc region"
                )
            }
            Error::Area(AreaError::NoMemory) => f.write_str("the kernel heap is exhausted"),
            Error::Frames { wanted, free } => {
                write!(f, "{wanted} page frames wanted, {free} free")
            }
        }
    }
}

/// An area; dropping it unmaps it and gives its frames back.
#[derive(Debug)]
pub struct Area {
    start: usize,
    bytes: usize,
}

/// Names the region.
pub fn init(start: usize, end: usize) {
    *AREAS.lock() = Areas::new(start, end);
}

/// First and last address of the region.
pub fn region() -> (usize, usize) {
    AREAS.lock().region()
}

/// Areas in the region, and bytes in them.
pub fn count() -> (usize, usize) {
    let areas = AREAS.lock();
    (areas.count(), areas.bytes())
}

impl Area {
    /// An area of `bytes`, rounded up to pages, zeroed.
    pub fn new(bytes: usize) -> Result<Self, Error> {
        let wanted = bytes.div_ceil(PAGE_SIZE);
        let free = super::frame_count().free;
        if wanted > free || fail::now(Site::Vmalloc) {
            return Err(Error::Frames { wanted, free });
        }
        let start = AREAS.lock().take(bytes, PAGE_SIZE).map_err(Error::Area)?;
        // From here on dropping `area` undoes what was done.
        let area = Self {
            start,
            bytes: wanted * PAGE_SIZE,
        };
        area.populate()
            .map_err(|_| Error::Frames { wanted, free })?;
        Ok(area)
    }

    fn populate(&self) -> Result<(), super::OutOfMemory> {
        prepare(self.start, self.bytes)?;
        for page in (self.start..self.start + self.bytes).step_by(PAGE_SIZE) {
            let frame = take_frames(0)?;
            map_page(page, frame, Protection::WRITE).inspect_err(|_| give_frames(frame, 0))?;
        }
        let start = core::ptr::with_exposed_provenance_mut::<u8>(self.start);
        // SAFETY: M1: the pages were just mapped to frames of this area's own.
        unsafe { start.write_bytes(0, self.bytes) };
        Ok(())
    }

    /// Lowest address.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Bytes, a multiple of the page size.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Gives back the frames of part of an area, whole pages; the addresses stay the
/// area's, and nothing is there any more.
///
/// # Safety
/// Nobody uses `[start, start + bytes)`, which lies in one area, from here on.
pub unsafe fn release(start: usize, bytes: usize) {
    for page in (start..start + bytes).step_by(PAGE_SIZE) {
        let protection = translation(page).map(|(_, protection)| protection);
        let Some(frame) = unmap_page(page) else {
            continue;
        };
        if protection.is_some_and(|is| is.contains(Protection::EXECUTE)) {
            // SAFETY: M1: the frame is still the area's, and the identity map has it.
            unsafe { arch::string::forget_code(frame, PAGE_SIZE) };
        }
        give_frames(frame, 0);
    }
}

impl Drop for Area {
    fn drop(&mut self) {
        // SAFETY: M1: the area's owner gives it up, and with it all of its uses.
        unsafe { release(self.start, self.bytes) };
        AREAS.lock().give(self.start);
    }
}
