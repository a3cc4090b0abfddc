//! linux/string.h: strings that end with NUL.
//!
//! Bytes are read one by one and as volatile: the compiler would otherwise know these
//! loops for the functions that they are, and call them from themselves.

use core::ptr;

unsafe extern "C" {
    fn memcpy(to: *mut u8, from: *const u8, bytes: usize) -> *mut u8;
    fn memmove(to: *mut u8, from: *const u8, bytes: usize) -> *mut u8;
    fn memset(to: *mut u8, byte: i32, bytes: usize) -> *mut u8;
    fn memcmp(a: *const u8, b: *const u8, bytes: usize) -> i32;
}

module_api::export_symbol!(
    memcpy(_, _, _),
    memmove(_, _, _),
    memset(_, _, _),
    memcmp(_, _, _),
    memchr(_, _, _),
    strlen(_),
    strnlen(_, _),
    strcmp(_, _),
    strncmp(_, _, _),
    strcasecmp(_, _),
    strchr(_, _),
    strrchr(_, _),
    strstr(_, _),
    strcpy(_, _),
    strncpy(_, _, _),
    strlcpy(_, _, _),
    strscpy(_, _, _),
    strcat(_, _),
);

const E2BIG: isize = 7;

/// A byte of a string.
///
/// # Safety
/// `text + at` is readable.
#[inline(always)]
unsafe fn byte(text: *const u8, at: usize) -> u8 {
    // SAFETY: the caller's promise.
    unsafe { text.add(at).read_volatile() }
}

/// Bytes before the NUL, at most `limit`.
#[unsafe(no_mangle)]
unsafe extern "C" fn strnlen(text: *const u8, limit: usize) -> usize {
    let mut length = 0;
    // SAFETY: L3: as C's; so for all below.
    while length < limit && unsafe { byte(text, length) } != 0 {
        length += 1;
    }
    length
}

/// Bytes before the NUL.
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(text: *const u8) -> usize {
    // SAFETY: L3.
    unsafe { strnlen(text, usize::MAX) }
}

/// Compares, at most `limit` bytes, each as `map` makes it.
///
/// # Safety
/// Two strings, as C's strncmp takes them.
unsafe fn compare(a: *const u8, b: *const u8, limit: usize, map: fn(u8) -> u8) -> i32 {
    for at in 0..limit {
        // SAFETY: the caller's promise: neither has ended before.
        let (x, y) = unsafe { (map(byte(a, at)), map(byte(b, at))) };
        if x != y || x == 0 {
            return i32::from(x) - i32::from(y);
        }
    }
    0
}

/// Less than, equal to or greater than 0, as `a` is to `b`.
#[unsafe(no_mangle)]
unsafe extern "C" fn strcmp(a: *const u8, b: *const u8) -> i32 {
    // SAFETY: L3.
    unsafe { compare(a, b, usize::MAX, |byte| byte) }
}

/// The same for the first bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn strncmp(a: *const u8, b: *const u8, limit: usize) -> i32 {
    // SAFETY: L3.
    unsafe { compare(a, b, limit, |byte| byte) }
}

/// The same without regard to case.
#[unsafe(no_mangle)]
unsafe extern "C" fn strcasecmp(a: *const u8, b: *const u8) -> i32 {
    // SAFETY: L3.
    unsafe { compare(a, b, usize::MAX, |byte| byte.to_ascii_lowercase()) }
}

/// The first place of a byte among so many; null if there is none.
#[unsafe(no_mangle)]
unsafe extern "C" fn memchr(memory: *const u8, wanted: i32, bytes: usize) -> *const u8 {
    // SAFETY: L3.
    let found = (0..bytes).find(|&at| unsafe { byte(memory, at) } == wanted as u8);
    found.map_or(ptr::null(), |at| memory.wrapping_add(at))
}

/// The first place of a byte, the NUL included.
#[unsafe(no_mangle)]
unsafe extern "C" fn strchr(text: *const u8, wanted: i32) -> *const u8 {
    // SAFETY: L3.
    unsafe { memchr(text, wanted, strlen(text) + 1) }
}

/// The last place of a byte, the NUL included.
#[unsafe(no_mangle)]
unsafe extern "C" fn strrchr(text: *const u8, wanted: i32) -> *const u8 {
    // SAFETY: L3.
    let found = unsafe {
        (0..=strlen(text))
            .rev()
            .find(|&at| byte(text, at) == wanted as u8)
    };
    found.map_or(ptr::null(), |at| text.wrapping_add(at))
}

/// The first place of a string in another.
#[unsafe(no_mangle)]
unsafe extern "C" fn strstr(text: *const u8, part: *const u8) -> *const u8 {
    // SAFETY: L3.
    unsafe {
        let (whole, length) = (strlen(text), strlen(part));
        let last = whole.checked_sub(length);
        let found =
            last.and_then(|last| (0..=last).find(|&at| strncmp(text.add(at), part, length) == 0));
        found.map_or(ptr::null(), |at| text.wrapping_add(at))
    }
}

/// Copies with the NUL.
#[unsafe(no_mangle)]
unsafe extern "C" fn strcpy(to: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: L3.
    unsafe { memcpy(to, from, strlen(from) + 1) }
}

/// Copies at most `size` bytes and fills the rest with NUL, if there is a rest.
#[unsafe(no_mangle)]
unsafe extern "C" fn strncpy(to: *mut u8, from: *const u8, size: usize) -> *mut u8 {
    // SAFETY: L3.
    unsafe {
        let length = strnlen(from, size);
        memcpy(to, from, length);
        memset(to.add(length), 0, size - length);
    }
    to
}

/// Copies what fits, with a NUL; returns the length of `from`.
#[unsafe(no_mangle)]
unsafe extern "C" fn strlcpy(to: *mut u8, from: *const u8, size: usize) -> usize {
    // SAFETY: L3.
    unsafe {
        let length = strlen(from);
        if size > 0 {
            let copied = length.min(size - 1);
            memcpy(to, from, copied);
            to.add(copied).write(0);
        }
        length
    }
}

/// Copies what fits, with a NUL; returns its length, or an errno if it was cut.
#[unsafe(no_mangle)]
unsafe extern "C" fn strscpy(to: *mut u8, from: *const u8, size: usize) -> isize {
    if size == 0 {
        return -E2BIG;
    }
    // SAFETY: L3.
    unsafe {
        let length = strnlen(from, size);
        let copied = length.min(size - 1);
        memcpy(to, from, copied);
        to.add(copied).write(0);
        if copied < length {
            -E2BIG
        } else {
            copied as isize
        }
    }
}

/// Puts a string behind another.
#[unsafe(no_mangle)]
unsafe extern "C" fn strcat(to: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: L3.
    unsafe { strcpy(to.add(strlen(to)), from) };
    to
}
