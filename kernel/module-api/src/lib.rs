//! What a Rust module is written against.
//!
//! * [`module!`]: name, description, init, exit, and the panic handler
//! * [`export!`]: makes a function known to the kernel and to other modules
//! * [`print!`]: one line on the kernel's log
//! * [`module_param!`]: a variable that whoever loads the module can set
//! * [`cpus`]: how many there are, and functions on them
//! * per-CPU variables, from `this-cpu`: [`percpu!`], [`PerCpu`], [`Variable`]
//!
//! The kernel uses `export!` too, for what it offers to modules.
#![no_std]

pub mod cpus;
mod export;
mod parameter;
mod print;
mod request;

pub use export::{ABI_STAMP, Export};
pub use parameter::{Parameter, ParameterType, Text};
#[doc(hidden)]
pub use parameter::{ParameterRecord, lower_case};
pub use print::{print_line, print_text, report_panic};
pub use request::request_module;
pub use this_cpu::{
    Bitwise, ExportedHandle, Handle, Integer, NoMemory, Pair, PerCpu, PerCpuCounter, PerCpuRef,
    Pinned, Remote, Scalar, Shared, Storage, Variable, Zeroable, offset, percpu, pin,
};

/// Error numbers that an init returns, negated, as Linux numbers them.
pub mod errno {
    /// No such file.
    pub const ENOENT: i32 = 2;
    /// I/O error.
    pub const EIO: i32 = 5;
    /// Out of memory.
    pub const ENOMEM: i32 = 12;
    /// In use, or in the making.
    pub const EBUSY: i32 = 16;
    /// No such device, or CPU not online.
    pub const ENODEV: i32 = 19;
    /// Invalid argument.
    pub const EINVAL: i32 = 22;
}
