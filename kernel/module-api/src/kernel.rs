//! What a module calls of the kernel; the loader finds it among the kernel's exports
//! (`kernel/src/exports/module_api.rs`). On the host, stand-ins, so that what is
//! written against this crate compiles and runs in tests.

use core::ffi::c_char;

/// What is called for a CPU that comes or goes, by its number: 0, or a negative error number.
pub type Callback = extern "C" fn(u32) -> i32;

#[cfg(target_arch = "s390x")]
unsafe extern "C" {
    /// Prints a line at a level of the `log` crate: 1 error to 5 trace. `text` is UTF-8,
    /// `length` bytes.
    pub fn kernel_print(level: u32, text: *const u8, length: usize);
    /// Ends the run, with this text for the reason.
    pub fn module_panic(text: *const u8, length: usize) -> !;
    /// CPUs that run.
    pub safe fn num_online_cpus() -> u32;
    /// Runs `function` on every online CPU, interrupts off, and waits for all (L8).
    pub fn on_each_cpu(function: extern "C" fn(*mut ()), argument: *mut ());
    /// Runs `function` on one CPU, interrupts off, and waits for it (L8); 0, or a negative
    /// error number.
    pub fn call_on_cpu(cpu: u32, function: extern "C" fn(*mut ()), argument: *mut ()) -> i32;
    /// Registers what is called when CPUs come and go: the state's number, or a negative error
    /// number.
    pub fn __cpuhp_setup_state(
        state: i32,
        name: *const c_char,
        calls: bool,
        startup: Option<Callback>,
        teardown: Option<Callback>,
        is_multi: bool,
    ) -> i32;
    /// Removes it.
    pub safe fn __cpuhp_remove_state(state: i32, calls: bool);
    /// Loads a module; 0, or a negative error number.
    pub fn load_module(name: *const u8, length: usize) -> i32;
}

#[cfg(not(target_arch = "s390x"))]
pub use host::*;

#[cfg(not(target_arch = "s390x"))]
mod host {
    extern crate std;

    use super::{Callback, c_char};
    use core::str;
    use this_cpu::host;
    pub use this_cpu::kernel::on_each_cpu;

    /// The text that a module passes.
    ///
    /// # Safety
    /// L7: `length` bytes of UTF-8 at `text` are readable.
    unsafe fn text_of<'a>(text: *const u8, length: usize) -> &'a str {
        // SAFETY: L7: the caller's promise.
        unsafe { str::from_utf8_unchecked(core::slice::from_raw_parts(text, length)) }
    }

    /// Prints to the standard output.
    ///
    /// # Safety
    /// L7: `length` bytes of UTF-8 at `text` are readable.
    pub unsafe fn kernel_print(_level: u32, text: *const u8, length: usize) {
        // SAFETY: L7: the caller's promise.
        std::println!("{}", unsafe { text_of(text, length) });
    }

    /// Panics.
    ///
    /// # Safety
    /// L7: `length` bytes of UTF-8 at `text` are readable.
    pub unsafe fn module_panic(text: *const u8, length: usize) -> ! {
        // SAFETY: L7: the caller's promise.
        panic!("{}", unsafe { text_of(text, length) })
    }

    /// All emulated CPUs run.
    pub fn num_online_cpus() -> u32 {
        host::CPUS
    }

    /// Runs `function` as an emulated CPU, which the thread must not be.
    ///
    /// # Safety
    /// L8: `function` may be called with `argument` on that CPU.
    pub unsafe fn call_on_cpu(
        cpu: u32,
        function: extern "C" fn(*mut ()),
        argument: *mut (),
    ) -> i32 {
        if cpu >= host::CPUS {
            return -crate::errno::ENODEV;
        }
        host::on_cpu(cpu, || function(argument));
        0
    }

    /// All emulated CPUs come before the caller and go behind it: nothing is called later.
    ///
    /// # Safety
    /// L7: `name` is a string that ends with NUL.
    pub unsafe fn __cpuhp_setup_state(
        state: i32,
        _name: *const c_char,
        calls: bool,
        startup: Option<Callback>,
        _teardown: Option<Callback>,
        _is_multi: bool,
    ) -> i32 {
        let called = (0..host::CPUS).filter(|_| calls);
        let mut results = called.filter_map(|cpu| Some(startup?(cpu)));
        results.find(|&result| result != 0).unwrap_or(state)
    }

    /// Nothing is registered here.
    pub fn __cpuhp_remove_state(_state: i32, _calls: bool) {}

    /// There are no modules here.
    ///
    /// # Safety
    /// L7: `length` bytes at `name` are readable.
    pub unsafe fn load_module(_name: *const u8, _length: usize) -> i32 {
        -crate::errno::ENOENT
    }
}
