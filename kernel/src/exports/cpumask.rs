//! linux/cpumask.h: which CPUs there are.

use crate::smp;

module_api::export!(cpu_online, cpu_present, num_present_cpus);

/// Whether the CPU runs.
#[unsafe(no_mangle)]
extern "C" fn cpu_online(cpu: u32) -> bool {
    smp::is_online(cpu)
}

/// Whether the machine has the CPU.
#[unsafe(no_mangle)]
extern "C" fn cpu_present(cpu: u32) -> bool {
    cpu < smp::present()
}

/// CPUs that the machine has.
#[unsafe(no_mangle)]
extern "C" fn num_present_cpus() -> u32 {
    smp::present()
}
