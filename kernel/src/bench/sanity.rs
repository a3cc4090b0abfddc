//! What memory that catches its misuse costs: the same work with `sanity=0` and `sanity=1`.

use super::figures::{BenchError, Figures, measure};
use crate::load_unload_rounds::{AllUnloaded, LogOff};
use crate::memory::heap::try_box;
use crate::memory::vmalloc::Area;
use crate::memory::{OutOfMemory, slab};
use crate::modules;
use module_api::PerCpu;

/// An allocation and a free by each allocator, and a load of a module with its unload.
pub fn all(figures: &mut Figures) -> Result<(), BenchError> {
    const PAIRS: u64 = 2000;
    const ROUNDS: u64 = 20;
    let frames = |OutOfMemory| BenchError::Frames;
    measure(figures, "kmalloc_64", PAIRS, || {
        (0..PAIRS).try_for_each(|_| {
            let object = slab::allocate(64).ok_or(OutOfMemory).map_err(frames)?;
            let freed = slab::free(object);
            debug_assert_eq!(freed, Ok(()));
            Ok::<_, BenchError>(())
        })
    })?;
    measure(figures, "alloc_percpu_8", PAIRS, || {
        (0..PAIRS).try_for_each(|_| PerCpu::<u64>::alloc().map(drop))
    })?;
    measure(figures, "kernel_heap_64", PAIRS, || {
        (0..PAIRS).try_for_each(|_| try_box([0_u64; 8]).map(drop).map_err(frames))
    })?;
    measure(figures, "vmalloc_page", PAIRS, || {
        (0..PAIRS)
            .try_for_each(|_| Area::aligned(arch::PAGE_SIZE, 1).map(drop))
            .map_err(|_| BenchError::Frames)
    })?;
    let _log = LogOff::new();
    let _unloaded = AllUnloaded::new()?;
    measure(figures, "load_unload", ROUNDS, || {
        (0..ROUNDS).try_for_each(|_| {
            modules::load("counter")?;
            modules::unload("counter")
        })
    })
}
