//! The machine layer: everything of the kernel that touches s390x.
//!
//! ```text
//!   limits.rs      page size, number of CPUs
//!   psw.rs         the program-status word
//!   lowcore/       the prefix area: old and new PSWs, save areas, per-CPU offset
//!   control.rs     control registers: what is admitted, protected, translated
//!   cpu.rs         numbers, interrupts-off sections, facilities, waiting
//!   counting.rs    interrupts-off sections that are counted; counted_section.rs: in assembler
//!   stack.rs       stacks
//!   context.rs     contexts of execution, and the switch between them
//!   power.rs       the two ways a run ends
//!   traps/         interruption entry, decoding, the way back
//!   fault_safe.rs  reads and writes of any address
//!   backtrace.rs   walking the back chain
//!   packed_call.rs calls of code whose frames are packed
//!   boot.rs        from the loader's jump to the first Rust function
//!   sclp/          service-call processor: console, machine configuration
//!   sigp.rs        signals between CPUs
//!   dat/           dynamic address translation: tables, TLB
//!   timer.rs       TOD clock and clock comparator
//!   string.rs      memcpy and its kin, with the storage-to-storage instructions
//!   test_and_set.rs  a byte whose bits one CPU sets first
//!   variadic.rs    C functions with variable arguments
//!   watchdog_timer.rs  a restart of who doesn't set it again
//! ```
//!
//! The layer knows nothing of the kernel above it. What it must hand upwards
//! (a program check, an external interruption) goes through [`traps::Handlers`].
//! A function here that could break memory is unsafe and says what it asks for.
#![no_std]

pub mod backtrace;
pub mod boot;
pub mod context;
pub mod control;
mod counted_section;
pub mod counting;
pub mod cpu;
pub mod dat;
pub mod fault_safe;
mod limits;
pub mod lowcore;

pub mod packed_call;
pub mod power;
pub mod psw;
pub mod sclp;
pub mod sigp;
pub mod stack;
pub mod string;
pub mod test_and_set;
pub mod timer;
pub mod traps;
pub mod variadic;
pub mod watchdog_timer;

pub use limits::{MAX_CPUS, PAGE_SIZE};
