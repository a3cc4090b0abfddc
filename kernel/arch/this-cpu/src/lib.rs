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
//! * `variable.rs`: storage, and the operations on it
//! * `statics.rs`: the `percpu!` macro
//! * `dynamic.rs`: [`PerCpu`], owned storage from the dynamic allocator
//! * `scalar.rs`: the types that are changed in one piece
//! * `interrupts.rs`: references to a copy, while interrupts are off; `shared.rs`: the
//!   types that have them
//! * `counter.rs`, `reference.rs`: a batched counter and a reference count
//! * `export.rs`: entries of the export table
//! * `machine/`: the instructions, and emulated CPUs for tests on the host
//! * `forbidden.rs`: what must not compile
//!
//! The last column has the names of Rust for Linux's series on per-CPU variables.
//!
//! | here                        | Linux in C                       | Rust for Linux   |
//! |-----------------------------|----------------------------------|------------------|
//! | `percpu! { static V: u64 }` | `DEFINE_PER_CPU(u64, V)`         | `StaticPerCpu`   |
//! | [`PerCpu`]                  | `alloc_percpu`, `free_percpu`    | `DynamicPerCpu`  |
//! | `V.inc()`, `V.read()`       | `this_cpu_inc(V)`, `this_cpu_read(V)` | numeric operations |
//! | [`InterruptsOff`]           | between `get_cpu_var` and `put_cpu_var` | `CpuGuard` |
//! | `V.on(cpu)`, a [`Remote`]   | `per_cpu(V, cpu)`                | a remote reference |
//! | [`PerCpuCounter`], [`PerCpuRef`] | `percpu_counter`, `percpu_ref` |               |
//!
//! A program without `unsafe` reaches, through this crate, copies of its own variables
//! as values of their types, and nothing else (P9).
//!
//! The kernel and its modules use the same crate. What it needs of the kernel it
//! names in [`mod@kernel`].
//!
//! The running code can't move to another CPU between reading the offset and
//! using it (C3); an interrupt in between changes neither. A single instruction
//! then makes the update whole against interrupts on this CPU; against other
//! CPUs as well where it is an interlocked one.
#![no_std]

mod atomic;
mod counter;
mod dynamic;
mod export;
#[cfg(doctest)]
mod forbidden;
mod interrupts;
pub mod kernel;
mod machine;
mod reference;
mod scalar;
mod shared;
mod statics;
mod variable;

pub use counter::PerCpuCounter;
pub use dynamic::{NoMemory, PerCpu, Zeroable};
pub use export::Export;
#[doc(hidden)]
pub use export::{c_string, check_export_prefix};
pub use interrupts::{InterruptsOff, with_interrupts_off};
#[cfg(not(target_arch = "s390x"))]
pub use machine::host;
pub use machine::{Pair, lowcore, offset};
#[doc(hidden)]
pub use pastey::paste;
pub use reference::PerCpuRef;
pub use scalar::{Bitwise, Integer, Scalar};
pub use shared::Shared;
pub use statics::Template;
pub use variable::{Handle, Remote, Storage, Variable};
