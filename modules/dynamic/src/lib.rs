//! Dynamic per-CPU variables in a module.
//!
//! The handle is a pointer from the allocator. No symbol names it, so there is
//! nothing to take from a GOT: it is added to the offset as it is.
#![no_std]

use core::cell::UnsafeCell;
use module_api::{PerCpu, Variable, errno, export, module, print};

module! {
    description: "Counts on dynamic per-CPU variables",
    license: "MIT",
    init: init,
    exit: exit,
}

/// Two variables, from init to exit.
struct Counts {
    hits: PerCpu<u64>,
    bytes: PerCpu<u8>,
}

struct Slot(UnsafeCell<Option<Counts>>);

// SAFETY: L1: written by init and exit only, and the loader lets nothing else of
// the module run meanwhile.
unsafe impl Sync for Slot {}

static COUNTS: Slot = Slot(UnsafeCell::new(None));

fn counts() -> Option<&'static Counts> {
    // SAFETY: L1: neither init nor exit runs.
    unsafe { (*COUNTS.0.get()).as_ref() }
}

fn init() -> Result<(), i32> {
    let no_memory = |error| {
        print!("{error}");
        errno::ENOMEM
    };
    let hits = PerCpu::alloc().map_err(no_memory)?;
    let bytes = PerCpu::alloc().map_err(no_memory)?;
    print!("{hits:?} and {bytes:?}");
    // SAFETY: L1: nothing else runs.
    unsafe { *COUNTS.0.get() = Some(Counts { hits, bytes }) };
    Ok(())
}

fn exit() {
    // SAFETY: L1: nothing else runs. Dropping the owners frees both variables.
    unsafe { *COUNTS.0.get() = None };
}

export! {
    /// Counts a hit on the running CPU, in both variables.
    extern "C" fn hit() {
        if let Some(counts) = counts() {
            counts.hits.inc();
            counts.bytes.inc();
        }
    }

    /// Hits on a CPU; 0 for a CPU that doesn't exist.
    extern "C" fn hits(cpu: u32) -> u64 {
        let copy = counts().and_then(|counts| counts.hits.on(cpu));
        copy.map_or(0, |copy| copy.read())
    }

    /// Hits on a CPU as its byte counts them: modulo 256.
    extern "C" fn bytes(cpu: u32) -> u64 {
        let copy = counts().and_then(|counts| counts.bytes.on(cpu));
        copy.map_or(0, |copy| u64::from(copy.read()))
    }
}
