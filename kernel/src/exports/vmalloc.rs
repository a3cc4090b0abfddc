//! linux/vmalloc.h: areas of virtual memory.

use super::module_api::caller;
use crate::memory::vmalloc::{self, Area};
use crate::sync::{Lock, rank};
use alloc::vec::Vec;

module_api::export_symbol!(vmalloc(_), vzalloc(_), vfree(_), is_vmalloc_addr(_));

/// The areas that modules have.
static AREAS: Lock<Vec<Area>, { rank::EXPORTS }> = Lock::new(Vec::new());

fn take(bytes: usize) -> Option<*mut u8> {
    let area = Area::new(bytes).ok()?;
    let start = core::ptr::with_exposed_provenance_mut(area.start());
    // Room for one more is made outside of the lock, in a vector of its own.
    let room = AREAS.lock().len() + 8;
    let mut larger = Vec::new();
    larger.try_reserve(room).ok()?;
    let mut areas = AREAS.lock();
    if areas.len() == areas.capacity() {
        if areas.len() >= larger.capacity() {
            return None;
        }
        larger.append(&mut areas);
        core::mem::swap(&mut *areas, &mut larger);
    }
    areas.push(area);
    drop(areas);
    Some(start)
}

/// Whole pages, zeroed; null if there are none.
#[unsafe(no_mangle)]
extern "C" fn vmalloc(bytes: usize) -> *mut u8 {
    take(bytes).unwrap_or(core::ptr::null_mut())
}

/// The same.
#[unsafe(no_mangle)]
extern "C" fn vzalloc(bytes: usize) -> *mut u8 {
    vmalloc(bytes)
}

/// Gives an area back; null is none. A wrong address is reported and changes nothing.
#[unsafe(no_mangle)]
extern "C" fn vfree(address: usize) {
    if address == 0 {
        return;
    }
    let area = {
        let mut areas = AREAS.lock();
        let at = areas.iter().position(|area| area.start() == address);
        at.map(|at| areas.swap_remove(at))
    };
    if area.is_none() {
        log::error!(
            "vfree of {address:#x}, where no area starts; freed by {}",
            caller()
        );
    }
}

/// Whether the address is in the region of such areas.
#[unsafe(no_mangle)]
extern "C" fn is_vmalloc_addr(address: usize) -> bool {
    let (start, end) = vmalloc::region();
    (start..end).contains(&address)
}
