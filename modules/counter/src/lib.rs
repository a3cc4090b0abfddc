//! Static per-CPU variables in a module: the case the whole kernel exists for.
//!
//! Two variables are the module's own, one is exported. Each access loads the
//! handle from a GOT slot (`lgrl`, R_390_GOTENT): the per-CPU area is too far for
//! `larl`. Disassemble it and look for the offset 816.
#![no_std]
#![forbid(unsafe_code)]

use module_api::{Variable, export, module, percpu, print};

module! {
    description: "Counts on static per-CPU variables",
    license: "MIT",
    init: init,
    exit: exit,
}

percpu! {
    /// Hits on each CPU.
    static HITS: u64 = 0;
    /// Counts down from a value that every CPU's copy starts with.
    static LEFT: u32 = 1_000_000;
    /// Visits that another module reports here, which knows it as `COUNTER_VISITS`.
    #[export]
    pub static VISITS: u64 = 0;
}

fn init() -> Result<(), i32> {
    print!("this CPU has {} hits, {} left", HITS.read(), LEFT.read());
    Ok(())
}

fn exit() {
    print!("{} hits on all CPUs", HITS.sum());
}

export! {
    /// Counts a hit on the running CPU, in both variables.
    extern "C" fn hit() {
        HITS.inc();
        LEFT.dec();
    }

    /// Hits on a CPU; 0 for a CPU that doesn't exist.
    extern "C" fn hits(cpu: u32) -> u64 {
        HITS.on(cpu).map_or(0, |copy| copy.read())
    }

    /// What a CPU has left; 0 for a CPU that doesn't exist.
    extern "C" fn left(cpu: u32) -> u64 {
        LEFT.on(cpu).map_or(0, |copy| u64::from(copy.read()))
    }

    /// Visits on a CPU; 0 for a CPU that doesn't exist.
    extern "C" fn visits(cpu: u32) -> u64 {
        VISITS.on(cpu).map_or(0, |copy| copy.read())
    }
}
