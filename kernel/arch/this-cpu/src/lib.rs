//! Per-CPU variables: one name, one copy per CPU.
//!
//! A variable is known by its *handle*. The running CPU's copy lies at
//! `handle + offset`, the offset being byte 816 of its lowcore (P1, P2). What
//! differs is where the handle comes from, and the type of the variable decides:
//!
//! ```text
//!  percpu! { static HITS: u64 = 0; }        PerCpu::<u64>::alloc()
//!
//!  a symbol: its address may be too far     a pointer: the handle is the
//!  for larl, so it is loaded from a GOT     value, and naming it as a symbol
//!  slot that the loader builds nearby       would be meaningless
//!
//!  lgrl  %r1, HITS@GOTENT                   (in a register already)
//!         │                                        │
//!         └──────────────┬─────────────────────────┘
//!                  ag    %r1, 816        this CPU's copy
//!                  agsi  0(%r1), 1       one instruction does the update
//! ```
//!
//! This is the mail's `SHIFT_PERCPU_PTR`, with the question "symbol or pointer?"
//! answered by the type checker instead of `__builtin_constant_p`. Neither way
//! has a run-time branch.
//!
//! * `variable.rs`: the trait both kinds share, and their operations
//! * `statics.rs`: the `percpu!` macro
//! * `dynamic.rs`: [`PerCpu`], owned storage from the dynamic allocator
//! * `scalar.rs`: the types that are changed in one piece
//! * `guard.rs`: references to a copy, while interrupts are off
//! * `counter.rs`, `reference.rs`: a batched counter and a reference count
//! * `machine/`: the instructions, and emulated CPUs for tests on the host
//!
//! The kernel and its modules use the same crate. What it needs of the kernel it
//! names in [`kernel`].
//!
//! The running code can't move to another CPU between reading the offset and
//! using it (C3); an interrupt in between changes neither. A single instruction
//! then makes the update whole against interrupts on this CPU; against other
//! CPUs as well where it is an interlocked one.
#![no_std]

mod counter;
mod dynamic;
mod guard;
mod machine;
mod reference;
mod scalar;
mod statics;
mod variable;

pub use counter::PerCpuCounter;
pub use dynamic::{NoMemory, PerCpu, Zeroable};
pub use guard::{Pinned, Shared, pin};
#[cfg(not(target_arch = "s390x"))]
pub use machine::host;
pub use machine::{Pair, offset};
pub use reference::PerCpuRef;
pub use scalar::{Bitwise, Integer, Scalar};
pub use statics::{ExportedHandle, Storage};
pub use variable::{Handle, Remote, Variable};

/// What this crate needs of the kernel; a module gets it through the kernel's
/// export table.
#[cfg(target_arch = "s390x")]
pub mod kernel {
    unsafe extern "C" {
        /// Allocates on every possible CPU, zeroed; 0 when memory has run out.
        pub fn __alloc_percpu(size: usize, align: usize) -> usize;
        /// The same without mapping pages: for interrupt handlers.
        pub fn __alloc_percpu_atomic(size: usize, align: usize) -> usize;
        /// Frees what either returned; 0 is no handle, and nothing happens.
        pub fn free_percpu(handle: usize);
        /// Offset of a possible CPU; 0 for any other number.
        pub safe fn per_cpu_offset(cpu: u32) -> usize;
        /// Runs `function` on every online CPU, interrupts off; waits for all.
        pub fn on_each_cpu(function: extern "C" fn(*mut ()), argument: *mut ());
        /// Possible CPUs, numbered from 0.
        pub safe fn nr_cpu_ids() -> u32;
    }
}

#[cfg(not(target_arch = "s390x"))]
pub use machine::host::kernel;
