//! linux/kstrtox.h: numbers from text.

use core::ffi::CStr;
use printf::ParseError;

module_api::export_symbol!(kstrtoull(_, _, _), kstrtoll(_, _, _), kstrtobool(_, _));

const EINVAL: i32 = 22;
const ERANGE: i32 = 34;

/// Stores a number, or returns an errno.
///
/// # Safety
/// `value` is the caller's to write.
unsafe fn store<T>(found: Result<T, ParseError>, value: *mut T) -> i32 {
    match found {
        Ok(found) => {
            // SAFETY: the caller's promise.
            unsafe { value.write(found) };
            0
        }
        Err(ParseError::Invalid) => -EINVAL,
        Err(ParseError::Range) => -ERANGE,
    }
}

/// An unsigned number.
#[unsafe(no_mangle)]
unsafe extern "C" fn kstrtoull(text: *const u8, base: u32, value: *mut u64) -> i32 {
    // SAFETY: L3: a string that ends with NUL, and a variable.
    unsafe {
        let text = CStr::from_ptr(text.cast()).to_bytes();
        store(printf::unsigned(text, base), value)
    }
}

/// A signed number.
#[unsafe(no_mangle)]
unsafe extern "C" fn kstrtoll(text: *const u8, base: u32, value: *mut i64) -> i32 {
    // SAFETY: L3: as above.
    unsafe {
        let text = CStr::from_ptr(text.cast()).to_bytes();
        store(printf::signed(text, base), value)
    }
}

/// Yes or no, by its first letters.
#[unsafe(no_mangle)]
unsafe extern "C" fn kstrtobool(text: *const u8, value: *mut bool) -> i32 {
    // SAFETY: L3: as above.
    unsafe {
        let found = match CStr::from_ptr(text.cast()).to_bytes() {
            [b'y' | b'Y' | b't' | b'T' | b'1', ..] | [b'o' | b'O', b'n' | b'N', ..] => Ok(true),
            [b'n' | b'N' | b'f' | b'F' | b'0', ..] | [b'o' | b'O', b'f' | b'F', ..] => Ok(false),
            _ => Err(ParseError::Invalid),
        };
        store(found, value)
    }
}
