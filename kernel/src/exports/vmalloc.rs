//! linux/vmalloc.h: areas of virtual memory.

use super::module_api::caller;
use crate::memory::sanity::{self, Kind};
use crate::memory::vmalloc::{self, Area};
use core::ptr;

module_api::export_symbol!(
    vmalloc(_),
    vzalloc(_),
    __vmalloc_node(_, _, _, _, _),
    vfree(_),
    is_vmalloc_addr(_)
);

fn area(bytes: usize, align: usize) -> *mut u8 {
    match Area::aligned(bytes, align) {
        Ok(area) => ptr::with_exposed_provenance_mut(area.lend()),
        Err(_) => ptr::null_mut(),
    }
}

/// An area of at least so many bytes, whole pages, zeroed; null if there is no memory. Maps
/// pages: not from an interrupt handler.
#[unsafe(no_mangle)]
extern "C" fn vmalloc(bytes: usize) -> *mut u8 {
    area(bytes, arch::PAGE_SIZE)
}

/// As [`vmalloc()`], whose pages are zeroed already.
#[unsafe(no_mangle)]
extern "C" fn vzalloc(bytes: usize) -> *mut u8 {
    vmalloc(bytes)
}

/// As [`vmalloc()`], at a multiple of `align`; null if that is no power of two.
#[unsafe(no_mangle)]
extern "C" fn __vmalloc_node(
    bytes: usize,
    align: usize,
    _flags: u32,
    _node: i32,
    _caller: usize,
) -> *mut u8 {
    area(bytes, align)
}

/// Frees an area by its lowest address; null is none. A wrong address is logged and changes
/// nothing. Unmaps pages, so it waits for other CPUs: not from an interrupt handler.
#[unsafe(no_mangle)]
extern "C" fn vfree(address: usize) {
    if address != 0 && vmalloc::take_back(address).is_none() {
        log::error!(
            "vfree of {address:#x}, where no area starts; freed by {}",
            caller()
        );
        sanity::refused(Kind::Vmalloc, address, 0);
    }
}

/// Whether an address is in the region that such areas, and modules, are in.
#[unsafe(no_mangle)]
extern "C" fn is_vmalloc_addr(address: usize) -> bool {
    let (start, end) = vmalloc::region();
    (start..end).contains(&address)
}
