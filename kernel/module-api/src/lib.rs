//! What a Rust module is written against.
//!
//! * [`module!`]: description, init, exit, and the panic handler
//! * [`export!`]: makes functions known to the kernel and to other modules, by names
//!   that the module's begins; [`export_symbol!`], by any
//! * [`print!`]: one line on the kernel's log
//! * [`module_param!`]: a variable that whoever loads the module can set
//! * [`cpus`]: how many there are, and functions on them
//! * [`hotplug`]: what is called when CPUs come and go
//! * per-CPU variables, from `this-cpu`: [`percpu!`], [`PerCpu`], [`Variable`]
//!
//! A module may be written under `forbid(unsafe_code)`; it reaches no memory but its own
//! then (`forbidden.rs`). Other modules' variables it can't have.
//!
//! The kernel uses `export_symbol!` too, for what it offers to modules. On the host the
//! crate compiles over stand-ins for the kernel's functions, for tests.
#![no_std]

pub mod cpus;
pub mod errno;
mod export;
#[cfg(doctest)]
mod forbidden;
pub mod hotplug;
mod kernel;
mod module;
mod parameter;
mod print;
mod request;

pub use module::ABI_STAMP;
pub use parameter::{Parameter, ParameterType, Text};
#[doc(hidden)]
pub use parameter::{ParameterRecord, lower_case};
pub use print::{print_line, print_text, report_panic};
pub use request::request_module;
pub use this_cpu::{
    Bitwise, Export, Handle, Integer, InterruptsOff, NoMemory, Pair, PerCpu, PerCpuCounter,
    PerCpuRef, Remote, Scalar, Shared, Storage, Template, Variable, Zeroable, offset, percpu,
    with_interrupts_off,
};
#[doc(hidden)]
pub use this_cpu::{c_string, check_export_prefix};
