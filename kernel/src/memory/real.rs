//! Real memory and the translation tables in it, behind one lock.
//!
//! The lock is held for a bounded number of steps: for one block of frames, one page, 64 that are
//! unmapped together, or the tables of one segment (some 4,000 entries). Two exceptions say so
//! where they are.

use crate::fail::{self, Site};
use crate::sync::{Lock, rank};
use ::memory::frames::{FrameAllocator, order_of};
use arch::PAGE_SIZE;
use arch::dat::{AddressSpace, TableMemory};

/// Frames and translation tables.
pub struct RealMemory {
    pub frames: FrameAllocator<'static>,
    pub space: AddressSpace,
    /// Frames of the translation tables that boot has made: never the allocator's.
    pub boot_table_frames: usize,
    /// Frames that hold translation tables made since; they are never given back.
    pub table_frames: usize,
}

static MEMORY: Lock<Option<RealMemory>, { rank::MEMORY }> = Lock::new(None);

/// Makes the memory known that boot has set up. Once.
pub fn install(memory: RealMemory) {
    *MEMORY.lock() = Some(memory);
}

/// Works on the memory, with the lock held.
///
/// # Panics
/// Before boot has set it up.
pub fn with<R>(work: impl FnOnce(&mut RealMemory) -> R) -> R {
    let mut memory = MEMORY.lock();
    work(memory.as_mut().expect("memory is set up before it is used"))
}

/// Frames for translation tables.
pub struct Tables<'a> {
    pub frames: &'a mut FrameAllocator<'static>,
    pub count: &'a mut usize,
}

impl TableMemory for Tables<'_> {
    fn table(&mut self, bytes: usize) -> Option<usize> {
        if fail::now(Site::Tables) {
            return None;
        }
        let order = order_of(bytes);
        let frame = self.frames.take(order)?;
        *self.count += 1 << order;
        Some(frame * PAGE_SIZE)
    }
}

impl RealMemory {
    /// The address space, and where its tables come from.
    pub fn split(&mut self) -> (&mut AddressSpace, Tables<'_>) {
        let tables = Tables {
            frames: &mut self.frames,
            count: &mut self.table_frames,
        };
        (&mut self.space, tables)
    }
}

/// Page frames: all, free, and those that hold translation tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameCount {
    /// Frames that the allocator has, given out or not, and those of boot's tables.
    pub total: usize,
    /// Frames that are not given out.
    pub free: usize,
    /// Frames that hold translation tables.
    pub tables: usize,
}

impl FrameCount {
    /// Frames in use for anything but translation tables.
    pub fn used(&self) -> usize {
        self.total - self.free - self.tables
    }
}

/// Counts page frames.
pub fn frame_count() -> FrameCount {
    with(|memory| FrameCount {
        total: memory.frames.total() + memory.boot_table_frames,
        free: memory.frames.free(),
        tables: memory.table_frames + memory.boot_table_frames,
    })
}

/// Whether the frame allocator's book-keeping equals a recount. For tests: it looks at
/// every frame of the machine with the lock held, and interrupts off.
// A name of its own in reports of who held the lock.
#[inline(never)]
pub fn verify_frames() -> bool {
    with(|memory| memory.frames.verify())
}
