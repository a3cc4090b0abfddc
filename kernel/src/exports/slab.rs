//! linux/slab.h: objects of the slabs, apart from the kernel's own heap.

use super::module_api::caller;
use crate::memory::sanity::{self, Kind};
use crate::memory::slab::{self, NotLive};
use core::fmt;
use core::ptr;

module_api::export_symbol!(
    __kmalloc(_, _),
    krealloc(_, _, _),
    kfree(_),
    ksize(_),
    kstrdup(_, _),
    kmemdup(_, _, _),
);

/// __GFP_ZERO of linux/gfp.h.
pub const GFP_ZERO: u32 = 0x100;
/// What kmalloc of no bytes returns, as in Linux: no block, and not null.
const NO_BYTES: usize = 16;

/// Why an address that a module passes is no live block.
pub struct NoBlock(pub NotLive);

impl fmt::Display for NoBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            NotLive::Foreign => f.write_str("no block of kmalloc"),
            NotLive::Inside { start, bytes } => {
                write!(
                    f,
                    "which is inside the block of {bytes} bytes at {start:#x}"
                )
            }
            NotLive::Free { bytes } => {
                write!(f, "a block of {bytes} bytes that has been freed before")
            }
        }
    }
}

/// A block of so many bytes, a multiple of 16 in its address, of its size if that is a power
/// of two up to a page; null if there is no memory. Of no bytes: an address that is neither
/// null nor a block. Flag 0x100 zeroes it; all others mean nothing here. In any context.
#[unsafe(no_mangle)]
extern "C" fn __kmalloc(bytes: usize, flags: u32) -> *mut u8 {
    if bytes == 0 {
        return ptr::without_provenance_mut(NO_BYTES);
    }
    let Some(address) = slab::allocate(bytes) else {
        return ptr::null_mut();
    };
    let memory = ptr::with_exposed_provenance_mut::<u8>(address);
    if flags & GFP_ZERO != 0 {
        // SAFETY: L10: a live block, ours, of as many bytes.
        unsafe { memory.write_bytes(0, bytes) };
    }
    memory
}

/// Frees a block; null and a block of no bytes are none. An address that is no live block's
/// is logged with its caller, and changes nothing. In any context.
#[unsafe(no_mangle)]
extern "C" fn kfree(address: usize) {
    if address == 0 || address == NO_BYTES {
        return;
    }
    if let Err(refused) = slab::free(address) {
        let refused = NoBlock(refused);
        log::error!("kfree of {address:#x}, {refused}; freed by {}", caller());
        sanity::refused(Kind::Slab, address, 0);
    }
}

/// A block of another size with what the old one holds, as far as it fits: the old one, if it
/// has room, else a new one, and the old one is freed. Null if there is none: then the old one
/// is as before. Of no bytes: the old one is freed. An address that is no live block's counts
/// as one of no bytes, and is logged.
#[unsafe(no_mangle)]
extern "C" fn krealloc(address: usize, bytes: usize, flags: u32) -> *mut u8 {
    let old = slab::size_of_object(address).unwrap_or(0);
    if bytes > 0 && bytes <= old {
        return ptr::with_exposed_provenance_mut(address);
    }
    let new = __kmalloc(bytes, flags);
    if !new.is_null() {
        let from = ptr::with_exposed_provenance::<u8>(address);
        // SAFETY: L10: two live blocks, and no more than the smaller has; none of no bytes is
        // read or written.
        unsafe { new.copy_from_nonoverlapping(from, old.min(bytes)) };
        kfree(address);
    }
    new
}

/// Bytes that a block has, at least those that were asked for; 0 for an address that is no
/// live block's.
#[unsafe(no_mangle)]
extern "C" fn ksize(address: usize) -> usize {
    slab::size_of_object(address).unwrap_or(0)
}

/// A fresh block with a copy of so many bytes; null if there is no memory.
#[unsafe(no_mangle)]
unsafe extern "C" fn kmemdup(from: *const u8, bytes: usize, flags: u32) -> *mut u8 {
    let copy = __kmalloc(bytes, flags);
    if !copy.is_null() && bytes > 0 {
        // SAFETY: L7: the caller's bytes; the copy is fresh, and as long.
        unsafe { copy.copy_from_nonoverlapping(from, bytes) };
    }
    copy
}

/// A fresh block with a copy of a string and its NUL; null of null, and if there is
/// no memory.
#[unsafe(no_mangle)]
unsafe extern "C" fn kstrdup(text: *const u8, flags: u32) -> *mut u8 {
    if text.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: L7: a string that ends with NUL.
    unsafe {
        let bytes = core::ffi::CStr::from_ptr(text.cast()).to_bytes_with_nul();
        kmemdup(text, bytes.len(), flags)
    }
}
