//! What CPUs in each other's way get done: pairs of alloc and free, on one CPU and on more
//! at once, all from one allocator.
//!
//! ```text
//!  CPU 0  task ─► ready ........ go ─► its pairs ────────► end
//!  CPU 1  task ─────────► ready  go ─► its pairs ──► end
//!                                └──── measured ─────────┘
//! ```
//!
//! CPUs get in each other's way only where they really run at once, so this is for a guest
//! with as many host cores as CPUs, and by the host's clock: `./qemu-run.sh bench
//! --contention`. Under `-icount` one CPU runs at a time.

use super::figures::{BenchError, Figures, record};
use super::pairs::pairs;
use crate::{cpus, smp};
use arch::cpu;
use arch::timer::{self, Deadline};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// CPUs at once, and what their figure is called.
const TOGETHER: [(u32, &str); 4] = [
    (1, "pairs_1_cpu"),
    (2, "pairs_2_cpus"),
    (4, "pairs_4_cpus"),
    (8, "pairs_8_cpus"),
];

/// Pairs of each CPU.
const PAIRS: u64 = 200_000;

/// Seconds that CPUs may take to come together.
const PATIENCE: u64 = 20;

/// On as many CPUs as there are figures for.
pub fn all(figures: &mut Figures) -> Result<(), BenchError> {
    // Warm: the first allocation may populate a page.
    pairs(16)?;
    for (count, name) in TOGETHER {
        if cpus::online_count() >= count {
            let nanoseconds = together(count)?;
            record(figures, name, u64::from(count) * PAIRS, nanoseconds)?;
        }
    }
    Ok(())
}

/// Nanoseconds from the moment when the first `count` online CPUs are ready to the end of
/// the last.
fn together(count: u32) -> Result<u64, BenchError> {
    let (ready, failed) = (AtomicU32::new(0), AtomicBool::new(false));
    let (start, end) = (AtomicU64::new(0), AtomicU64::new(0));
    smp::run_as_task_on_each(|| {
        let mut chosen = cpus::online().take(count as usize);
        if !chosen.any(|cpu| cpu == cpu::number()) {
            return;
        }
        if ready.fetch_add(1, Ordering::AcqRel) + 1 == count {
            start.store(timer::now(), Ordering::Relaxed);
        }
        let limit = Deadline::after_seconds(PATIENCE);
        while ready.load(Ordering::Acquire) < count {
            if limit.is_past() {
                failed.store(true, Ordering::Relaxed);
                return;
            }
            cpu::relax();
        }
        if pairs(PAIRS).is_err() {
            failed.store(true, Ordering::Relaxed);
        }
        end.fetch_max(timer::now(), Ordering::Relaxed);
    })?;
    if failed.into_inner() {
        return Err(BenchError::NotTogether(count));
    }
    Ok(timer::nanoseconds(end.into_inner() - start.into_inner()))
}
