//! The task that code compiled for Linux finds in lowcore, for the provider that makes one.

use arch::lowcore;

module_api::export_symbol!(__set_linux_task(_));

/// Sets what such code takes for the task that runs on this CPU.
///
/// # Safety
/// C1, L11: the address is of memory that such code may read and write as a task, for as long
/// as it runs on this CPU; 0 once none does.
#[unsafe(no_mangle)]
unsafe extern "C" fn __set_linux_task(task: u64) {
    // SAFETY: C1, L11: the caller's promise.
    unsafe { lowcore::set_linux_task(task) };
}
