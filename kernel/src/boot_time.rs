//! What booting takes: from the kernel's entry to the first call of a module's init.

use arch::timer;
use core::sync::atomic::{AtomicU64, Ordering};

/// Clock values; 0 for what hasn't happened. The clock has counted since 1900.
static ENTRY: AtomicU64 = AtomicU64::new(0);
static FIRST_INIT: AtomicU64 = AtomicU64::new(0);

/// The kernel begins. Once, before anything else.
pub fn entered() {
    ENTRY.store(timer::now(), Ordering::Relaxed);
}

/// A module's init is called next. Any context.
pub fn calling_init() {
    if FIRST_INIT.load(Ordering::Relaxed) == 0 {
        let now = timer::now();
        // Whichever CPU comes second leaves the first one's.
        let _first = FIRST_INIT.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Nanoseconds from the kernel's entry to the first call of an init; `None` before that.
pub fn nanoseconds() -> Option<u64> {
    match FIRST_INIT.load(Ordering::Relaxed) {
        0 => None,
        init => Some(timer::nanoseconds(init - ENTRY.load(Ordering::Relaxed))),
    }
}

/// Nanoseconds since the kernel's entry.
pub fn since_entry() -> u64 {
    let entry = ENTRY.load(Ordering::Relaxed);
    timer::nanoseconds(timer::now().wrapping_sub(entry))
}
