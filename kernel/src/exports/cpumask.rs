//! linux/cpumask.h: which CPUs there are.

use crate::cpus;

module_api::export_symbol!(
    cpu_online(_),
    cpu_active(_),
    cpu_present(_),
    num_present_cpus()
);

/// Whether the CPU of this number runs.
#[unsafe(no_mangle)]
extern "C" fn cpu_online(cpu: u32) -> bool {
    cpus::is_online(cpu)
}

/// Whether threads may begin on the CPU of this number: it isn't on its way in or out.
#[unsafe(no_mangle)]
extern "C" fn cpu_active(cpu: u32) -> bool {
    cpus::state(cpu) == cpus::State::Active
}

/// Whether the machine has a CPU for this number, running or not.
#[unsafe(no_mangle)]
extern "C" fn cpu_present(cpu: u32) -> bool {
    cpu < cpus::present()
}

/// How many CPUs the machine has.
#[unsafe(no_mangle)]
extern "C" fn num_present_cpus() -> u32 {
    cpus::present()
}
