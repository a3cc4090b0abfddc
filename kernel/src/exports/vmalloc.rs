//! linux/vmalloc.h: areas of virtual memory.

use super::module_api::caller;
use crate::memory::sanity::{self, Kind};
use crate::memory::vmalloc::{self, Area};
use crate::sync::{Lock, rank};
use alloc::vec::Vec;
use fallible::TryPush;

module_api::export_symbol!(vmalloc(_), vzalloc(_), vfree(_), is_vmalloc_addr(_));

/// The areas that modules have, in no order.
static AREAS: Lock<Vec<Area>, { rank::EXPORTS }> = Lock::new(Vec::new());

fn take(bytes: usize) -> Option<*mut u8> {
    // Declared before the guard, so without room the area is dropped after it: unmapping
    // takes locks that come before this one.
    let area = Area::exactly(bytes).ok()?;
    let start = core::ptr::with_exposed_provenance_mut(area.start());
    let mut areas = AREAS.lock();
    areas.try_reserve(1).ok()?;
    areas.try_push(area).ok()?;
    Some(start)
}

/// An area of at least so many bytes, whole pages, zeroed; null if there is no memory. Maps
/// pages: not from an interrupt handler.
#[unsafe(no_mangle)]
extern "C" fn vmalloc(bytes: usize) -> *mut u8 {
    take(bytes).unwrap_or(core::ptr::null_mut())
}

/// As [`vmalloc`], whose pages are zeroed already.
#[unsafe(no_mangle)]
extern "C" fn vzalloc(bytes: usize) -> *mut u8 {
    vmalloc(bytes)
}

/// Frees an area by its lowest address; null is none. A wrong address is logged and changes
/// nothing. Unmaps pages, so it waits for other CPUs: not from an interrupt handler.
#[unsafe(no_mangle)]
extern "C" fn vfree(address: usize) {
    if address == 0 {
        return;
    }
    let area = {
        let mut areas = AREAS.lock();
        let at = areas.iter().position(|area| area.start() == address);
        // It is dropped below, outside of the lock.
        at.map(|at| areas.swap_remove(at))
    };
    if area.is_none() {
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
