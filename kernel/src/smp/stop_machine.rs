//! All other CPUs hold still while one does something that they mustn't disturb.
//!
//! The architecture asks for nothing of the kind; QEMU does, for orders that change what a
//! stopped CPU is (docs/QEMU.md).

use super::call::run_on_others;
use super::error::Error;
use crate::waiting::{Wait, wait_until};
use arch::cpu;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Microseconds until all others hold still: no CPU keeps its interrupts off for as long, and
/// a signal that doesn't come is made good by the next clock interruption.
const PATIENCE: u64 = 4_000_000;

/// Microseconds that they hold still at most.
const LONGEST: u64 = 60_000_000;

/// Does `work` with interrupts off, while all other online CPUs hold still. Interrupts on
/// before, no lock held.
///
/// # Errors
/// Others don't hold still, and nothing was done.
pub fn stop_machine<R>(work: impl FnOnce() -> R) -> Result<R, Error> {
    let this = cpu::number();
    let (still, is_done) = (AtomicU32::new(0), AtomicBool::new(false));
    let wait = || Wait::Call(this);
    let hold = || {
        still.fetch_add(1, Ordering::AcqRel);
        wait_until(wait, LONGEST, || is_done.load(Ordering::Acquire));
    };
    let result = run_on_others(hold, |others| {
        let result = others.and_then(|others| {
            let are_still = || still.load(Ordering::Acquire) == others;
            match wait_until(wait, PATIENCE, are_still) {
                true => Ok(work()),
                false => Err(Error::Restless),
            }
        });
        is_done.store(true, Ordering::Release);
        result
    });
    result.flatten()
}
