//! What `module-api` and `this-cpu` ask of the kernel.
//!
//! Errors go back as negative error numbers, or as a null handle.

use crate::backtrace::Address;
use crate::percpu::{self, AllocError, Handle};
use crate::{cpus, panic, smp};
use arch::backtrace::{Step, Walk};
use arch::stack;
use log::{error, warn};
use module_api::errno;

module_api::export_symbol!(
    kernel_print(_, _, _),
    module_panic(_, _),
    num_online_cpus(),
    nr_cpu_ids(),
    on_each_cpu(_, _),
    call_on_cpu(_, _, _),
    per_cpu_offset(_),
    __alloc_percpu(_, _),
    __alloc_percpu_atomic(_, _),
    free_percpu(_),
);

/// Where the exported function that asks was called from.
#[inline(always)]
pub fn caller() -> Address {
    match Walk::from(stack::pointer()).next() {
        Some(Step::Return(address) | Step::Interrupted(address)) => Address(address),
        None => Address(0),
    }
}

/// The text that a module hands over.
///
/// # Safety
/// `length` bytes at `text` are readable.
unsafe fn text_of<'a>(text: *const u8, length: usize) -> &'a str {
    // SAFETY: the caller's promise.
    let bytes = unsafe { core::slice::from_raw_parts(text, length) };
    match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
    }
}

/// Prints a line at a level of the `log` crate: 1 error to 5 trace.
#[unsafe(no_mangle)]
unsafe extern "C" fn kernel_print(level: u32, text: *const u8, length: usize) {
    let level = match level {
        1 => log::Level::Error,
        2 => log::Level::Warn,
        4 => log::Level::Debug,
        5 => log::Level::Trace,
        _ => log::Level::Info,
    };
    // SAFETY: the caller passes a text.
    let text = unsafe { text_of(text, length) };
    log::log!(level, "{text}");
}

/// Ends the run with a module's reason.
#[unsafe(no_mangle)]
unsafe extern "C" fn module_panic(text: *const u8, length: usize) -> ! {
    // SAFETY: the caller passes a text.
    panic::module(unsafe { text_of(text, length) })
}

/// CPUs that run.
#[unsafe(no_mangle)]
extern "C" fn num_online_cpus() -> u32 {
    cpus::online_count()
}

/// Possible CPUs.
#[unsafe(no_mangle)]
extern "C" fn nr_cpu_ids() -> u32 {
    cpus::possible()
}

/// Runs a function on every online CPU, interruptions off; waits for all.
#[unsafe(no_mangle)]
extern "C" fn on_each_cpu(function: smp::Function, argument: *mut ()) {
    if let Err(problem) = smp::on_each_cpu(function, argument) {
        error!("on_each_cpu for {}: {problem}", caller());
    }
}

/// Runs a function on one CPU and waits for it.
#[unsafe(no_mangle)]
extern "C" fn call_on_cpu(cpu: u32, function: smp::Function, argument: *mut ()) -> i32 {
    match smp::call_on(cpu, function, argument) {
        Ok(()) => 0,
        Err(problem) => {
            warn!("call_on_cpu for {}: {problem}", caller());
            -errno::ENODEV
        }
    }
}

/// What turns a handle into the CPU's copy; 0 for a number no possible CPU has.
#[unsafe(no_mangle)]
extern "C" fn per_cpu_offset(cpu: u32) -> usize {
    percpu::offset(cpu)
}

/// Allocates on every possible CPU, zeroed; the null handle if it can't be.
#[unsafe(no_mangle)]
extern "C" fn __alloc_percpu(size: usize, align: usize) -> usize {
    told(percpu::alloc(size, align), caller())
}

/// The same from mapped pages only. Failing there is ordinary, and not told.
#[unsafe(no_mangle)]
extern "C" fn __alloc_percpu_atomic(size: usize, align: usize) -> usize {
    match percpu::alloc_atomic(size, align) {
        Err(AllocError::NotPopulated { .. }) => 0,
        result => told(result, caller()),
    }
}

fn told(result: Result<Handle, AllocError>, caller: Address) -> usize {
    match result {
        Ok(handle) => handle.0,
        Err(problem) => {
            warn!("{problem}; asked for by {caller}");
            0
        }
    }
}

/// Frees an area. A wrong handle is reported and changes nothing.
#[unsafe(no_mangle)]
extern "C" fn free_percpu(handle: usize) {
    if let Err(problem) = percpu::free(Handle(handle)) {
        error!("{problem}; freed by {}", caller());
    }
}
