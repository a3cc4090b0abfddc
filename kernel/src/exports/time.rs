//! linux/ktime.h and linux/delay.h: the clock, and waiting for it.

use crate::console;

module_api::export_symbol!(ktime_get(), __ndelay(_));

/// Nanoseconds since the kernel's first instructions, on any CPU. In any context.
#[unsafe(no_mangle)]
extern "C" fn ktime_get() -> i64 {
    console::uptime() as i64
}

/// Returns when so many nanoseconds have passed, at the earliest: waits busily, in any
/// context.
#[unsafe(no_mangle)]
extern "C" fn __ndelay(nanoseconds: u64) {
    let start = console::uptime();
    while console::uptime() - start < nanoseconds {
        arch::cpu::relax();
    }
}
