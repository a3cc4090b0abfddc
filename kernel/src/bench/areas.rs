//! What per-CPU areas cost: to allocate and to free.

use super::figures::{BenchError, Figures, measure};
use super::pairs::pairs;
use crate::percpu::{self, AllocError, Handle};
use fallible::filled;

/// Pairs alone.
pub fn pair(figures: &mut Figures) -> Result<(), BenchError> {
    with_live(figures, "alloc_free_8", 0, 10_000)
}

/// The work that Linux has, too; and pairs while others live.
pub fn all(figures: &mut Figures) -> Result<(), BenchError> {
    pair(figures)?;
    with_live(figures, "alloc_free_8_100_live", 100, 1_000_000)?;
    with_live(figures, "alloc_free_8_100000_live", 100_000, 1_000_000)?;
    batch(figures, 4096, "alloc_8_batch_alloc", "alloc_8_batch_free")?;
    large_batch(figures)?;
    mixed(figures)
}

/// More areas at once than a CPU may keep to itself.
pub fn large_batch(figures: &mut Figures) -> Result<(), BenchError> {
    batch(
        figures,
        65_536,
        "alloc_8_batch_alloc_65536",
        "alloc_8_batch_free_65536",
    )
}

/// Frees an area that is its caller's own, or none.
fn free(area: Handle) {
    let freed = percpu::free(area);
    debug_assert_eq!(freed, Ok(()));
}

/// Alloc and free of 8 bytes with so many other 8-byte areas live.
pub fn with_live(
    figures: &mut Figures,
    name: &'static str,
    live: usize,
    count: u64,
) -> Result<(), BenchError> {
    let mut areas = filled(live, Handle(0))?;
    percpu::alloc_batch(8, 8, &mut areas)?;
    // Warm: the first allocation may populate a page.
    pairs(16)?;
    let result = measure(figures, name, count, || pairs(count));
    areas.into_iter().for_each(free);
    result
}

/// Areas of 8 bytes, one by one: all allocated, then all freed.
fn batch(
    figures: &mut Figures,
    count: usize,
    alloc: &'static str,
    frees: &'static str,
) -> Result<(), BenchError> {
    let mut areas = filled(count, Handle(0))?;
    let allocated = measure(figures, alloc, count as u64, || {
        for area in &mut areas {
            *area = percpu::alloc(8, 8)?;
        }
        Ok::<_, AllocError>(())
    });
    if allocated.is_err() {
        areas.into_iter().for_each(free);
        return allocated;
    }
    measure(figures, frees, count as u64, || {
        areas.iter().copied().for_each(free);
        Ok::<_, AllocError>(())
    })
}

/// Sizes of 8 to 1,023 bytes, aligned to 8 to 64, in a ring: each place is freed and
/// allocated anew. The last are freed, too: there are as many frees as allocations.
pub fn mixed(figures: &mut Figures) -> Result<(), BenchError> {
    const RING: usize = 512;
    const COUNT: usize = 4096;
    let mut ring = filled(RING, Handle(0))?;
    let mut state = 1u32;
    let mut random = || {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        (state >> 16) as usize
    };
    measure(figures, "alloc_mixed", COUNT as u64, || {
        let result = (0..COUNT).try_for_each(|index| {
            let size = 8 + random() % 1016;
            let align = 8 << (random() % 4);
            let place = &mut ring[index % RING];
            // On an early return the place must not name what was freed.
            free(core::mem::replace(place, Handle(0)));
            *place = percpu::alloc(size, align)?;
            Ok(())
        });
        ring.iter().copied().for_each(free);
        result.map_err(|error: AllocError| error)
    })
}
