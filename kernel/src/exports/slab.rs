//! linux/slab.h: memory from the kernel heap.
//!
//! ```text
//!   block ┌─────────┬───────┬──────┬──────────────┐
//!         │ padding │ bytes │ tag  │ the caller's │
//!         └─────────┴───────┴──────┴──────────────┘
//!                                  ▲ a multiple of 16, for a power of two of itself
//! ```
//!
//! The heap wants size and alignment back, C's kfree has neither: they are kept in
//! front. The tag is a constant mixed with the address, so that what is no such
//! block is recognized, logged, and changes nothing (L10).

use super::module_api::caller;
use core::alloc::Layout;
use core::ptr;

module_api::export_symbol!(
    __kmalloc(_, _),
    krealloc(_, _, _),
    kfree(_),
    ksize(_),
    kstrdup(_, _),
    kmemdup(_, _, _),
);

const GFP_ZERO: u32 = 0x100;
/// What kmalloc of no bytes returns, as in Linux: no block, and not null.
const NO_BYTES: usize = 16;
const TAG: usize = 0x6b6d_616c_6c6f_6321;

/// Keeps a block's size.
#[repr(C)]
struct Header {
    bytes: usize,
    tag: usize,
}

const HEADER: usize = size_of::<Header>();
const PAGE: usize = arch::PAGE_SIZE;

/// The block for so many bytes, and where in it the caller's begin.
fn layout(bytes: usize) -> Option<(Layout, usize)> {
    let align = match bytes.is_power_of_two() {
        true => bytes.clamp(HEADER, PAGE),
        false => HEADER,
    };
    let layout = Layout::from_size_align(bytes.checked_add(align)?, align).ok()?;
    Some((layout, align))
}

/// The header of a live block; `None` for an address that is none's.
fn header(address: usize) -> Option<*mut Header> {
    let place = address.checked_sub(HEADER)?;
    let readable = place.is_multiple_of(HEADER) && arch::dat::real_address(place).is_some();
    let header = ptr::with_exposed_provenance_mut::<Header>(place);
    // SAFETY: L10: the address translates, and an aligned header doesn't cross a page; what
    // is no header is read as two numbers.
    let is_ours = readable && unsafe { (*header).tag } == TAG ^ address;
    is_ours.then_some(header)
}

/// Bytes that were asked for of a live block.
fn bytes_of(address: usize) -> Option<usize> {
    // SAFETY: L10: the header of a live block.
    header(address).map(|header| unsafe { (*header).bytes })
}

/// A block of so many bytes, a multiple of 16 in its address, of its size if that is a power
/// of two up to a page; null if the heap has none. Of no bytes: an address that is neither
/// null nor a block. Flag 0x100 zeroes it; all others mean nothing here. In any context.
#[unsafe(no_mangle)]
extern "C" fn __kmalloc(bytes: usize, flags: u32) -> *mut u8 {
    if bytes == 0 {
        return ptr::without_provenance_mut(NO_BYTES);
    }
    let Some((layout, offset)) = layout(bytes) else {
        return ptr::null_mut();
    };
    // SAFETY: M1, L10: the layout has a size; the block is ours, and has room for the
    // header and the bytes behind it.
    unsafe {
        let block = alloc::alloc::alloc(layout);
        if block.is_null() {
            return block;
        }
        let memory = block.add(offset);
        let tag = TAG ^ memory.expose_provenance();
        memory.cast::<Header>().sub(1).write(Header { bytes, tag });
        if flags & GFP_ZERO != 0 {
            memory.write_bytes(0, bytes);
        }
        memory
    }
}

/// Frees a block; null and a block of no bytes are none. An address that is no live block's
/// is logged with its caller, and changes nothing. In any context.
#[unsafe(no_mangle)]
extern "C" fn kfree(address: usize) {
    if address == 0 || address == NO_BYTES {
        return;
    }
    let block = header(address).and_then(|header| {
        // SAFETY: L10: the header of a live block.
        let (layout, offset) = layout(unsafe { (*header).bytes })?;
        Some((header, layout, offset))
    });
    let Some((header, layout, offset)) = block else {
        log::error!(
            "kfree of {address:#x}, which is no live block of kmalloc; freed by {}",
            caller()
        );
        return;
    };
    // SAFETY: L10: the block is from `__kmalloc`, with this layout, and is live: its tag is
    // there, and from now on no longer.
    unsafe {
        (*header).tag = 0;
        let memory = ptr::with_exposed_provenance_mut::<u8>(address);
        alloc::alloc::dealloc(memory.sub(offset), layout);
    }
}

/// A block of another size with what the old one holds, as far as it fits; the old one is
/// freed. Null if there is none: then the old one is as before. An address that is no live
/// block's counts as one of no bytes, and is logged.
#[unsafe(no_mangle)]
extern "C" fn krealloc(address: usize, bytes: usize, flags: u32) -> *mut u8 {
    let old = bytes_of(address).unwrap_or(0);
    let new = __kmalloc(bytes, flags);
    if !new.is_null() {
        if bytes > 0 {
            let from = ptr::with_exposed_provenance::<u8>(address);
            // SAFETY: M1, L10: two live blocks, and no more than the smaller has.
            unsafe { new.copy_from_nonoverlapping(from, old.min(bytes)) };
        }
        kfree(address);
    }
    new
}

/// Bytes that were asked for of a block; 0 for an address that is no live block's.
#[unsafe(no_mangle)]
extern "C" fn ksize(address: usize) -> usize {
    bytes_of(address).unwrap_or(0)
}

/// A fresh block with a copy of so many bytes; null if the heap has none.
#[unsafe(no_mangle)]
unsafe extern "C" fn kmemdup(from: *const u8, bytes: usize, flags: u32) -> *mut u8 {
    let copy = __kmalloc(bytes, flags);
    if !copy.is_null() && bytes > 0 {
        // SAFETY: L7: the caller's bytes; the copy is fresh, and as long.
        unsafe { copy.copy_from_nonoverlapping(from, bytes) };
    }
    copy
}

/// A fresh block with a copy of a string and its NUL; null of null, and if the heap has
/// none.
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
