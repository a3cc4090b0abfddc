//! linux/percpu_counter.h: counters that what a CPU leaves is moved in.

use crate::percpu::counters::{self, Counter};

module_api::export_symbol!(__percpu_counter_enter(_), __percpu_counter_take_away(_));

/// Enters a counter, whose copies are there. In any context, with no lock of the kernel's held.
#[unsafe(no_mangle)]
unsafe extern "C" fn __percpu_counter_enter(counter: *mut Counter) {
    // SAFETY: L7, L11: a counter that is initialised, and calls this once.
    unsafe { counters::enter(counter) }
}

/// Takes a counter away, before its copies are freed. In the contexts of
/// [`__percpu_counter_enter`].
#[unsafe(no_mangle)]
unsafe extern "C" fn __percpu_counter_take_away(counter: *mut Counter) {
    // SAFETY: L7, L11: a counter that was entered.
    unsafe { counters::take_away(counter) }
}
