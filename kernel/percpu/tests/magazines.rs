//! Magazines: what they keep, when they give it back, and what everybody else sees of it.

mod common;

use common::{Machine, Tested, UNITS, allocator, allocator_with, first_chunk, unstored};
use percpu::{DYNAMIC_RESERVE, FreeError, Handle, MAGAZINE, Sizes};
use std::sync::atomic::Ordering;

fn sizes() -> Sizes {
    Sizes::new(0, 0, DYNAMIC_RESERVE, UNITS).unwrap()
}

#[test]
fn areas_of_every_small_size_come_and_go() {
    let machine = Machine::default();
    let tested = allocator(&machine, 0);
    // Beyond the largest size that magazines keep, and down again.
    for size in (1..=100).chain((1..=100).rev()) {
        for align in [1, 4, 8, 64] {
            let areas = [(); 3].map(|()| tested.alloc(size, align).unwrap());
            for area in areas {
                assert!(area.0.wrapping_add(tested.offset(0)).is_multiple_of(align));
                tested.free(area).unwrap();
            }
            tested.verify().unwrap();
        }
    }
    assert_eq!(tested.usage().live, 0);
    assert!(tested.statistics(&mut |_| ()).cached > 0);
    tested.trim();
    assert_eq!(tested.statistics(&mut |_| ()).cached, 0);
}

#[test]
fn what_lies_in_a_magazine_is_free_for_everybody() {
    let machine = Machine::default();
    let tested = allocator(&machine, 0);
    let before = tested.usage();
    let area = tested.alloc(8, 8).unwrap();
    assert_eq!(tested.size_of(area), Some(8));
    tested.free(area).unwrap();
    assert_eq!(tested.usage(), before);
    assert!(tested.statistics(&mut |_| ()).cached > 0);
    assert_eq!(tested.size_of(area), None);
    assert_eq!(tested.locate(area).unwrap().area, None);
    // On each CPU, whoever's magazine it is in.
    for cpu in 0..UNITS {
        machine.cpu.store(cpu, Ordering::Relaxed);
        let twice = tested.free(area);
        assert_eq!(twice, Err(FreeError::NotAllocated { handle: area }));
        let inside = Handle(area.0 + 4);
        let refused = tested.free(inside);
        assert_eq!(refused, Err(FreeError::NotAllocated { handle: inside }));
    }
}

#[test]
fn an_area_goes_to_the_magazine_of_who_frees_it() {
    let machine = Machine::default();
    let tested = allocator(&machine, 0);
    let area = tested.alloc(8, 8).unwrap();
    machine.cpu.store(1, Ordering::Relaxed);
    tested.free(area).unwrap();
    assert_eq!(tested.alloc(8, 8), Ok(area));
}

#[test]
fn magazines_keep_no_more_than_their_limit() {
    let machine = Machine::default();
    let tested = allocator_with(&machine, &machine, sizes(), MAGAZINE);
    for cpu in 0..UNITS {
        machine.cpu.store(cpu, Ordering::Relaxed);
        for size in [8, 12, 16, 24, 36, 48, 64] {
            let areas: Vec<_> = (0..300).map(|_| tested.alloc(size, 4).unwrap()).collect();
            areas
                .into_iter()
                .for_each(|area| tested.free(area).unwrap());
            let kept = tested.statistics(&mut |_| ()).cached_bytes;
            assert!(
                kept <= (cpu + 1) * (6 + 4) * MAGAZINE,
                "{kept} bytes are kept"
            );
        }
    }
    tested.verify().unwrap();
    tested.balance();
    assert_eq!(tested.statistics(&mut |_| ()).cached, 0);
}

#[test]
fn all_together_keep_a_bounded_part_of_a_unit_on_any_number_of_cpus() {
    for units in [1, 8, 9, 64, 128, 248, 256] {
        let sizes = Sizes::new(0, 0, DYNAMIC_RESERVE, units).unwrap();
        let tested = unstored(first_chunk(sizes, 1 << 40)).unwrap();
        let mut kept = 0;
        for unit in 0..units {
            tested.backing().cpu.store(unit, Ordering::Relaxed);
            for granules in 1..=32 {
                let area = |_| tested.alloc(granules * 4, 4).unwrap();
                let areas: Vec<_> = (0..70).map(area).collect();
                areas
                    .into_iter()
                    .for_each(|area| tested.free(area).unwrap());
            }
            kept = tested.statistics(&mut |_| ()).cached_bytes;
        }
        // Sizes that don't divide a magazine's share leave some of it.
        assert!(
            kept > 0 && kept <= (64 << 10).max(units * 608),
            "{units}: {kept}"
        );
    }
}

/// Areas of every class on every CPU, until none keeps more; returns how many bytes are kept.
fn fill_all(tested: &Tested<'_>, machine: &Machine) -> usize {
    for cpu in 0..UNITS {
        machine.cpu.store(cpu, Ordering::Relaxed);
        for size in (4..=1024).step_by(4) {
            let areas = [(); 12].map(|()| tested.alloc(size, 4).unwrap());
            areas.iter().for_each(|&area| tested.free(area).unwrap());
        }
    }
    tested.verify().unwrap();
    tested.statistics(&mut |_| ()).cached_bytes
}

#[test]
fn large_areas_are_kept_beside_a_large_load_alone() {
    let machine = Machine::default();
    let tested = allocator_with(&machine, &machine, sizes(), MAGAZINE);
    let small = fill_all(&tested, &machine);
    assert!(small <= 32 << 10, "{small} bytes are kept");
    let load: Vec<_> = (0..100).map(|_| tested.alloc(4096, 8).unwrap()).collect();
    tested.balance();
    let kept = fill_all(&tested, &machine);
    assert!(kept > small && kept <= 64 << 10, "{kept} bytes are kept");
    // What was granted comes back with what was kept.
    for _ in 0..100 {
        tested.balance();
        assert_eq!(fill_all(&tested, &machine), kept);
    }
    load.into_iter().for_each(|area| tested.free(area).unwrap());
    tested.balance();
    assert_eq!(fill_all(&tested, &machine), small);
}

#[test]
fn large_areas_are_rounded_up_beside_a_large_load_alone() {
    let machine = Machine::default();
    let tested = allocator_with(&machine, &machine, sizes(), MAGAZINE);
    let area = tested.alloc(516, 4).unwrap();
    assert_eq!(tested.size_of(area), Some(516));
    let load: Vec<_> = (0..100).map(|_| tested.alloc(4096, 8).unwrap()).collect();
    for (size, rounded) in [
        (132, 144),
        (161, 176),
        (516, 576),
        (1024, 1024),
        (1028, 1028),
    ] {
        let area = tested.alloc(size, 4).unwrap();
        assert_eq!(tested.size_of(area), Some(rounded), "{size}");
    }
    drop(load);
}

#[test]
fn one_cpu_s_magazine_is_emptied_alone() {
    let machine = Machine::default();
    let tested = allocator(&machine, 0);
    let mut kept = Vec::new();
    for cpu in [0, 1] {
        machine.cpu.store(cpu, Ordering::Relaxed);
        let areas = [8, 16, 24].map(|size| tested.alloc(size, 8).unwrap());
        areas.iter().for_each(|&area| tested.free(area).unwrap());
        kept.push(tested.statistics(&mut |_| ()).cached);
    }
    assert!(0 < kept[0] && kept[0] < kept[1], "{kept:?}");
    tested.empty_magazine(1);
    assert_eq!(tested.statistics(&mut |_| ()).cached, kept[0]);
    tested.empty_magazine(UNITS);
    tested.empty_magazine(0);
    assert_eq!(tested.statistics(&mut |_| ()).cached, 0);
    tested.verify().unwrap();
}

#[test]
fn with_none_every_area_goes_to_its_chunk() {
    let machine = Machine::default();
    let tested = allocator_with(&machine, &machine, sizes(), 0);
    let area = tested.alloc(8, 8).unwrap();
    tested.free(area).unwrap();
    let twice = tested.free(area);
    assert_eq!(twice, Err(FreeError::NotAllocated { handle: area }));
    assert_eq!(tested.statistics(&mut |_| ()).cached, 0);
    tested.verify().unwrap();
}
