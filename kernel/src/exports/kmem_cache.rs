//! linux/slab.h: caches, which are kmalloc's objects with a name, a constructor and a count.
//!
//! Caches of one size share slabs, as Linux's do when it merges them: so an object of another
//! cache is refused only if that has another size. A constructor runs at each allocation: an
//! object is as it left it, whatever was done to it when it was freed.

use super::module_api::caller;
use super::slab::{GFP_ZERO, NoBlock};
use crate::backtrace::Address;
use crate::memory::sanity::{self, Kind};
use crate::memory::slab::{self, NotOfCache};
use core::ffi::{CStr, c_char};
use core::fmt;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

module_api::export_symbol!(
    kmem_cache_create(_, _, _, _, _),
    kmem_cache_destroy(_),
    kmem_cache_alloc(_, _),
    kmem_cache_free(_, _),
    kmem_cache_size(_),
    kmem_cache_shrink(_),
);

/// SLAB_HWCACHE_ALIGN: objects begin at lines of the cache, of 256 bytes.
const HARDWARE_CACHE_ALIGN: u32 = 0x2000;
const LINE: usize = 256;
/// Bytes of a name, its NUL included.
const NAME: usize = 32;
/// What every cache that lives begins with.
const LIVE: u64 = 0x6b6d_656d_5f63_6163;

type Constructor = extern "C" fn(*mut u8);

/// A `struct kmem_cache`.
#[repr(C)]
pub struct Cache {
    live: u64,
    name: [u8; NAME],
    /// Bytes that its users asked for.
    size: usize,
    align: usize,
    /// Bytes of an object, a multiple of its alignment.
    bytes: usize,
    constructor: Option<Constructor>,
    /// Objects that its users have.
    objects: AtomicUsize,
}

impl fmt::Display for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.split(|&byte| byte == 0).next().unwrap_or(&[]);
        write!(f, "cache {}", name.escape_ascii())
    }
}

/// The cache that a module passes; `None`, and reported, if it passes no such. Part of the function
/// that it passes it to, whose caller is named.
#[inline(always)]
fn cache<'a>(cache: *const Cache, what: &str) -> Option<&'a Cache> {
    let is_object = slab::size_of_object(cache.addr()).is_ok_and(|size| size >= size_of::<Cache>());
    // SAFETY: L10: a live object has all these bytes, and any of them are such values; but for
    // the constructor, which isn't looked at unless the first word says that it is a cache.
    let found = is_object && unsafe { (*cache).live } == LIVE;
    if !found {
        log::error!("{what} of {cache:p}, which is no cache; by {}", caller());
        sanity::no_cache(cache.addr());
    }
    // SAFETY: L7, L10: a cache that `kmem_cache_create` made, and its owner hasn't destroyed.
    found.then(|| unsafe { &*cache })
}

/// The bytes of objects that are aligned to `align`: a size whose class is.
fn bytes_for(size: usize, align: usize) -> Option<usize> {
    match align {
        0..=16 => Some(size),
        _ if align <= arch::PAGE_SIZE && align.is_power_of_two() => {
            size.max(align).checked_next_power_of_two()
        }
        _ => None,
    }
}

/// A cache of objects of so many bytes, aligned to `align`, a power of two up to a page, or 0;
/// null if there is no memory, or a size or an alignment is none. A name is cut at 31 bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn kmem_cache_create(
    name: *const c_char,
    size: u32,
    align: u32,
    flags: u32,
    constructor: Option<Constructor>,
) -> *mut Cache {
    let (size, align) = (size as usize, align as usize);
    let align = match flags & HARDWARE_CACHE_ALIGN {
        0 => align,
        // Small objects share a line, as in Linux: as many as fit.
        _ => align.max(
            size.max(1)
                .checked_next_power_of_two()
                .unwrap_or(0)
                .min(LINE),
        ),
    };
    let bytes = bytes_for(size, align).filter(|_| size != 0 && !name.is_null());
    let Some(bytes) = bytes else {
        log::error!(
            "kmem_cache_create: {size} bytes aligned to {align}; by {}",
            caller()
        );
        return ptr::null_mut();
    };
    let Some(address) = slab::allocate(size_of::<Cache>()) else {
        return ptr::null_mut();
    };
    // SAFETY: L7: a string that ends with NUL.
    let text = unsafe { CStr::from_ptr(name) }.to_bytes();
    let mut name = [0; NAME];
    let length = text.len().min(NAME - 1);
    name[..length].copy_from_slice(&text[..length]);
    let cache = ptr::with_exposed_provenance_mut::<Cache>(address);
    // SAFETY: L10: a live object, ours, with room for a cache and aligned to 16.
    unsafe {
        cache.write(Cache {
            live: LIVE,
            name,
            size,
            align: align.max(1),
            bytes,
            constructor,
            objects: AtomicUsize::new(0),
        });
    }
    cache
}

/// Ends a cache; null is none. While objects of it are live it stays, and that is reported.
#[unsafe(no_mangle)]
extern "C" fn kmem_cache_destroy(of: *mut Cache) {
    if of.is_null() {
        return;
    }
    let Some(found) = cache(of, "kmem_cache_destroy") else {
        return;
    };
    match found.objects.load(Ordering::Relaxed) {
        0 => {
            // SAFETY: L7, L10: the cache is its owner's, who ends it, and has no objects.
            unsafe { (*of).live = 0 };
            let freed = slab::free(of.addr());
            debug_assert_eq!(freed, Ok(()), "a cache is a live object");
        }
        objects => {
            log::error!(
                "kmem_cache_destroy: {found} still has {objects} objects, and stays; by {}",
                caller()
            );
            sanity::cache_in_use(of.addr(), objects);
        }
    }
}

/// An object, as its constructor leaves it; zeroed with flag 0x100 unless it has a
/// constructor. Null if there is no memory. In any context.
#[unsafe(no_mangle)]
extern "C" fn kmem_cache_alloc(of: *mut Cache, flags: u32) -> *mut u8 {
    let Some(cache) = cache(of, "kmem_cache_alloc") else {
        return ptr::null_mut();
    };
    let found = slab::allocate_of(of.addr(), cache.size, cache.align, cache.bytes);
    let Some(address) = found else {
        return ptr::null_mut();
    };
    cache.objects.fetch_add(1, Ordering::Relaxed);
    let object = ptr::with_exposed_provenance_mut::<u8>(address);
    match cache.constructor {
        Some(construct) => construct(object),
        // SAFETY: L10: a live object, ours, of as many bytes.
        None if flags & GFP_ZERO != 0 => unsafe { object.write_bytes(0, cache.size) },
        None => {}
    }
    object
}

/// Frees an object of the cache; null is none. What isn't, is reported and changes nothing. In any
/// context.
#[unsafe(no_mangle)]
extern "C" fn kmem_cache_free(of: *mut Cache, address: usize) {
    if address == 0 {
        return;
    }
    let Some(cache) = cache(of, "kmem_cache_free") else {
        return;
    };
    match slab::free_of(of.addr(), address, cache.bytes) {
        Ok(()) => {
            cache.objects.fetch_sub(1, Ordering::Relaxed);
        }
        Err(refused) => not_freed(refused, of, cache, address, caller()),
    }
}

#[cold]
fn not_freed(refused: NotOfCache, of: *mut Cache, cache: &Cache, address: usize, caller: Address) {
    match refused {
        NotOfCache::Size(size) => log::error!(
            "kmem_cache_free of {address:#x}, an object of {size} bytes, which {cache} has \
             none of; by {caller}"
        ),
        NotOfCache::NotLive(refused) => log::error!(
            "kmem_cache_free of {address:#x}, {}; {cache}, by {caller}",
            NoBlock(refused)
        ),
    }
    sanity::refused(Kind::Slab, address, of.addr());
}

/// Bytes of its objects, as they were asked for.
#[unsafe(no_mangle)]
extern "C" fn kmem_cache_size(of: *mut Cache) -> u32 {
    cache(of, "kmem_cache_size").map_or(0, |cache| cache.size as u32)
}

/// Gives back what is kept for the next allocation, of all caches; 0, as in Linux. Not in
/// interrupt handlers.
#[unsafe(no_mangle)]
extern "C" fn kmem_cache_shrink(of: *mut Cache) -> i32 {
    if cache(of, "kmem_cache_shrink").is_some() {
        slab::shrink();
    }
    0
}
