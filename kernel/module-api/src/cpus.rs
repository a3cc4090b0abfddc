//! CPUs: how many there are, and functions on them.

unsafe extern "C" {
    safe fn num_online_cpus() -> u32;
    fn on_each_cpu(function: extern "C" fn(*mut ()), argument: *mut ());
    fn call_on_cpu(cpu: u32, function: extern "C" fn(*mut ()), argument: *mut ()) -> i32;
}

/// Possible CPUs: numbers `0..possible()`.
pub fn possible() -> u32 {
    this_cpu::kernel::nr_cpu_ids()
}

/// CPUs that run.
pub fn online() -> u32 {
    num_online_cpus()
}

/// Runs `work` on every online CPU, interruptions off; returns when all are done.
pub fn on_each<F: Fn() + Sync>(work: F) {
    // SAFETY: `call::<F>` takes a pointer to an `F`; the call waits for all CPUs.
    unsafe { on_each_cpu(call::<F>, (&raw const work).cast_mut().cast()) }
}

/// Runs `work` on one CPU; an errno if it isn't online.
pub fn on<F: Fn() + Sync>(cpu: u32, work: F) -> Result<(), i32> {
    // SAFETY: as above.
    match unsafe { call_on_cpu(cpu, call::<F>, (&raw const work).cast_mut().cast()) } {
        0 => Ok(()),
        error => Err(-error),
    }
}

extern "C" fn call<F: Fn()>(work: *mut ()) {
    // SAFETY: the functions above pass an `F` that outlives the call.
    unsafe { (*work.cast::<F>())() }
}
