//! Memory: page frames, the kernel's address space, and what is built on them.
//!
//! * `map.rs`: which addresses are used for what
//! * `heap.rs`: the kernel heap
//! * `vmalloc.rs`: areas of virtual memory, for modules
//!
//! Frames and translation tables sit behind one lock, the innermost but for the
//! heap's and the console's.

pub mod heap;
pub mod map;
pub mod vmalloc;

pub use heap::used as heap_used;

use crate::fail::{self, Site};
use crate::sync::{Lock, rank};
use ::memory::frames::{Frame, Frames, order_of};
use arch::control::{self, Protections};
use arch::dat::{AddressSpace, NoTable, Protection, TableMemory};
use arch::sclp::information::Information;
use arch::{PAGE_SIZE, boot, cpu, lowcore, stack};
use map::Map;

/// Frames and translation tables.
struct Memory {
    frames: Frames<'static>,
    space: AddressSpace,
    /// Frames that hold translation tables; they are never given back.
    table_frames: usize,
}

static MEMORY: Lock<Option<Memory>, { rank::MEMORY }> = Lock::new(None);

/// Memory has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl From<NoTable> for OutOfMemory {
    fn from(_: NoTable) -> Self {
        OutOfMemory
    }
}

struct Tables<'a> {
    frames: &'a mut Frames<'static>,
    count: &'a mut usize,
}

impl TableMemory for Tables<'_> {
    fn table(&mut self, bytes: usize) -> Option<usize> {
        let order = order_of(bytes);
        let frame = self.frames.take(order)?;
        *self.count += 1 << order;
        Some(frame * PAGE_SIZE)
    }
}

impl Memory {
    fn split(&mut self) -> (&mut AddressSpace, Tables<'_>) {
        let tables = Tables {
            frames: &mut self.frames,
            count: &mut self.table_frames,
        };
        (&mut self.space, tables)
    }
}

fn with<R>(work: impl FnOnce(&mut Memory) -> R) -> R {
    let mut memory = MEMORY.lock();
    work(memory.as_mut().expect("memory is set up before it is used"))
}

/// Sets up frames, translation and the heap; from here on translation is on.
///
/// # Panics
/// If the machine has too little memory to boot.
pub fn init(map: &Map, information: &Information, initrd: Option<(usize, usize)>) {
    let end = information.memory as usize;
    let image = boot::image();
    let count = end / PAGE_SIZE;
    let bytes = count * size_of::<Frame>();
    let table =
        place_for(bytes, image.data.1, end, initrd).expect("memory holds the table of page frames");
    let start = core::ptr::with_exposed_provenance_mut::<Frame>(table);
    // SAFETY: M1: the range is memory, and neither the image's nor the initrd's.
    let entries = unsafe {
        for index in 0..count {
            start.add(index).write(Frame::RESERVED);
        }
        core::slice::from_raw_parts_mut(start, count)
    };
    let mut frames = Frames::new(entries);
    let taken = [
        Some((table, table + bytes)),
        Some(map::BOOT_PARAMETERS),
        initrd_range(initrd),
        map.withheld,
    ];
    add_around(&mut frames, (map.low_memory, image.text.0), &taken);
    add_around(&mut frames, (image.data.1, end), &taken);

    let mut table_frames = 0;
    let mut tables = Tables {
        frames: &mut frames,
        count: &mut table_frames,
    };
    let execution_protection = cpu::has_facility(cpu::FACILITY_EXECUTION_PROTECTION);
    let space = translate(&mut tables, map, end, execution_protection)
        .expect("memory holds the translation tables");
    // SAFETY: M1: the tables map all of memory to itself: code, stack, real page 0;
    // and lowcore's alias.
    unsafe {
        control::set_translation_tables(space.element());
        cpu::enter_translated_mode();
    }
    let mut protections = Protections::LOW_ADDRESS;
    protections.set(Protections::EXECUTION, execution_protection);
    control::protect(protections);
    *MEMORY.lock() = Some(Memory {
        frames,
        space,
        table_frames,
    });
    heap::init(end);
}

/// The kernel's address space as it is at boot: memory to itself, with no page
/// both writable and executable (M2), and a guard page below the boot stack.
fn translate(
    tables: &mut Tables<'_>,
    map: &Map,
    end: usize,
    execution_protection: bool,
) -> Result<AddressSpace, NoTable> {
    let image = boot::image();
    let read_only = Protection::empty();
    let write = Protection::WRITE;
    let mut space = AddressSpace::new(tables, execution_protection)?;
    space.map_identity(tables, (0, PAGE_SIZE), read_only)?;
    space.map_identity(tables, (map.low_memory, image.text.0), write)?;
    space.map_identity(tables, map::BOOT_PARAMETERS, read_only)?;
    space.map_identity(tables, image.text, Protection::EXECUTE)?;
    space.map_identity(tables, image.rodata, read_only)?;
    space.map_identity(tables, (image.data.0, end), write)?;
    if let Some((start, end)) = map.withheld {
        for page in (start..end).step_by(PAGE_SIZE) {
            space.unmap(page);
        }
    }
    space.map(tables, lowcore::ALIAS, 0, write)?;
    space.unmap(boot::boot_stack());
    Ok(space)
}

fn initrd_range(initrd: Option<(usize, usize)>) -> Option<(usize, usize)> {
    let (start, bytes) = initrd?;
    let first = start / PAGE_SIZE * PAGE_SIZE;
    Some((first, (start + bytes).next_multiple_of(PAGE_SIZE)))
}

/// Room for `bytes` above the image that the initrd doesn't take.
fn place_for(
    bytes: usize,
    image_end: usize,
    end: usize,
    initrd: Option<(usize, usize)>,
) -> Option<usize> {
    let (initrd_start, initrd_end) = initrd_range(initrd).unwrap_or((end, end));
    let before = image_end + bytes <= initrd_start;
    let start = if before { image_end } else { initrd_end };
    (start + bytes <= end).then_some(start)
}

/// Hands `start..end` to the allocator, but for the ranges in `taken`.
fn add_around(
    frames: &mut Frames<'_>,
    (start, end): (usize, usize),
    taken: &[Option<(usize, usize)>],
) {
    let mut start = start.next_multiple_of(PAGE_SIZE);
    while start < end {
        let inside = taken
            .iter()
            .flatten()
            .find(|range| (range.0..range.1).contains(&start));
        if let Some(&(_, past)) = inside {
            start = past.next_multiple_of(PAGE_SIZE);
            continue;
        }
        let next = taken.iter().flatten().map(|range| range.0);
        let stop = next
            .filter(|&next| next > start)
            .min()
            .unwrap_or(end)
            .min(end);
        frames.add(start / PAGE_SIZE, stop / PAGE_SIZE);
        start = stop.next_multiple_of(PAGE_SIZE).max(start + PAGE_SIZE);
    }
}

/// Takes a block of 2^`order` frames; returns its address, real and virtual.
pub fn take_frames(order: usize) -> Result<usize, OutOfMemory> {
    if fail::now(Site::Frames) {
        return Err(OutOfMemory);
    }
    let frame = with(|memory| memory.frames.take(order)).ok_or(OutOfMemory)?;
    Ok(frame * PAGE_SIZE)
}

/// Gives back a block that [`take_frames`] returned.
///
/// # Panics
/// If it isn't in use: the frame's owner has lost count (M1).
pub fn give_frames(address: usize, order: usize) {
    let result = with(|memory| memory.frames.give(address / PAGE_SIZE, order));
    if let Err(error) = result {
        panic!("frame {:#x} of order {order} is not in use", error.frame);
    }
}

/// Makes sure that mapping pages of `[start, start + bytes)` can't fail.
pub fn prepare(start: usize, bytes: usize) -> Result<(), OutOfMemory> {
    with(|memory| {
        let (space, mut tables) = memory.split();
        space.prepare(&mut tables, start, bytes)
    })?;
    Ok(())
}

/// Maps the page at `address` to `frame`.
pub fn map_page(address: usize, frame: usize, protection: Protection) -> Result<(), OutOfMemory> {
    with(|memory| {
        let (space, mut tables) = memory.split();
        space.map(&mut tables, address, frame, protection)
    })?;
    Ok(())
}

/// Unmaps the page at `address`, on every CPU (M3); returns its frame.
pub fn unmap_page(address: usize) -> Option<usize> {
    with(|memory| memory.space.unmap(address))
}

/// Changes what the pages of `[start, start + bytes)` allow.
pub fn protect(start: usize, bytes: usize, protection: Protection) {
    with(|memory| {
        for page in (start..start + bytes).step_by(PAGE_SIZE) {
            memory.space.protect(page, protection);
        }
    });
}

/// Frame and protection of the page at `address`.
pub fn translation(address: usize) -> Option<(usize, Protection)> {
    with(|memory| memory.space.translate(address))
}

/// A stack from page frames, with a guard page at its low end.
///
/// Returns the lowest address. Stacks are never given back.
pub fn take_stack() -> Result<usize, OutOfMemory> {
    let lowest = take_frames(order_of(stack::SIZE))?;
    with(|memory| memory.space.unmap(lowest));
    Ok(lowest)
}

/// Frames: all, free, and those that hold translation tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameCount {
    /// Frames the allocator has.
    pub total: usize,
    /// Frames not given out.
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
        total: memory.frames.total(),
        free: memory.frames.free(),
        tables: memory.table_frames,
    })
}

/// Whether the frame allocator's book-keeping equals a recount.
pub fn verify_frames() -> bool {
    with(|memory| memory.frames.verify())
}
