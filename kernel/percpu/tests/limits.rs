//! Each limit, at the limit and a step beyond.

mod common;

use common::{Machine, TEMPLATE, UNIT0, UNITS, allocator_on, first_chunk, unstored};
use percpu::{
    AllocError, DEFAULT_RESERVED, DYNAMIC_RESERVE, FirstChunk, Handle, MAX_CHUNKS, MAX_RESERVED,
    MAX_STATIC, MAX_UNIT_SIZE, MAX_UNITS, MIN_UNIT_SIZE, PAGE_SIZE, Part, SetupError, Sizes,
};

/// Fills the reserved part and two chunks to the last byte with the largest areas that
/// fit, and frees them in an order that coalesces from both sides.
fn use_to_the_last_byte(sizes: Sizes) {
    let machine = Machine::default();
    let tested = allocator_on(&machine, &machine, sizes);
    let at_start = (tested.usage(), machine.count());
    tested.verify().unwrap();
    let mut areas = Vec::new();
    let mut take = |area: Handle, size: usize| {
        for unit in 0..sizes.units {
            let copy = area.0.wrapping_add(tested.offset(unit));
            assert!(machine.holds(copy, size, 0));
            machine.fill(copy, size, 0xa5);
        }
        areas.push(area);
    };
    let mut reserved = sizes.reserved_size;
    while reserved > 0 {
        let size = reserved.min(MIN_UNIT_SIZE);
        let area = tested.alloc_reserved(size, 1).unwrap();
        assert_eq!(tested.locate(area).unwrap().part, Part::Reserved);
        take(area, size);
        reserved -= size;
    }
    while tested.usage().chunks < 4 {
        take(tested.alloc(MIN_UNIT_SIZE, 1).unwrap(), MIN_UNIT_SIZE);
    }
    while let Ok(area) = tested.alloc_atomic(PAGE_SIZE, 1) {
        take(area, PAGE_SIZE);
    }
    tested.verify().unwrap();
    let (even, odd): (Vec<_>, Vec<_>) = (0..).zip(areas).partition(|(index, _)| index % 2 == 0);
    for (_, area) in even.into_iter().chain(odd) {
        tested.free(area).unwrap();
    }
    // Each chunk is one free extent now; the next area comes from the largest there is.
    tested.verify().unwrap();
    let area = tested.alloc(MIN_UNIT_SIZE, PAGE_SIZE).unwrap();
    tested.free(area).unwrap();
    tested.trim();
    tested.verify().unwrap();
    assert_eq!((tested.usage(), machine.count()), at_start);
}

#[test]
#[cfg_attr(miri, ignore = "megabytes of emulated memory")]
fn every_reserved_size_that_can_be_asked_for_works() {
    let largest = [MAX_RESERVED - 4096, MAX_RESERVED - 1, MAX_RESERVED];
    for reserved in [0, 1, 4096, DEFAULT_RESERVED].into_iter().chain(largest) {
        for statics in [0, 1, 1000, MAX_STATIC] {
            use_to_the_last_byte(Sizes::new(statics, reserved, DYNAMIC_RESERVE, UNITS).unwrap());
        }
    }
}

/// Sizes at which a free list of large extents begins, and those just below.
#[test]
#[cfg_attr(miri, ignore = "megabytes of emulated memory")]
fn units_of_every_size_work() {
    for log in 15..=20 {
        for eighths in 8..16 {
            let bytes = (1 << log) * eighths / 8;
            for dynamic in [bytes - PAGE_SIZE, bytes] {
                use_to_the_last_byte(Sizes::new(0, 0, dynamic, 1).unwrap());
            }
        }
    }
    use_to_the_last_byte(Sizes::new(0, 0, MAX_UNIT_SIZE, 1).unwrap());
}

#[test]
fn sizes_beyond_the_limits_are_refused() {
    let unit_size = MAX_UNIT_SIZE + PAGE_SIZE;
    let refused = |statics, reserved, dynamic| Sizes::new(statics, reserved, dynamic, 1).err();
    let too_large = Some(SetupError::UnitSize { unit_size });
    assert_eq!(
        refused(MAX_UNIT_SIZE + 1, 0, 0),
        Some(SetupError::UnitSize { unit_size })
    );
    assert_eq!(refused(0, MAX_UNIT_SIZE + 1, 0), too_large);
    assert_eq!(refused(0, 0, MAX_UNIT_SIZE + 1), too_large);
    assert_eq!(
        refused(MAX_STATIC + 1, MAX_RESERVED, DYNAMIC_RESERVE),
        too_large
    );
    for huge in [usize::MAX, usize::MAX - 8, usize::MAX / 2] {
        assert!(refused(huge, 0, 0).is_some());
        assert!(refused(0, huge, 0).is_some());
        assert!(refused(0, 0, huge).is_some());
        assert!(refused(huge, huge, huge).is_some());
    }
    let none = Sizes::new(0, 0, 0, 1).unwrap();
    assert_eq!((none.static_size, none.unit_size), (0, MIN_UNIT_SIZE));
}

#[test]
#[cfg_attr(miri, ignore = "megabytes of emulated memory")]
fn units_are_1_to_256() {
    use_to_the_last_byte(Sizes::new(1000, DEFAULT_RESERVED, DYNAMIC_RESERVE, MAX_UNITS).unwrap());
    for units in [0, MAX_UNITS + 1] {
        let refused = Sizes::new(0, 0, 0, units);
        assert_eq!(refused, Err(SetupError::Units { units }));
        let sizes = Sizes {
            units,
            ..Sizes::new(0, 0, 0, 1).unwrap()
        };
        assert_eq!(
            setup_error(first_chunk(sizes, 1 << 40)),
            Some(SetupError::Units { units })
        );
    }
}

fn setup_error(first: FirstChunk) -> Option<SetupError> {
    unstored(first).err()
}

/// Bytes of address space that a chunk of one smallest unit has.
const STRIDE: usize = (MIN_UNIT_SIZE + PAGE_SIZE).next_power_of_two();

/// Allocates as much as there is; all areas but the first are the largest.
fn fill(chunks: usize, region_size: usize) {
    let sizes = Sizes::new(MIN_UNIT_SIZE - PAGE_SIZE, 0, PAGE_SIZE, 1).unwrap();
    let tested = unstored(first_chunk(sizes, region_size)).unwrap();
    let (size, align) = (MIN_UNIT_SIZE, 8);
    let mut areas: Vec<_> = (1..chunks)
        .map(|_| tested.alloc(size, align).unwrap())
        .collect();
    assert_eq!(tested.usage().chunks, chunks);
    let refused = Err(AllocError::OutOfMemory { size, align });
    assert_eq!(tested.alloc(size, align), refused);
    tested.verify().unwrap();
    // The chunk of a freed area is the one that is found.
    let middle = areas.len() / 2;
    tested.free(areas[middle]).unwrap();
    assert_eq!(tested.alloc(size, align), Ok(areas[middle]));
    assert_eq!(tested.alloc(size, align), refused);
    for area in areas.drain(..) {
        tested.free(area).unwrap();
    }
    tested.trim();
    tested.verify().unwrap();
    assert_eq!(tested.usage().chunks, 1);
}

#[test]
fn a_full_region_is_out_of_memory() {
    fill(2, STRIDE);
    fill(2, 2 * STRIDE - 1);
    fill(66, 65 * STRIDE);
    let sizes = Sizes::new(0, 0, 0, 1).unwrap();
    for size in [0, STRIDE - 1] {
        let first = first_chunk(sizes, size);
        let start = first.region;
        assert_eq!(setup_error(first), Some(SetupError::Region { start, size }));
    }
    let wraps = FirstChunk {
        region: usize::MAX - STRIDE + 1,
        ..first_chunk(sizes, STRIDE)
    };
    assert!(matches!(
        setup_error(wraps),
        Some(SetupError::Region { .. })
    ));
}

#[test]
#[cfg_attr(miri, ignore = "hundreds of megabytes of tables")]
fn the_last_chunk_number_is_used() {
    // The first chunk takes two numbers.
    fill(MAX_CHUNKS - 1, 2 * MAX_CHUNKS * STRIDE);
}

#[test]
fn bad_sizes_and_alignments_are_refused() {
    let machine = Machine::default();
    let sizes = Sizes::new(0, 0, 0, 1).unwrap();
    let tested = allocator_on(&machine, &machine, sizes);
    for size in [1, MIN_UNIT_SIZE] {
        tested.alloc(size, PAGE_SIZE).unwrap();
    }
    for size in [0, MIN_UNIT_SIZE + 1, usize::MAX, usize::MAX - PAGE_SIZE] {
        let refused = tested.alloc(size, 8);
        assert_eq!(refused, Err(AllocError::Size { size, align: 8 }));
    }
    for align in (0..=12).map(|log| 1 << log) {
        let area = tested.alloc(8, align).unwrap();
        assert!(area.0.wrapping_add(tested.offset(0)).is_multiple_of(align));
    }
    for align in [0, 3, 24, 2 * PAGE_SIZE, usize::MAX] {
        let refused = tested.alloc(8, align);
        assert_eq!(refused, Err(AllocError::Align { size: 8, align }));
    }
    assert_eq!(tested.usage().live, 15);
}

#[test]
fn a_layout_with_a_null_handle_is_refused() {
    let sizes = Sizes::new(1000, 0, DYNAMIC_RESERVE, 1).unwrap();
    let with = |template| FirstChunk {
        template,
        ..first_chunk(sizes, 1 << 30)
    };
    assert_eq!(setup_error(with(0)), Some(SetupError::NullHandle));
    // The unit's handles would wrap past 0.
    let wraps = 0usize.wrapping_sub(PAGE_SIZE);
    assert_eq!(setup_error(with(wraps)), Some(SetupError::NullHandle));
    assert_eq!(setup_error(with(PAGE_SIZE)), None);
}

#[test]
fn addresses_off_a_page_are_refused() {
    let sizes = Sizes::new(1000, 0, DYNAMIC_RESERVE, 2).unwrap();
    let first = || first_chunk(sizes, 1 << 30);
    let misaligned = |address| Some(SetupError::Alignment { address });
    let template = TEMPLATE + 8;
    assert_eq!(
        setup_error(FirstChunk {
            template,
            ..first()
        }),
        misaligned(template)
    );
    let unit0 = UNIT0 + 2048;
    assert_eq!(
        setup_error(FirstChunk { unit0, ..first() }),
        misaligned(unit0)
    );
    let unit_offsets = vec![0, 100];
    assert_eq!(
        setup_error(FirstChunk {
            unit_offsets,
            ..first()
        }),
        misaligned(100)
    );
    let unit_offsets = vec![PAGE_SIZE, 0];
    assert_eq!(
        setup_error(FirstChunk {
            unit_offsets,
            ..first()
        }),
        misaligned(PAGE_SIZE)
    );
}

#[test]
fn a_batch_is_as_long_as_is_asked_for() {
    let machine = Machine::default();
    let sizes = Sizes::new(0, 0, DYNAMIC_RESERVE, UNITS).unwrap();
    let tested = allocator_on(&machine, &machine, sizes);
    let at_start = tested.usage();
    // Around the number that one hold of the lock allocates.
    for count in [0, 1, 63, 64, 65, 128, 5000] {
        let mut areas = vec![Handle(0); count];
        tested.alloc_batch(24, 8, &mut areas).unwrap();
        assert_eq!(tested.usage().live, count);
        areas.sort();
        areas.dedup();
        assert_eq!(areas.len(), count);
        for area in areas {
            tested.free(area).unwrap();
        }
    }
    tested.trim();
    assert_eq!(tested.usage(), at_start);
}
