//! Setting memory up at boot: frames, the address space, the heap.

use super::frames::FrameBlock;
use super::heap;
use super::map::{self, Map};
use super::real::{self, RealMemory, Tables};
use super::region::Region;
use super::sanity;
use ::memory::frames::{FrameAllocator, FrameEntry};
use arch::control::{self, Protections};
use arch::dat::{AddressSpace, MapError, Protection};
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
/// are for their owners. With `checked`, books are kept of all blocks from here on.
///
/// # Panics
/// If the machine has too little memory to boot.
///
/// # Safety
/// M1: once, at boot, on the boot CPU, with translation off: nobody uses any memory but
/// the image and `initrd`, by address and bytes; `map` was planned for this
/// machine.
pub unsafe fn init(map: &Map, initrd: Option<(usize, usize)>, checked: bool) -> Regions {
    let end = map.memory_end;
    let image = boot::image();
    let count = end / PAGE_SIZE;
    let bytes = count * size_of::<FrameEntry>();
    let table =
        place_for(bytes, image.data.1, end, initrd).expect("memory holds the table of page frames");
    let start = core::ptr::with_exposed_provenance_mut::<FrameEntry>(table);
    // SAFETY: M1: the caller's promise: the range is memory, and neither the image's nor
    // the initrd's; it is kept from the allocator below. An entry may be zeros: the type
    // is `FromZeros`.
    let entries = unsafe {
        start.write_bytes(0, count);
        core::slice::from_raw_parts_mut(start, count)
    };
    let mut frames = FrameAllocator::new(entries);
    let taken = [
        Some((table, table + bytes)),
        Some(map::BOOT_PARAMETERS),
        initrd_range(initrd),
        map.hole,
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
        .unwrap_or_else(|error| panic!("the address space can't be made: {error}"));
    // SAFETY: C6, M1: the tables map all of memory to itself: code, stack, real page 0;
    // and lowcore's alias.
    unsafe {
        control::set_translation_tables(space.element());
        cpu::enter_translated_mode();
    }
    let mut protections = Protections::LOW_ADDRESS;
    protections.set(Protections::EXECUTION, execution_protection);
    control::protect(protections);
    real::install(RealMemory {
        frames,
        space,
        table_frames,
    });
    let block = FrameBlock::new(heap::size_for(end)).expect("memory holds the kernel heap");
    heap::init(block);
    if checked {
        sanity::begin(end);
    }
    // SAFETY: M1: the plan keeps them apart from memory, which is mapped to itself, from
    // each other, and from lowcore's alias.
    unsafe {
        Regions {
            per_cpu: Region::new(map.per_cpu),
            vmalloc: Region::new(map.vmalloc),
        }
    }
}

/// The kernel's address space as it is at boot: memory to itself, with no page both
/// writable and executable (M2), and a guard page below the boot stack.
fn translate(
    tables: &mut Tables<'_>,
    map: &Map,
    end: usize,
    execution_protection: bool,
) -> Result<AddressSpace, MapError> {
    let image = boot::image();
    let (hole, behind) = map.hole.unwrap_or((end, end));
    let identity = [
        ((0, PAGE_SIZE), Protection::ReadOnly),
        ((map.low_memory, image.text.0), Protection::ReadWrite),
        (map::BOOT_PARAMETERS, Protection::ReadOnly),
        (image.text, Protection::ReadExecute),
        (image.rodata, Protection::ReadOnly),
        ((image.data.0, hole), Protection::ReadWrite),
        ((behind, end), Protection::ReadWrite),
    ];
    // SAFETY: M1: no CPU uses the space yet, and each frame is mapped at its own address
    // alone, but for lowcore's alias; `tables` gives frames that nobody has. M2: the
    // image's text is in no other range.
    unsafe {
        let mut space = AddressSpace::new(tables, execution_protection)?;
        for (range, protection) in identity {
            space.map_identity(tables, range, protection)?;
        }
        space.map(tables, lowcore::ALIAS, 0, Protection::ReadWrite)?;
        space.unmap(boot::boot_stack());
        Ok(space)
    }
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
