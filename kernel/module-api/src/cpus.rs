//! CPUs: how many there are, and functions on them.

use crate::kernel::{call_on_cpu, num_online_cpus, on_each_cpu};

/// Possible CPUs: numbers `0..possible()`. Each has its copy of every per-CPU variable.
pub fn possible() -> u32 {
    this_cpu::kernel::nr_cpu_ids()
}

/// CPUs that run.
pub fn online() -> u32 {
    num_online_cpus()
}

/// Runs `work` on every online CPU at once, with interrupts off; returns when it has
/// ended on all of them. Not for interrupt handlers; and `work` must not ask for other
/// CPUs itself.
///
/// All of them use one `work`, so it is `Sync`.
pub fn on_each<F: Fn() + Sync>(work: F) {
    // SAFETY: L7, L8: `call::<F>` takes a pointer to an `F`, which several CPUs may use.
    unsafe { on_each_cpu(call::<F>, (&raw const work).cast_mut().cast()) }
}

/// Runs `work` on one CPU, with interrupts off, and returns when it has ended; an error
/// number (ENODEV) if the CPU isn't online. Not for interrupt handlers; and `work` must
/// not ask for other CPUs itself.
pub fn on<F: Fn() + Sync>(cpu: u32, work: F) -> Result<(), i32> {
    // SAFETY: L7, L8: `call::<F>` takes a pointer to an `F`, which another CPU may use.
    match unsafe { call_on_cpu(cpu, call::<F>, (&raw const work).cast_mut().cast()) } {
        0 => Ok(()),
        error => Err(-error),
    }
}

extern "C" fn call<F: Fn()>(work: *mut ()) {
    // SAFETY: L8: the functions above pass an `F` that lives until the call has ended.
    unsafe { (*work.cast::<F>())() }
}
