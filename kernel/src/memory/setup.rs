//! Setting memory up at boot: frames, the address space, the heap.

use super::boot_tables::BootTables;
use super::error::SetupError;
use super::frames::FrameBlock;
use super::heap;
use super::identity::{self, Identity};
use super::map::{self, Map};
use super::real::{self, RealMemory};
use super::region::Region;
use super::{reserve, sanity};
use ::memory::frames::{FrameAllocator, FrameEntry};
use arch::control::{self, Protections};
use arch::dat::{AddressSpace, MapError, Protection, TABLE_SIZE};
use arch::{PAGE_SIZE, boot, cpu, lowcore};

/// The regions of virtual addresses beside the identity map, for their owners.
#[derive(Debug)]
pub struct Regions {
    /// For per-CPU chunks.
    pub per_cpu: Region,
    /// For vmalloc areas.
    pub vmalloc: Region,
}

/// Sets up frames, translation and the heap; from here on translation is on. The regions
/// are for their owners. With `checked`, all blocks are recorded from here on.
///
/// # Errors
/// What the machine has too little memory for.
///
/// # Safety
/// M1: once, at boot, on the boot CPU, with translation off: nobody uses any memory but
/// the image and `initrd`, by address and bytes; `map` was planned for this
/// machine.
pub unsafe fn init(
    map: &Map,
    initrd: Option<(usize, usize)>,
    checked: bool,
) -> Result<Regions, SetupError> {
    let end = map.memory_end;
    let image = boot::image();
    let count = end / PAGE_SIZE;
    let initrd = initrd_range(initrd);
    let place_for = |bytes, from| {
        let bytes = Some(bytes).filter(|&bytes| bytes < end);
        bytes.and_then(|bytes| place_for(bytes, from, map, initrd))
    };

    let mut tables =
        BootTables::new(map, |bytes| place_for(bytes, image.data.1)).ok_or(SetupError::Tables)?;
    let bytes = count * size_of::<FrameEntry>();
    let frame_table = place_for(bytes, tables.range().1).ok_or(SetupError::FrameTable { bytes })?;
    let start = core::ptr::with_exposed_provenance_mut::<FrameEntry>(frame_table);
    // SAFETY: M1: the caller's promise: the range is memory, and neither the image's nor
    // the initrd's; it is kept from the allocator below. An entry may be zeros: the type
    // is `FromZeros`.
    let entries = unsafe {
        start.write_bytes(0, count);
        core::slice::from_raw_parts_mut(start, count)
    };
    let mut frames = FrameAllocator::new(entries);
    let taken = [
        Some(tables.range()),
        Some((frame_table, frame_table + bytes)),
        Some(map::BOOT_PARAMETERS),
        initrd,
        map.hole,
    ];
    add_around(&mut frames, (map.low_memory, image.text.0), &taken);
    add_around(&mut frames, (image.data.1, end), &taken);

    let execution_protection = cpu::has_facility(cpu::FACILITY_EXECUTION_PROTECTION);
    let identity = Identity::new(map, initrd, tables.range());
    let space =
        translate(&mut tables, &identity, execution_protection).map_err(|_| SetupError::Tables)?;
    assert!(
        tables.is_used_up(),
        "{tables:x?}: as many tables as were counted"
    );
    // SAFETY: C6, M1: the tables map all of memory to itself: code, stack, real page 0;
    // and lowcore's alias.
    unsafe {
        control::set_translation_tables(space.element());
        cpu::enter_translated_mode();
    }
    let mut protections = Protections::LOW_ADDRESS;
    protections.set(Protections::EXECUTION, execution_protection);
    control::protect(protections);
    let (first, behind) = tables.range();
    real::install(RealMemory {
        frames,
        space,
        boot_table_frames: (behind - first) / PAGE_SIZE,
        table_frames: 0,
    });
    identity::install(identity);
    let bytes = heap::size_for(end);
    let block = FrameBlock::new(bytes).map_err(|_| SetupError::Heap { bytes })?;
    heap::init(block);
    reserve::init(end);
    if checked {
        sanity::begin(end, bytes);
    }
    // SAFETY: M1: the plan keeps them apart from memory, which is mapped to itself, from
    // each other, and from lowcore's alias.
    unsafe {
        Ok(Regions {
            per_cpu: Region::new(map.per_cpu),
            vmalloc: Region::new(map.vmalloc),
        })
    }
}

/// The kernel's address space as it is at boot: memory to itself, with no page both
/// writable and executable (M2), and a guard page below the boot stack.
fn translate(
    tables: &mut BootTables,
    identity: &Identity,
    execution_protection: bool,
) -> Result<AddressSpace, MapError> {
    // SAFETY: M1: no CPU uses the space yet, and each frame is mapped at its own address
    // alone, but for lowcore's alias; `tables` gives memory that nobody has, which the identity
    // map has read-only. M2: the image's text is in no other range.
    unsafe {
        let mut space = AddressSpace::new(tables, execution_protection)?;
        for &(range, protection) in identity.ranges() {
            space.map_identity(tables, range, protection)?;
        }
        space.map(tables, lowcore::ALIAS, 0, Protection::ReadWrite)?;
        space.unmap(boot::boot_stack());
        space.seal();
        Ok(space)
    }
}

/// The whole pages that the initrd, by address and bytes, has a part of.
fn initrd_range(initrd: Option<(usize, usize)>) -> Option<(usize, usize)> {
    let (start, bytes) = initrd?;
    let first = start / PAGE_SIZE * PAGE_SIZE;
    Some((first, (start + bytes).next_multiple_of(PAGE_SIZE)))
}

/// Room for `bytes` from `from` on, aligned to tables of translation, in memory that neither the
/// initrd nor the hole takes.
pub fn place_for(
    bytes: usize,
    from: usize,
    map: &Map,
    initrd: Option<(usize, usize)>,
) -> Option<usize> {
    let mut start = from.next_multiple_of(TABLE_SIZE);
    for (taken, behind) in initrd.into_iter().chain(map.hole) {
        if start < behind && taken < start + bytes {
            start = behind.next_multiple_of(TABLE_SIZE);
        }
    }
    (start + bytes <= map.memory_end).then_some(start)
}

/// Hands `start..end` to the allocator, but for the ranges in `taken`.
fn add_around(
    frames: &mut FrameAllocator<'_>,
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
