//! linux/string.h: strings that end with NUL, as C's standard has these functions, and
//! Linux the last few. All may be called in any context.
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
    // SAFETY: L7: the caller's promise.
    unsafe { text.add(at).read_volatile() }
}

/// Bytes of a string before its NUL, or `limit` if there are more.
#[unsafe(no_mangle)]
unsafe extern "C" fn strnlen(text: *const u8, limit: usize) -> usize {
    let mut length = 0;
    // SAFETY: L7: a string, of which no byte behind its NUL is read.
    while length < limit && unsafe { byte(text, length) } != 0 {
        length += 1;
    }
    length
}

/// Bytes of a string before its NUL.
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(text: *const u8) -> usize {
    // SAFETY: L7: what C's standard asks for.
    unsafe { strnlen(text, usize::MAX) }
}

/// Compares, at most `limit` bytes, each as `map` makes it.
///
/// # Safety
/// Two strings, as C's strncmp takes them.
unsafe fn compare(a: *const u8, b: *const u8, limit: usize, map: fn(u8) -> u8) -> i32 {
    for at in 0..limit {
        // SAFETY: L7: the caller's promise: neither has ended before.
        let (x, y) = unsafe { (map(byte(a, at)), map(byte(b, at))) };
        if x != y || x == 0 {
            return i32::from(x) - i32::from(y);
        }
    }
    0
}

/// Compares two strings by their bytes, unsigned: less than 0, 0, or greater than 0, as `a`
/// comes before `b`, is equal to it, or comes after it.
#[unsafe(no_mangle)]
unsafe extern "C" fn strcmp(a: *const u8, b: *const u8) -> i32 {
    // SAFETY: L7: what C's standard asks for.
    unsafe { compare(a, b, usize::MAX, |byte| byte) }
}

/// As [`strcmp`], of at most `limit` bytes of each.
#[unsafe(no_mangle)]
unsafe extern "C" fn strncmp(a: *const u8, b: *const u8, limit: usize) -> i32 {
    // SAFETY: L7: what C's standard asks for.
    unsafe { compare(a, b, limit, |byte| byte) }
}

/// As [`strcmp`], with ASCII's capital letters taken as small ones.
#[unsafe(no_mangle)]
unsafe extern "C" fn strcasecmp(a: *const u8, b: *const u8) -> i32 {
    // SAFETY: L7: what C's standard asks for.
    unsafe { compare(a, b, usize::MAX, |byte| byte.to_ascii_lowercase()) }
}

/// The first of so many bytes that is `wanted`; null if none is.
#[unsafe(no_mangle)]
unsafe extern "C" fn memchr(memory: *const u8, wanted: i32, bytes: usize) -> *const u8 {
    // SAFETY: L7: what C's standard asks for.
    let found = (0..bytes).find(|&at| unsafe { byte(memory, at) } == wanted as u8);
    found.map_or(ptr::null(), |at| memory.wrapping_add(at))
}

/// The first byte of a string, its NUL included, that is `wanted`; null if none is.
#[unsafe(no_mangle)]
unsafe extern "C" fn strchr(text: *const u8, wanted: i32) -> *const u8 {
    // SAFETY: L7: what C's standard asks for.
    unsafe { memchr(text, wanted, strlen(text) + 1) }
}

/// The last byte of a string, its NUL included, that is `wanted`; null if none is.
#[unsafe(no_mangle)]
unsafe extern "C" fn strrchr(text: *const u8, wanted: i32) -> *const u8 {
    // SAFETY: L7: what C's standard asks for.
    let found = unsafe {
        (0..=strlen(text))
            .rev()
            .find(|&at| byte(text, at) == wanted as u8)
    };
    found.map_or(ptr::null(), |at| text.wrapping_add(at))
}

/// Where `part` begins in `text` for the first time; null if it doesn't.
#[unsafe(no_mangle)]
unsafe extern "C" fn strstr(text: *const u8, part: *const u8) -> *const u8 {
    // SAFETY: L7: what C's standard asks for.
    unsafe {
        let (whole, length) = (strlen(text), strlen(part));
        let last = whole.checked_sub(length);
        let found =
            last.and_then(|last| (0..=last).find(|&at| strncmp(text.add(at), part, length) == 0));
        found.map_or(ptr::null(), |at| text.wrapping_add(at))
    }
}

/// Copies a string with its NUL to where there is room for both; returns `to`.
#[unsafe(no_mangle)]
unsafe extern "C" fn strcpy(to: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: L7: what C's standard asks for.
    unsafe { memcpy(to, from, strlen(from) + 1) }
}

/// Copies a string to `size` bytes and fills what is left with NUL; no NUL is written if
/// nothing is left. Returns `to`.
#[unsafe(no_mangle)]
unsafe extern "C" fn strncpy(to: *mut u8, from: *const u8, size: usize) -> *mut u8 {
    // SAFETY: L7: what C's standard asks for.
    unsafe {
        let length = strnlen(from, size);
        memcpy(to, from, length);
        memset(to.add(length), 0, size - length);
    }
    to
}

/// Copies as much of a string as fits `size` bytes with a NUL, if `size` isn't 0; returns
/// the length of `from`.
#[unsafe(no_mangle)]
unsafe extern "C" fn strlcpy(to: *mut u8, from: *const u8, size: usize) -> usize {
    // SAFETY: L7: what C's standard asks for.
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

/// Copies as much of a string as fits `size` bytes with a NUL; returns its length, or -E2BIG
/// if something didn't fit or `size` is 0.
#[unsafe(no_mangle)]
unsafe extern "C" fn strscpy(to: *mut u8, from: *const u8, size: usize) -> isize {
    if size == 0 {
        return -E2BIG;
    }
    // SAFETY: L7: what C's standard asks for.
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

/// Puts a string behind another, which has room for it; returns `to`.
#[unsafe(no_mangle)]
unsafe extern "C" fn strcat(to: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: L7: what C's standard asks for.
    unsafe { strcpy(to.add(strlen(to)), from) };
    to
}
