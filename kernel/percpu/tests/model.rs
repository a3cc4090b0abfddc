//! Random operations against a model that shares nothing with the allocator: a
//! map of live areas, and what each unit's copy of them must hold.

mod common;

use common::{Machine, Tested, UNITS, allocator_with};
use fastrand::Rng;
use percpu::{
    AllocError, DYNAMIC_RESERVE, FreeError, GRANULE, Handle, MAGAZINE, MIN_UNIT_SIZE, Sizes,
};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// A live area: bytes asked for, and the byte that unit 0's copy is full of; the
/// others have one more each.
struct Area {
    size: usize,
    align: usize,
    byte: u8,
}

struct Model<'machine> {
    machine: &'machine Machine,
    tested: Tested<'machine>,
    areas: BTreeMap<usize, Area>,
    /// Areas freed.
    freed: u64,
}

impl Model<'_> {
    fn copy(&self, handle: usize, unit: usize) -> usize {
        handle.wrapping_add(self.tested.offset(unit))
    }

    /// An area came into being: it overlaps none, is aligned, and zero everywhere.
    fn came(&mut self, handle: Handle, size: usize, align: usize, byte: u8) {
        let start = handle.0;
        assert_ne!(start, 0);
        assert_eq!(
            self.copy(start, 0) % align,
            0,
            "{handle} for alignment {align}"
        );
        let below = self.areas.range(..=start).next_back();
        assert!(below.is_none_or(|(&other, area)| other + area.size <= start));
        let above = self.areas.range(start..).next();
        assert!(above.is_none_or(|(&other, _)| start + size <= other));
        for unit in 0..UNITS {
            let copy = self.copy(start, unit);
            assert!(
                self.machine.holds(copy, size, 0),
                "{handle} isn't zero in unit {unit}"
            );
            self.machine.fill(copy, size, byte.wrapping_add(unit as u8));
        }
        self.areas.insert(start, Area { size, align, byte });
    }

    fn check(&self, handle: usize, area: &Area) {
        for unit in 0..UNITS {
            let byte = area.byte.wrapping_add(unit as u8);
            let copy = self.copy(handle, unit);
            assert!(
                self.machine.holds(copy, area.size, byte),
                "somebody wrote into {handle:#x} of unit {unit}"
            );
        }
    }

    fn nth(&self, number: u64) -> Option<usize> {
        let index = number as usize % self.areas.len().max(1);
        self.areas.keys().nth(index).copied()
    }

    fn step(&mut self, random: &mut Rng, limit: usize) {
        let largest = [300, MIN_UNIT_SIZE as u64][usize::from(random.u64(..40) == 0)];
        let size = 1 + random.u64(..largest) as usize;
        let strictest = [6, 13][usize::from(random.u64(..10) == 0)];
        let align = 1usize << random.u64(..strictest);
        let byte = random.u64(..256) as u8;
        let full = self.areas.len() >= limit;
        match random.u64(..100) {
            0..40 if !full => {
                let handle = self.tested.alloc(size, align).unwrap();
                self.came(handle, size, align, byte);
            }
            40..48 if !full => {
                let before = self.machine.count();
                if let Ok(handle) = self.tested.alloc_atomic(size, align) {
                    self.came(handle, size, align, byte);
                }
                assert_eq!(self.machine.count(), before, "an atomic allocation maps");
            }
            48..52 if !full => {
                let handle = self.tested.alloc_reserved(size, align).unwrap();
                self.came(handle, size, align, byte);
            }
            52..54 if !full => {
                let mut batch = [Handle(0); 7];
                self.tested.alloc_batch(size, align, &mut batch).unwrap();
                for handle in batch {
                    self.came(handle, size, align, byte);
                }
            }
            54..57 => self.tested.balance(),
            57 => self.tested.trim(),
            58..60 => self.wrong_frees(random),
            60..62 => self.fails_cleanly(random, size, align),
            _ => {
                if let Some(handle) = self.nth(random.u64(..1 << 30)) {
                    let area = self.areas.remove(&handle).unwrap();
                    self.check(handle, &area);
                    assert_eq!(self.tested.free(Handle(handle)), Ok(()));
                    self.freed += 1;
                }
            }
        }
    }

    /// What is counted as live, chunk by chunk, is what is live, and all of it is found.
    fn adds_up(&self) {
        let (mut live, mut bytes) = (0, 0);
        let statistics = self.tested.statistics(&mut |chunk| {
            live += chunk.live;
            bytes += chunk.live_bytes;
        });
        assert_eq!(live, self.areas.len());
        assert_eq!(statistics.usage.live, live);
        assert_eq!(statistics.usage.bytes, bytes);
        assert_eq!(statistics.counts.freed, self.freed);
        for (&handle, area) in &self.areas {
            // Rounded up to its alignment, then to a class.
            let most = (area.size + area.align.min(64) - 1) * 9 / 8;
            let size = self.tested.size_of(Handle(handle)).unwrap();
            assert!(size >= area.size && size <= most.next_multiple_of(GRANULE));
        }
    }

    fn wrong_frees(&self, random: &mut Rng) {
        let before = self.tested.usage();
        if let Some(handle) = self.nth(random.u64(..1 << 30)) {
            let area = &self.areas[&handle];
            let inside = random.u64(..area.size as u64) as usize;
            if inside > 0 {
                let refused = self.tested.free(Handle(handle + inside));
                assert!(
                    matches!(refused, Err(FreeError::Interior { start, .. }) if start.0 == handle)
                );
            }
        }
        let statics = self.tested.free(Handle(common::TEMPLATE + 16));
        assert!(matches!(statics, Err(FreeError::Static { .. })));
        let foreign = self.tested.free(Handle(0x10));
        assert!(matches!(foreign, Err(FreeError::Foreign { .. })));
        assert_eq!(self.tested.free(Handle(0)), Ok(()));
        assert_eq!(self.tested.usage(), before);
    }

    /// The n-th request to the machine fails: an error or success, and nothing lost.
    fn fails_cleanly(&mut self, random: &mut Rng, size: usize, align: usize) {
        self.tested.trim();
        let (before, pages) = (self.tested.usage(), self.machine.count());
        self.machine
            .fail
            .store(1 + random.u64(..UNITS as u64 + 1), Ordering::Relaxed);
        let result = self.tested.alloc(size, align);
        self.machine.fail.store(0, Ordering::Relaxed);
        match result {
            Ok(handle) => {
                assert_eq!(self.tested.free(handle), Ok(()));
                self.freed += 1;
            }
            Err(error) => assert_eq!(error, AllocError::OutOfMemory { size, align }),
        }
        self.tested.trim();
        assert_eq!((self.tested.usage(), self.machine.count()), (before, pages));
    }
}

fn run(seed: u64, operations: u64, limit: usize, magazine: usize) {
    let machine = Machine::default();
    let sizes = Sizes::new(1000, 8192, DYNAMIC_RESERVE, UNITS).unwrap();
    let tested = allocator_with(&machine, &machine, sizes, magazine);
    let at_start = (tested.usage(), machine.count());
    let mut model = Model {
        machine: &machine,
        tested,
        areas: BTreeMap::new(),
        freed: 0,
    };
    let mut random = Rng::with_seed(seed);
    for operation in 0..operations {
        machine.cpu.store(random.usize(..UNITS), Ordering::Relaxed);
        model.step(&mut random, limit);
        let usage = model.tested.usage();
        assert_eq!(usage.live, model.areas.len());
        if operation % 50 == 0 {
            model.tested.verify().unwrap();
            model.adds_up();
        }
    }
    for (handle, area) in std::mem::take(&mut model.areas) {
        model.check(handle, &area);
        assert_eq!(model.tested.free(Handle(handle)), Ok(()));
        let twice = model.tested.free(Handle(handle));
        assert!(matches!(twice, Err(FreeError::NotAllocated { .. })));
    }
    model.tested.trim();
    model.tested.verify().unwrap();
    assert_eq!((model.tested.usage(), machine.count()), at_start);
}

/// Under Miri each takes a thousand times as long.
const OPERATIONS: u64 = if cfg!(miri) { 300 } else { 100_000 };

#[test]
fn few_areas() {
    run(1, OPERATIONS, 20, MAGAZINE);
}

#[test]
fn many_areas() {
    run(2, OPERATIONS, 400, MAGAZINE);
}

#[test]
fn areas_without_magazines() {
    run(4, OPERATIONS, 100, 0);
}

/// `OPERATIONS=20000000 cargo test -p percpu --test model -- --ignored`
#[test]
#[ignore = "hours, or as long as OPERATIONS says"]
fn long() {
    let operations = std::env::var("OPERATIONS").ok();
    let operations = operations.and_then(|text| text.parse().ok());
    run(3, operations.unwrap_or(20_000_000), 200, MAGAZINE);
}
