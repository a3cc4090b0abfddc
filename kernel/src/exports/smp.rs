//! linux/smp.h: functions on other CPUs, for modules in C.
//!
//! A called function runs with interrupts off, on a CPU that others wait for. From there it
//! may call nobody: in place of the panic that this is for the kernel's own code, a module
//! gets a warning with the place that asked.

use super::module_api::caller;
use crate::{continuation, smp, warning};
use arch::cpu;
use module_api::errno;
use this_cpu::{Variable, percpu};

module_api::export_symbol!(__kernel_on_each_cpu(_, _), __kernel_call_on_cpu(_, _, _));

percpu! {
    /// Called functions of modules that run on this CPU: 0 or 1.
    static IN_CALL: u32 = 0;
}

/// Runs what a module calls, on the CPU that it is called on.
fn run(function: smp::Function, argument: usize) {
    IN_CALL.inc();
    function(core::ptr::with_exposed_provenance_mut(argument));
    IN_CALL.dec();
    // What it began to print without an end.
    continuation::flush();
}

/// Whether the running code may call other CPUs; if not, warns.
#[inline(always)]
fn may_call() -> bool {
    let why = match (IN_CALL.read(), cpu::interrupts_enabled()) {
        (0, true) => return true,
        (0, false) => "with interrupts off: two that do so wait for each other",
        _ => "from a function that was called itself: its caller waits for it",
    };
    let caller = caller();
    warning::print(format_args!(
        "{caller} calls other CPUs {why}. Nobody is called"
    ));
    false
}

/// Runs a function on every online CPU, interrupts off, and returns when it has ended on
/// all: 0, or a negative error number, which is logged. From a called function, or with
/// interrupts off, it warns and does nothing.
#[unsafe(no_mangle)]
extern "C" fn __kernel_on_each_cpu(function: smp::Function, argument: *mut ()) -> i32 {
    if !may_call() {
        return -errno::EBUSY;
    }
    let argument = argument.expose_provenance();
    match smp::run_on_each(|| run(function, argument)) {
        Ok(()) => 0,
        Err(problem) => {
            log::error!("on_each_cpu for {}: {problem}", caller());
            -errno::ENODEV
        }
    }
}

/// As [`__kernel_on_each_cpu`], on one CPU: -ENXIO, and nothing logged, if that isn't online.
#[unsafe(no_mangle)]
extern "C" fn __kernel_call_on_cpu(cpu: u32, function: smp::Function, argument: *mut ()) -> i32 {
    if !may_call() {
        return -errno::EBUSY;
    }
    let argument = argument.expose_provenance();
    match smp::run_on(cpu, || run(function, argument)) {
        Ok(()) => 0,
        Err(smp::Error::NotOnline(_)) => -errno::ENXIO,
        Err(problem) => {
            log::warn!("call_on_cpu for {}: {problem}", caller());
            -errno::ENODEV
        }
    }
}
