//! What objects of slabs cost: all allocated, then all freed, in random order.

use super::figures::{BenchError, Figures, measure};
use crate::memory::{OutOfMemory, slab};
use fallible::filled;

/// As many objects live, and that many more.
pub fn all(figures: &mut Figures) -> Result<(), BenchError> {
    for (name, count) in [
        ("kmalloc_kfree_1k", 1000),
        ("kmalloc_kfree_10k", 10_000),
        ("kmalloc_kfree_100k", 100_000),
        ("kmalloc_kfree_1m", 1_000_000),
    ] {
        let result = random_order(figures, name, count);
        slab::shrink();
        result?;
    }
    Ok(())
}

/// Objects of 8 to 256 bytes. One operation is an allocation and a free.
fn random_order(figures: &mut Figures, name: &'static str, count: usize) -> Result<(), BenchError> {
    let mut objects = filled(count, 0)?;
    let mut random = Random(1);
    let mut order = filled(count, 0_u32)?;
    for at in 0..count {
        let other = random.below(at + 1);
        order[at] = order[other];
        order[other] = at as u32;
    }
    measure(figures, name, count as u64, || {
        let allocated = objects.iter_mut().try_for_each(|object| {
            *object = slab::allocate(8 + random.below(249)).ok_or(OutOfMemory)?;
            Ok(())
        });
        for &at in &order {
            match objects[at as usize] {
                // Behind one that couldn't be had.
                0 => {}
                object => free(object),
            }
        }
        allocated.map_err(|OutOfMemory| BenchError::Frames)
    })
}

/// Frees an object that is its caller's own.
fn free(object: usize) {
    let freed = slab::free(object);
    debug_assert_eq!(freed, Ok(()));
}

/// A linear congruential generator: Knuth's MMIX.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 32) as usize * end) >> 32
    }
}
