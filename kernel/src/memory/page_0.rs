//! Page 0: each CPU's lowcore, which all may read and nobody may write; but while code compiled
//! for Linux is loaded that keeps its preempt count there, above byte 511.
//!
//! Bytes 0 to 511 stay protected by the machine (low-address protection), and nothing is mapped
//! behind the page.

use super::real;
use arch::dat::Protection;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Those for whom the page is writable; changed under the memory's lock.
static USERS: AtomicUsize = AtomicUsize::new(0);

/// Page 0 is writable as long as there is one of these.
#[derive(Debug)]
pub struct WritablePage0(());

impl WritablePage0 {
    /// Makes it so.
    pub fn new() -> Self {
        real::with(|memory| {
            if USERS.fetch_add(1, Ordering::Relaxed) == 0 {
                protect(memory, Protection::ReadWrite);
            }
        });
        Self(())
    }
}

impl Drop for WritablePage0 {
    fn drop(&mut self) {
        real::with(|memory| {
            if USERS.fetch_sub(1, Ordering::Relaxed) == 1 {
                protect(memory, Protection::ReadOnly);
            }
        });
    }
}

fn protect(memory: &mut real::RealMemory, protection: Protection) {
    // SAFETY: M1: lowcore's page, which this file has to itself. M2: it is executable under
    // neither protection.
    let is_mapped = unsafe { memory.space.protect_in_use(0, protection) };
    assert!(is_mapped, "page 0 is always mapped");
}
