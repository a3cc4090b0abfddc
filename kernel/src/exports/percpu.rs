//! linux/percpu.h: addresses of copies; allocation is in `module_api.rs`.

use crate::modules;
use crate::percpu::{self, Part};

module_api::export_symbol!(
    is_kernel_percpu_address(_),
    is_module_percpu_address(_),
    per_cpu_ptr_to_phys(_),
);

// The array itself, in bytes by CPU number: `per_cpu_offset(cpu)` of a module in C is an
// element of it.
const _: () = {
    #[used]
    #[unsafe(link_section = "__ksymtab")]
    #[unsafe(export_name = "__ksymtab___per_cpu_offset")]
    static ENTRY: module_api::Export = {
        let offsets = (&raw const percpu::OFFSETS).cast();
        // SAFETY: L5: an array of `unsigned long`, as linux/percpu.h declares it.
        unsafe { module_api::Export::new(offsets, c"__per_cpu_offset") }
    };
};

/// Whether an address is in some possible CPU's copy of the kernel's own static per-CPU
/// variables. In any context.
#[unsafe(no_mangle)]
extern "C" fn is_kernel_percpu_address(address: usize) -> bool {
    let handle = percpu::locate_address(address).map(|(_, handle)| handle);
    let location = handle.and_then(percpu::locate);
    location.is_some_and(|location| location.part == Part::Static)
}

/// Whether an address is in some possible CPU's copy of a loaded module's static per-CPU
/// variables. In any context.
#[unsafe(no_mangle)]
extern "C" fn is_module_percpu_address(address: usize) -> bool {
    let located = percpu::locate_address(address);
    located.is_some_and(|(_, handle)| modules::variable_at(handle.0 as u64).is_some())
}

/// The real address behind the address of a CPU's copy; 0 if nothing is mapped there.
#[unsafe(no_mangle)]
extern "C" fn per_cpu_ptr_to_phys(address: usize) -> u64 {
    arch::dat::real_address(address).unwrap_or(0) as u64
}
