//! A per-CPU variable of another module, by name: `counter` must be loaded first.
//!
//! The loader finds `COUNTER_VISITS` among counter's exports. Its value is a
//! handle, which goes into a GOT slot of this module like any other symbol's.
#![no_std]

use module_api::{Variable, export, module, percpu, print};

module! {
    description: "Counts on another module's per-CPU variable",
    license: "MIT",
    init: init,
    exit: exit,
}

percpu! {
    // SAFETY: P9: the type that module counter declares it with.
    unsafe extern "C" {
        static COUNTER_VISITS: u64;
    }
}

fn init() -> Result<(), i32> {
    print!("{} visits so far", COUNTER_VISITS.sum());
    Ok(())
}

fn exit() {}

export! {
    /// Reports a visit on the running CPU.
    extern "C" fn hit() {
        COUNTER_VISITS.inc();
    }

    /// Visits on a CPU, as this module sees them.
    extern "C" fn read(cpu: u32) -> u64 {
        COUNTER_VISITS.on(cpu).map_or(0, |copy| copy.read())
    }
}
