//! What `module-api` and `this-cpu` ask of the kernel.
//!
//! Errors go back as negative error numbers, or as a null handle.

use crate::backtrace::Address;
use crate::fail::{self, Site};
use crate::memory::sanity;
use crate::percpu::trace::{self, Kind};
use crate::percpu::{self, AllocError, FreeError, Handle, checked};
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

/// Where the exported function that asks was called from; for messages.
#[inline(always)]
pub fn caller() -> Address {
    match Walk::from(stack::pointer()).next() {
        Some(Step::Return(address) | Step::Interrupted(address)) => Address(address),
        None => Address(0),
    }
}

/// The text that a module passes, up to the first byte that isn't UTF-8.
///
/// # Safety
/// `length` bytes at `text` are readable for as long as the text is used.
unsafe fn text_of<'a>(text: *const u8, length: usize) -> &'a str {
    // SAFETY: L7: the caller's promise.
    let bytes = unsafe { core::slice::from_raw_parts(text, length) };
    match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
    }
}

/// Logs a line at a level of the `log` crate: 1 error to 5 trace, any other as 3,
/// information. In any context.
#[unsafe(no_mangle)]
unsafe extern "C" fn kernel_print(level: u32, text: *const u8, length: usize) {
    let level = match level {
        1 => log::Level::Error,
        2 => log::Level::Warn,
        4 => log::Level::Debug,
        5 => log::Level::Trace,
        _ => log::Level::Info,
    };
    // SAFETY: L7: the caller's bytes, which stay while it waits.
    let text = unsafe { text_of(text, length) };
    log::log!(level, "{text}");
}

/// Ends the run with a module's reason, registers and a backtrace. In any context.
#[unsafe(no_mangle)]
unsafe extern "C" fn module_panic(text: *const u8, length: usize) -> ! {
    // SAFETY: L7: the caller's bytes, which stay.
    panic::module(unsafe { text_of(text, length) })
}

/// How many CPUs run.
#[unsafe(no_mangle)]
extern "C" fn num_online_cpus() -> u32 {
    cpus::online_count().into()
}

/// How many CPUs are possible: their numbers are 0 to one less.
#[unsafe(no_mangle)]
extern "C" fn nr_cpu_ids() -> u32 {
    cpus::possible()
}

/// Runs a function on every online CPU, interrupts off, and returns when it has ended on
/// all. What keeps it from running is logged. The caller holds no lock, and isn't an
/// interrupt handler.
#[unsafe(no_mangle)]
extern "C" fn on_each_cpu(function: smp::Function, argument: *mut ()) {
    if let Err(problem) = smp::on_each_cpu(function, argument) {
        error!("on_each_cpu for {}: {problem}", caller());
    }
}

/// Runs a function on one CPU, interrupts off, and returns when it has ended: 0, or
/// -ENODEV, which is logged too, if the CPU isn't online. The caller holds no lock, and
/// isn't an interrupt handler.
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

/// What is added to a handle for the address of the CPU's copy (P1); 0 for a number that
/// no possible CPU has.
#[unsafe(no_mangle)]
extern "C" fn per_cpu_offset(cpu: u32) -> usize {
    percpu::offset(cpu)
}

/// Allocates bytes on every possible CPU, zeroed: a handle, or the null handle, which is
/// logged with its reason. May map pages, so not from an interrupt handler.
#[unsafe(no_mangle)]
extern "C" fn __alloc_percpu(size: usize, align: usize) -> usize {
    match percpu::alloc_plain(size, align) {
        Some(Ok(handle)) => handle.0,
        Some(Err(problem)) => refused(&problem, caller()),
        None => alloc_traced(size, align, caller()),
    }
}

#[cold]
fn alloc_traced(size: usize, align: usize, caller: Address) -> usize {
    let allocated = match sanity::is_on() {
        true => checked::alloc(checked::From::Any, size, align),
        false => percpu::alloc(size, align),
    };
    match allocated {
        Ok(handle) => {
            trace::enter(Kind::Alloc, handle, size, || caller.0);
            handle.0
        }
        Err(problem) => refused(&problem, caller),
    }
}

/// As [`__alloc_percpu`], but from mapped pages only: in any context. That there are none is
/// ordinary, and not logged.
#[unsafe(no_mangle)]
extern "C" fn __alloc_percpu_atomic(size: usize, align: usize) -> usize {
    match percpu::alloc_atomic_plain(size, align) {
        Some(Ok(handle)) => handle.0,
        Some(Err(AllocError::NotPopulated { .. })) => 0,
        Some(Err(problem)) => refused(&problem, caller()),
        None => alloc_atomic_traced(size, align, caller()),
    }
}

#[cold]
fn alloc_atomic_traced(size: usize, align: usize, caller: Address) -> usize {
    let allocated = match sanity::is_on() {
        true => checked::alloc(checked::From::Populated, size, align),
        false => percpu::alloc_atomic(size, align),
    };
    match allocated {
        Ok(handle) => {
            trace::enter(Kind::AllocAtomic, handle, size, || caller.0);
            handle.0
        }
        Err(AllocError::NotPopulated { .. }) => 0,
        Err(problem) => refused(&problem, caller),
    }
}

/// Null, with the reason logged. Its callers look for who called them only when they must.
#[cold]
fn refused(problem: &AllocError, caller: Address) -> usize {
    trace::enter(Kind::Refused, Handle(0), 0, || caller.0);
    warn!("{problem}; asked for by {caller}");
    0
}

#[cold]
fn not_freed(problem: &FreeError, caller: Address) {
    error!("{problem}; freed by {caller}");
}

/// Frees an area by its handle, on all CPUs; null is none. A wrong handle is logged and
/// changes nothing. In any context.
#[unsafe(no_mangle)]
extern "C" fn free_percpu(handle: usize) {
    let freed = match fail::is_unwatched(Site::PerCpu) {
        true => percpu::free(Handle(handle)),
        false => free_watched(handle, caller()),
    };
    if let Err(problem) = freed {
        not_freed(&problem, caller());
    }
}

#[cold]
fn free_watched(handle: usize, caller: Address) -> Result<(), FreeError> {
    trace::enter(Kind::Free, Handle(handle), 0, || caller.0);
    match sanity::is_on() {
        true => checked::free(Handle(handle)),
        false => percpu::free(Handle(handle)),
    }
}
