//! vmalloc: memory that is contiguous in virtual addresses only.
//!
//! ```text
//!  Area::new ─► writable, zeroed ── protect ─► parts with protections of their own
//!                                └─ release ─► parts that aren't mapped any more
//!  drop      ─► nothing is mapped, the frames and the addresses are given back
//! ```
//!
//! An area takes single page frames and maps them one after another. A guard page that
//! nothing maps follows each. What happens to an area's pages goes through its owner's
//! [`Area`], or a [`Part`] of it.

use super::error::OutOfMemory;
use super::frames::PageFrame;
use super::low::is_low;
use super::real::frame_count;
use super::region::Region;
use super::reserve;
use super::sanity::{self, Fresh, Kind, Zones};
use crate::fail::{self, Site};
use crate::sync::{Lock, rank};
use ::memory::areas::{AreaError, Areas};
use arch::PAGE_SIZE;
use arch::dat::Protection;
use core::fmt;
use core::ops::Range;
use spin::Once;

static REGION: Once<Region> = Once::new();

/// Whose an area is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// Who has its [`Area`].
    Kernel,
    /// A module, which knows its address: [`Area::lend`].
    Module,
}

/// Held for a step for each leaf of areas, and for some for each area of some leaves.
static AREAS: Lock<Areas<Owner>, { rank::VMALLOC }> = Lock::new(Areas::new(0, 0));

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
            Error::Area(AreaError::BadRequest) => {
                f.write_str("an area of no bytes, or aligned to no power of two")
            }
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

/// Takes over the region. Once, at boot.
pub fn init(region: Region) {
    *AREAS.lock() = Areas::new(region.start(), region.end());
    REGION.call_once(|| region);
    sanity::own(Kind::Vmalloc, |block| give(block.start));
}

fn pages() -> &'static Region {
    REGION
        .get()
        .expect("vmalloc has its region before it is used")
}

/// First address of the region, and first address beyond it.
pub fn region() -> (usize, usize) {
    (pages().start(), pages().end())
}

/// Number of areas in the region, and bytes of all of them.
pub fn count() -> (usize, usize) {
    let areas = AREAS.lock();
    (areas.count(), areas.bytes())
}

/// Bytes of the kernel's heap that stay with the list of areas.
pub fn list_bytes() -> usize {
    AREAS.lock().list_bytes()
}

/// The first area that begins at `address` or behind it: start and bytes.
pub fn area_from(address: usize) -> Option<(usize, usize)> {
    AREAS.lock().first_from(address)
}

/// An area, and all that lies in it (M1); dropping it unmaps it and gives its frames
/// back. What still refers to it then faults.
#[derive(Debug)]
pub struct Area {
    start: usize,
    bytes: usize,
    /// Whether all of it is mapped and writable.
    is_plain: bool,
}

impl Area {
    /// An area of `bytes`, rounded up to pages, zeroed and writable.
    ///
    /// Waits for no other CPU. With interrupts on, and no lock held of rank vmalloc or a
    /// later one.
    pub fn new(bytes: usize) -> Result<Self, Error> {
        let whole = bytes.checked_next_multiple_of(PAGE_SIZE);
        Self::with_use(bytes, PAGE_SIZE, whole.unwrap_or(bytes), frame_count().free)
    }

    /// As [`new`](Self::new), at a multiple of `align`, a power of two, for a module, which leaves
    /// the kernel's reserve and uses no more than `bytes` of it: with `sanity=1` the rest of its
    /// last page is a red zone.
    pub fn aligned(bytes: usize, align: usize) -> Result<Self, Error> {
        let mut free = reserve::free_for_modules();
        if is_low() {
            free = 0;
        }
        Self::with_use(bytes, align, bytes, free)
    }

    fn with_use(bytes: usize, align: usize, used: usize, free: usize) -> Result<Self, Error> {
        let wanted = bytes.div_ceil(PAGE_SIZE);
        if wanted > free || fail::now(Site::Vmalloc) {
            return Err(Error::Frames { wanted, free });
        }
        let take = || AREAS.lock().take(bytes, align, Owner::Kernel);
        // What is in quarantine has addresses, and memory.
        let start = sanity::or_flushed(take).map_err(Error::Area)?;
        // From here on dropping `area` undoes what was done.
        let mut area = Self {
            start,
            bytes: wanted * PAGE_SIZE,
            is_plain: true,
        };
        let populated = area.populate();
        populated.map_err(|OutOfMemory| Error::Frames { wanted, free })?;
        area.bytes_mut().fill(0);
        if sanity::is_on() {
            let zones = Zones {
                before: 0,
                bytes: used,
                after: area.bytes - used,
            };
            let entered = sanity::enter(Kind::Vmalloc, start, zones, 0, Fresh::Filled);
            entered.map_err(|OutOfMemory| Error::Frames { wanted, free })?;
        }
        Ok(area)
    }

    fn populate(&self) -> Result<(), OutOfMemory> {
        pages().prepare(self.range())?;
        for page in self.range().step_by(PAGE_SIZE) {
            pages().map(page, PageFrame::new()?, Protection::ReadWrite)?;
        }
        Ok(())
    }

    /// Names what it holds, for reports of misuse.
    pub fn set_name(&self, name: &'static str) {
        sanity::name(Kind::Vmalloc, self.start, name);
    }

    /// Address of the first byte.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Bytes, a multiple of the page size.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Hands it on to a module, which gives its address to [`take_back`].
    pub fn lend(self) -> usize {
        if let Some((owner, _)) = AREAS.lock().at(self.start) {
            *owner = Owner::Module;
        }
        let start = self.start;
        core::mem::forget(self);
        start
    }

    fn range(&self) -> Range<usize> {
        self.start..self.start + self.bytes
    }

    /// Its memory, as long as all of it is writable.
    ///
    /// # Panics
    /// After [`protect`](Self::protect) or [`part`](Self::part).
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        assert!(self.is_plain, "an area whose parts differ is no slice");
        let start = core::ptr::with_exposed_provenance_mut(self.start);
        // SAFETY: M1: the area is its owner's alone, who lends it; it is mapped to frames
        // of its own, and writable.
        unsafe { core::slice::from_raw_parts_mut(start, self.bytes) }
    }

    /// Changes what `bytes` at `offset` allow, on every CPU; both are whole pages. While
    /// it changes, a CPU that uses it may fault.
    ///
    /// # Panics
    /// If that isn't inside the area.
    pub fn protect(&mut self, offset: usize, bytes: usize, protection: Protection) {
        pages().protect(self.part(offset, bytes).pages, protection);
    }

    /// The part of `bytes` at `offset`, both whole pages, for a time when the area is out
    /// of reach.
    ///
    /// # Panics
    /// If that isn't inside the area.
    pub fn part(&mut self, offset: usize, bytes: usize) -> Part {
        let end = offset.checked_add(bytes);
        assert!(
            end.is_some_and(|end| end <= self.bytes),
            "{bytes:#x} bytes at {offset:#x} of {self:x?}"
        );
        self.is_plain = false;
        let start = self.start + offset;
        Part {
            pages: start..start + bytes,
        }
    }
}

/// The area that was lent to a module at this address; `None` if no such area starts there.
pub fn take_back(start: usize) -> Option<Area> {
    let mut areas = AREAS.lock();
    let (owner, bytes) = areas.at(start)?;
    (*owner == Owner::Module).then(|| {
        *owner = Owner::Kernel;
        let is_plain = true;
        Area {
            start,
            bytes,
            is_plain,
        }
    })
}

impl Drop for Area {
    fn drop(&mut self) {
        let block = match sanity::is_on() {
            true => sanity::begin_free(Kind::Vmalloc, self.start, 0).ok(),
            false => None,
        };
        if let Some(block) = &block {
            sanity::finish_area(block);
        }
        pages().unmap(core::iter::once(self.range()));
        match block {
            Some(block) => sanity::keep_addresses(&block),
            None => give(self.start),
        }
    }
}

/// Gives the addresses of an area back, where nothing is mapped any more.
fn give(start: usize) {
    AREAS.lock().give(start);
}

/// Part of an area, for what happens to it after it has been handed on.
#[derive(Debug)]
pub struct Part {
    pages: Range<usize>,
}

impl Part {
    /// Changes what it allows, as [`Area::protect`] does.
    ///
    /// # Safety
    /// M1: the area lives.
    pub unsafe fn protect(&self, protection: Protection) {
        pages().protect(self.pages.start..self.pages.end, protection);
    }

    /// Gives its frames back; the addresses stay the area's, and nothing is there any
    /// more. What still refers to them faults.
    ///
    /// # Safety
    /// M1: the area lives.
    pub unsafe fn release(self) {
        pages().unmap(core::iter::once(self.pages));
    }
}
