//! Slabs against a model, and on several threads.

use super::descriptor::SECTION;
use super::*;
use crate::frames::{FrameAllocator, FrameEntry};
use core::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Mutex as StdMutex;
use std::vec::Vec as StdVec;
use zerocopy::FromZeros;

std::thread_local! {
    static CPU: Cell<usize> = const { Cell::new(0) };
}

/// Frames of a machine that isn't there.
struct Machine {
    frames: StdMutex<FrameAllocator<'static>>,
}

impl Machine {
    fn new(frames: usize) -> Self {
        let table = StdVec::leak(std::vec![FrameEntry::NO_HEAD; frames]);
        let mut allocator = FrameAllocator::new(table);
        allocator.add(SECTION / 2, frames);
        Self {
            frames: StdMutex::new(allocator),
        }
    }

    fn free(&self) -> usize {
        self.frames.lock().unwrap().free()
    }
}

impl Backing for &Machine {
    type ClassLock = parking_lot::RawMutex;
    type MagazineLock = parking_lot::RawMutex;

    fn this_cpu(&self) -> usize {
        CPU.get()
    }

    fn take(&self, order: usize) -> Option<usize> {
        self.frames.lock().unwrap().take(order)
    }

    fn give(&self, frame: usize, order: usize) {
        let given = self.frames.lock().unwrap().give(frame, order);
        given.expect("a block that is in use");
    }

    fn section(&self) -> Option<&'static Section> {
        Some(std::boxed::Box::leak(Section::new_box_zeroed().unwrap()))
    }
}

/// Live objects: their bytes, by address.
type Live = BTreeMap<usize, usize>;

/// An object is where no other is, and aligned as its size allows.
fn enter(live: &mut Live, address: usize, bytes: usize, size: usize) {
    assert!(size >= bytes);
    if bytes.is_power_of_two() {
        assert!(address.is_multiple_of(bytes.min(PAGE_SIZE)));
    }
    assert!(address.is_multiple_of(16));
    let before = live.range(..address + size).next_back();
    assert!(before.is_none_or(|(&start, &size)| start + size <= address));
    live.insert(address, size);
}

fn random_bytes(random: &mut fastrand::Rng) -> usize {
    match random.u32(..20) {
        0 => random.usize(1..=4 * LARGEST),
        1..5 => 1 << random.usize(..=13),
        _ => random.usize(1..=256),
    }
}

#[test]
fn model() {
    for seed in 0..8 {
        let mut random = fastrand::Rng::with_seed(seed);
        let machine = Machine::new(SECTION);
        let free_at_first = machine.free();
        let cpus = 3;
        let slabs = Slabs::new(SECTION, cpus, &machine).unwrap();
        let (mut live, mut order) = (Live::new(), StdVec::new());
        let mut refused = 0;
        for step in 0..20_000 {
            CPU.set(random.usize(..cpus));
            // It grows for a while, then shrinks.
            if random.u32(..100) < if step % 8000 < 5000 { 65 } else { 35 } {
                let bytes = random_bytes(&mut random);
                match slabs.allocate(bytes) {
                    Some(address) => {
                        let size = slabs.size_of(address).unwrap();
                        enter(&mut live, address, bytes, size);
                        order.push(address);
                    }
                    None => refused += 1,
                }
            } else if !order.is_empty() {
                let address = order.swap_remove(random.usize(..order.len()));
                let size = live.remove(&address).unwrap();
                assert_eq!(slabs.free(address), Ok(()));
                assert!(slabs.free(address).is_err(), "freed twice");
                assert!(slabs.size_of(address).is_err());
                if size <= LARGEST {
                    assert_ne!(
                        slabs.free(address + 8),
                        Ok(()),
                        "the inside of a free object"
                    );
                }
            }
            if let Some((&start, &size)) = live.first_key_value() {
                let inside = start + random.usize(1..size.min(PAGE_SIZE));
                assert_eq!(
                    slabs.free(inside),
                    Err(NotLive::Inside { start, bytes: size })
                );
            }
            if random.u32(..500) == 0 {
                slabs.shrink();
            }
            if step % 64 == 0 {
                assert!(slabs.verify());
                let counted: usize = slabs.usage().iter().map(|usage| usage.live).sum();
                assert_eq!(counted + slabs.large().blocks, live.len());
            }
        }
        for address in order {
            slabs.free(address).unwrap();
        }
        slabs.shrink();
        assert!(slabs.verify());
        assert_eq!(machine.free(), free_at_first, "seed {seed}");
        assert_eq!(slabs.large(), LargeUsage::default());
        assert!(slabs.usage().iter().all(|usage| usage.objects == 0));
        assert!(seed != 0 || refused > 0, "memory runs out now and then");
    }
}

#[test]
fn what_was_never_an_object_is_refused() {
    let machine = Machine::new(2 * SECTION);
    let slabs = Slabs::new(2 * SECTION, 1, &machine).unwrap();
    for address in [0, 8, 0x5000, (2 * SECTION) * PAGE_SIZE, usize::MAX] {
        assert_eq!(slabs.free(address), Err(NotLive::Foreign));
    }
    // Behind the last object of a slab whose size doesn't divide it.
    let address = slabs.allocate(192).unwrap();
    let slab = address / PAGE_SIZE * PAGE_SIZE;
    let end = slab + PAGE_SIZE / 192 * 192;
    assert_eq!(slabs.free(end), Err(NotLive::Foreign));
    assert_eq!(slabs.free(address), Ok(()));
    assert_eq!(slabs.free(address), Err(NotLive::Free { bytes: 192 }));
}

#[test]
fn an_object_comes_while_any_magazine_has_one() {
    let machine = Machine::new(SECTION);
    let slabs = Slabs::new(SECTION, 2, &machine).unwrap();
    let mut all = StdVec::new();
    while let Some(address) = slabs.allocate(64) {
        all.push(address);
    }
    assert_eq!(all.len(), SECTION / 2 * PAGE_SIZE / 64);
    let first = all.pop().unwrap();
    slabs.free(first).unwrap();
    CPU.set(1);
    assert_eq!(slabs.allocate(64), Some(first), "the other CPU keeps it");
    assert_eq!(slabs.allocate(64), None);
    // A whole slab's objects serve another class.
    let page = all
        .iter()
        .position(|a| a.is_multiple_of(PAGE_SIZE))
        .unwrap();
    let page = all[page];
    for &address in all.iter().filter(|&a| a / PAGE_SIZE == page / PAGE_SIZE) {
        slabs.free(address).unwrap();
    }
    assert!(slabs.allocate(256).is_some());
    CPU.set(0);
}

#[test]
fn a_taken_magazine_is_done_without() {
    let machine = Machine::new(2 * SECTION);
    let slabs = Slabs::new(2 * SECTION, 1, &machine).unwrap();
    let taken = slabs.by_cpu[0].lock();
    let address = slabs.allocate(32).unwrap();
    assert_eq!(slabs.free(address), Ok(()));
    drop(taken);
    assert_eq!(slabs.usage()[1].kept, 0);
    assert!(slabs.verify());
}

#[test]
fn threads() {
    let cpus = 4;
    let machine = Machine::new(16 * SECTION);
    let free_at_first = machine.free();
    let slabs = Slabs::new(16 * SECTION, cpus, &machine).unwrap();
    let passed = StdMutex::new(StdVec::new());
    std::thread::scope(|scope| {
        for cpu in 0..cpus {
            let (slabs, passed) = (&slabs, &passed);
            scope.spawn(move || {
                CPU.set(cpu);
                let mut random = fastrand::Rng::with_seed(cpu as u64);
                for _ in 0..20_000 {
                    let address = slabs.allocate(random_bytes(&mut random)).unwrap();
                    passed.lock().unwrap().push(address);
                    let mut passed = passed.lock().unwrap();
                    let at = random.usize(..passed.len());
                    let other = (passed.len() > 100).then(|| passed.swap_remove(at));
                    drop(passed);
                    if let Some(other) = other {
                        slabs.free(other).unwrap();
                    }
                    if random.u32(..1000) == 0 {
                        slabs.shrink();
                    }
                }
            });
        }
    });
    for address in passed.into_inner().unwrap() {
        slabs.free(address).unwrap();
    }
    slabs.shrink();
    assert!(slabs.verify());
    assert_eq!(machine.free(), free_at_first);
}
