//! The machine layer: everything of the kernel that touches s390x.
//!
//! ```text
//!   boot.rs      from the loader's jump to the first Rust function
//!   psw.rs       the program-status word
//!   lowcore.rs   the prefix area: old and new PSWs, save areas, per-CPU offset
//!   traps/       interruption entry, decoding, the way back
//!   cpu.rs       control registers, interrupt masks, facilities, waiting
//!   sclp/        service-call processor: console, machine configuration
//!   sigp.rs      signals between CPUs
//!   dat/         dynamic address translation: tables, TLB
//!   timer.rs     TOD clock and clock comparator
//!   stack.rs     stacks, and walking the back chain
//!   string.rs    memcpy and its kin, with the storage-to-storage instructions
//!   variadic.rs  C functions with variable arguments
//!   power.rs     the two ways a run ends
//! ```
//!
//! The layer knows nothing of the kernel above it. What it must hand upwards
//! (a program check, an external interruption) goes through [`traps::Upcalls`].
#![no_std]

pub mod boot;
pub mod cpu;
pub mod dat;
pub mod lowcore;
pub mod power;
pub mod psw;
pub mod sclp;
pub mod sigp;
pub mod stack;
pub mod string;
pub mod timer;
pub mod traps;
pub mod variadic;

/// Bytes in a page and in a page frame.
pub const PAGE_SIZE: usize = 4096;

/// Most CPUs that this kernel gives a number: what one byte of CPU address can name in
/// the service processor's list.
pub const MAX_CPUS: usize = 256;
