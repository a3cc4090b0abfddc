//! All other CPUs hold still while one does something that they mustn't disturb.
//!
//! The architecture asks for nothing of the kind; QEMU does, for orders that change what a
//! stopped CPU is (docs/QEMU.md).

use super::call::run_on_each;
use super::error::Error;
use crate::cpus;
use crate::waiting::{Wait, wait_until};
use arch::cpu;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use spin::Mutex;

/// Microseconds until all others hold still, and that they do so at most.
const PATIENCE: u64 = 10_000_000;

/// Does `work` with interrupts off, while all other online CPUs hold still. By the one who
/// leads CPUs in and out: nobody comes or goes meanwhile. Interrupts on, no lock held.
///
/// # Errors
/// Others don't hold still, and nothing was done.
pub fn while_others_hold_still<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R, Error> {
    let this = cpu::number();
    let others = u32::from(cpus::online_count()) - 1;
    let (still, is_done) = (AtomicU32::new(0), AtomicBool::new(false));
    let work = Mutex::new(Some(work));
    let result = Mutex::new(None);
    let called = run_on_each(|| {
        let wait = || Wait::Call(this);
        if cpu::number() != this {
            still.fetch_add(1, Ordering::AcqRel);
            wait_until(wait, PATIENCE, || is_done.load(Ordering::Acquire));
            return;
        }
        let are_still = || still.load(Ordering::Acquire) == others;
        let work = work.lock().take();
        if wait_until(wait, PATIENCE, are_still)
            && let Some(work) = work
        {
            *result.lock() = Some(work());
        }
        is_done.store(true, Ordering::Release);
    });
    match (result.into_inner(), called) {
        (Some(result), _) => Ok(result),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(Error::Restless),
    }
}
