//! What this crate needs of the kernel; a module gets it through the kernel's export
//! table. On the host, what emulates it.

#[cfg(not(target_arch = "s390x"))]
pub use crate::machine::host::kernel::*;

#[cfg(target_arch = "s390x")]
unsafe extern "C" {
    /// Allocates on every possible CPU, zeroed; 0 when memory has run out, or size or
    /// alignment can't be had. May map pages, and wait for another CPU.
    pub safe fn __alloc_percpu(size: usize, align: usize) -> usize;
    /// Allocates as `__alloc_percpu` does, from mapped pages only: for interrupt
    /// handlers.
    pub safe fn __alloc_percpu_atomic(size: usize, align: usize) -> usize;
    /// Frees what either returned; 0 is no handle, and nothing happens. Nobody may use
    /// the area any more (P9).
    pub fn free_percpu(handle: usize);
    /// Offset of a possible CPU; 0 for any other number.
    pub safe fn per_cpu_offset(cpu: u32) -> usize;
    /// Runs `function` on every online CPU, interrupts off; returns when it has ended on
    /// all of them. With no lock held. `function` may be called with `argument` on any
    /// CPU (L8).
    pub fn on_each_cpu(function: extern "C" fn(*mut ()), argument: *mut ());
    /// Possible CPUs, numbered from 0.
    pub safe fn nr_cpu_ids() -> u32;
}
