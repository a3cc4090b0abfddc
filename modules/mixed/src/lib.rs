//! One generic function, a static and a dynamic variable.
//!
//! `count` is compiled twice: for the static's type it loads the handle from a GOT
//! slot, for `PerCpu` it takes the value. The type decided; no branch is left at
//! run time. This is what the mail's macro wanted of `__builtin_constant_p`.
#![no_std]

use core::cell::UnsafeCell;
use module_api::{Integer, PerCpu, Scalar, Variable, errno, export, module, percpu};

module! {
    description: "One generic function on static and dynamic variables",
    license: "MIT",
    init: init,
    exit: exit,
}

percpu! {
    static FIXED: u64 = 0;
}

struct Slot(UnsafeCell<Option<PerCpu<u32>>>);

// SAFETY: L1: written by init and exit only, and the loader lets nothing else of
// the module run meanwhile.
unsafe impl Sync for Slot {}

static ALLOCATED: Slot = Slot(UnsafeCell::new(None));

fn variable() -> Option<&'static PerCpu<u32>> {
    // SAFETY: L1: neither init nor exit runs.
    unsafe { (*ALLOCATED.0.get()).as_ref() }
}

fn init() -> Result<(), i32> {
    let variable = PerCpu::alloc().map_err(|_| errno::ENOMEM)?;
    // SAFETY: L1: nothing else runs.
    unsafe { *ALLOCATED.0.get() = Some(variable) };
    Ok(())
}

fn exit() {
    // SAFETY: L1: nothing else runs.
    unsafe { *ALLOCATED.0.get() = None };
}

fn count<V: Variable<Value: Integer>>(variable: &V) {
    variable.inc();
}

fn copy<V: Variable<Value: Scalar + Into<u64>>>(variable: &V, cpu: u32) -> u64 {
    variable.on(cpu).map_or(0, |copy| copy.read().into())
}

export! {
    /// Counts a hit on the running CPU, in both variables.
    extern "C" fn hit() {
        count(&FIXED);
        if let Some(variable) = variable() {
            count(variable);
        }
    }

    /// Hits on a CPU, by the static variable.
    extern "C" fn fixed(cpu: u32) -> u64 {
        copy(&FIXED, cpu)
    }

    /// Hits on a CPU, by the dynamic variable.
    extern "C" fn allocated(cpu: u32) -> u64 {
        variable().map_or(0, |variable| copy(variable, cpu))
    }
}
