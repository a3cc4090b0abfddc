//! linux/kthread.h and what waits in other headers: threads, and turns for them.

use super::module_api::caller;
use super::sprintf;
use crate::modules::PREEMPT_COUNT;
use crate::smp::thread::{self, NAME, NoThread, Thread};
use crate::warning;
use arch::variadic::VaList;
use core::ffi::c_void;
use core::ptr;
use module_api::errno;
use printf::Sink;
use this_cpu::Variable;

// SAFETY: C12: each target takes the fixed arguments and the list.
arch::variadic!(unsafe "__kthread_create", fixed: 3, list: "5", kthread_create);

unsafe extern "C" {
    fn __kthread_create();
}

module_api::export_symbol!(
    __kthread_create(),
    wake_up_process(_),
    kthread_bind(_, _),
    kthread_stop(_),
    kthread_should_stop(),
    kthread_park(_),
    kthread_unpark(_),
    kthread_should_park(),
    kthread_parkme(),
    kthread_exit(_),
    __yield(),
    __current_thread(),
);

/// A thread's name, cut to what there is room for.
struct Name {
    bytes: [u8; NAME],
    used: usize,
}

impl Sink for Name {
    fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.used < NAME - 1 {
                self.bytes[self.used] = byte;
                self.used += 1;
            }
        }
    }
}

/// An error number as a pointer.
fn error(number: i32) -> *const Thread {
    ptr::without_provenance((-number as isize).cast_unsigned())
}

/// The target of `__kthread_create(function, argument, format, ...)`: a thread that
/// `wake_up_process` lets begin, or an error number as a pointer.
unsafe extern "C" fn kthread_create(
    function: thread::Function,
    argument: *mut c_void,
    pattern: *const u8,
    list: *mut VaList,
) -> *const Thread {
    let mut name = Name {
        bytes: [0; NAME],
        used: 0,
    };
    // SAFETY: L7: a format and what it asks for.
    unsafe { sprintf::format(&mut name, pattern, list) };
    match Thread::new(name.bytes, function, argument) {
        Ok(thread) => thread,
        Err(NoThread::TooMany) => error(errno::EAGAIN),
        Err(NoThread::OutOfMemory) => error(errno::ENOMEM),
    }
}

/// The thread that a module passes; `None`, and reported, if there is none. Part of the function
/// that it passes it to, whose caller is named.
#[inline(always)]
fn thread(address: usize, what: &str) -> Option<&'static Thread> {
    let thread = Thread::at(address);
    if thread.is_none() {
        log::error!(
            "{what} of {address:#x}, which is no thread; by {}",
            caller()
        );
    }
    thread
}

/// Lets a thread begin, or go on: 1, or 0 if it runs already.
#[unsafe(no_mangle)]
extern "C" fn wake_up_process(address: usize) -> i32 {
    let thread = thread(address, "wake_up_process");
    i32::from(thread.is_some_and(Thread::start))
}

/// Gives a thread that hasn't begun a CPU. One that has, or a CPU that isn't active, is warned
/// about: the thread stays where it is.
#[unsafe(no_mangle)]
extern "C" fn kthread_bind(address: usize, cpu: u32) {
    let thread = thread(address, "kthread_bind");
    if thread.is_some_and(|thread| !thread.bind(cpu)) {
        warning::print(format_args!(
            "a thread isn't bound to cpu {cpu}: it has begun, or that isn't active; by {}",
            caller()
        ));
    }
}

/// Has a thread end, and waits for that: its result, or -EINTR if it never began.
#[unsafe(no_mangle)]
extern "C" fn kthread_stop(address: usize) -> i32 {
    match thread(address, "kthread_stop") {
        Some(thread) => thread.stop().unwrap_or(-errno::EINTR),
        None => -errno::EINVAL,
    }
}

/// Whether the running thread is to end; no thread is not.
#[unsafe(no_mangle)]
extern "C" fn kthread_should_stop() -> bool {
    thread::current().is_some_and(Thread::should_stop)
}

/// Has a thread wait in `kthread_parkme`, and waits until it does: 0, or -ENOSYS if it ended.
#[unsafe(no_mangle)]
extern "C" fn kthread_park(address: usize) -> i32 {
    match thread(address, "kthread_park") {
        Some(thread) if thread.park() => 0,
        Some(_) => -errno::ENOSYS,
        None => -errno::EINVAL,
    }
}

/// Ends a park.
#[unsafe(no_mangle)]
extern "C" fn kthread_unpark(address: usize) {
    if let Some(thread) = thread(address, "kthread_unpark") {
        thread.unpark();
    }
}

/// Whether the running thread is to park.
#[unsafe(no_mangle)]
extern "C" fn kthread_should_park() -> bool {
    thread::current().is_some_and(Thread::should_park)
}

/// Waits until nobody wants the running thread parked.
#[unsafe(no_mangle)]
extern "C" fn kthread_parkme() {
    thread::park_this();
}

/// Ends the running thread. Elsewhere it ends the run, as there is nowhere to go on.
#[unsafe(no_mangle)]
extern "C" fn kthread_exit(result: isize) -> ! {
    match thread::current() {
        Some(thread) => thread::end(thread, result as i32),
        None => crate::panic::module("kthread_exit outside of a thread"),
    }
}

/// Lets other contexts of this CPU go on, for whoever waits, or has the CPU rest for a moment;
/// with preemption or interrupts off it does nothing.
#[unsafe(no_mangle)]
extern "C" fn __yield() {
    if PREEMPT_COUNT.read() == 0 {
        thread::rest();
    }
}

/// The running thread; null in a CPU's own context.
#[unsafe(no_mangle)]
extern "C" fn __current_thread() -> *const Thread {
    thread::current().map_or(ptr::null(), ptr::from_ref)
}
