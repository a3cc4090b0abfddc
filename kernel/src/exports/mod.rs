//! What the kernel offers to modules, by name.
//!
//! Each file exports functions with the C calling convention; the linker gathers
//! their entries between `__start___ksymtab` and `__stop___ksymtab`, and
//! `modules/registry/symbols.rs` enters them by name. A module passes what the function's type
//! asks for (L7): pointers that are readable or writable, strings that end with NUL.
//!
//! * `module_api.rs`: what modules in Rust need, and those in C too
//! * the others: what stands behind the headers in `modules/include/linux`, named
//!   after them

mod bug;
mod cpuhotplug;
mod cpumask;
mod jump_label;
mod kmem_cache;
mod kstrtox;
mod kthread;
mod kunit;
mod linux_task;
mod module_api;
mod percpu;
mod percpu_counter;
pub mod printk;
mod random;
mod slab;
mod smp;
mod sprintf;
mod string;
mod time;
mod timer;
mod uaccess;
mod unwind;
mod vmalloc;
mod workqueue;
