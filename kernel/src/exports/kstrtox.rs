//! linux/kstrtox.h: numbers from text. All may be called in any context; text that is no
//! number leaves the variable as it is.

use core::ffi::CStr;
use printf::ParseError;

module_api::export_symbol!(kstrtoull(_, _, _), kstrtoll(_, _, _), kstrtobool(_, _));

const EINVAL: i32 = 22;
const ERANGE: i32 = 34;

/// Stores a number and returns 0; else -EINVAL or -ERANGE.
///
/// # Safety
/// `value` is the caller's to write.
unsafe fn store<T>(found: Result<T, ParseError>, value: *mut T) -> i32 {
    match found {
        Ok(found) => {
            // SAFETY: L7: the caller's promise.
            unsafe { value.write(found) };
            0
        }
        Err(ParseError::Invalid) => -EINVAL,
        Err(ParseError::Range) => -ERANGE,
    }
}

/// Stores an unsigned number of a base, 2 to 16; base 0 goes by the prefix: 0x is 16, 0 is
/// 8, else 10. A newline may follow. 0, -EINVAL if the text is no number, -ERANGE if 64
/// bits don't hold it.
#[unsafe(no_mangle)]
unsafe extern "C" fn kstrtoull(text: *const u8, base: u32, value: *mut u64) -> i32 {
    // SAFETY: L7: a string that ends with NUL, and a variable.
    unsafe {
        let text = CStr::from_ptr(text.cast()).to_bytes();
        store(printf::unsigned(text, base), value)
    }
}

/// As [`kstrtoull`], with a sign before the number.
#[unsafe(no_mangle)]
unsafe extern "C" fn kstrtoll(text: *const u8, base: u32, value: *mut i64) -> i32 {
    // SAFETY: L7: a string that ends with NUL, and a variable.
    unsafe {
        let text = CStr::from_ptr(text.cast()).to_bytes();
        store(printf::signed(text, base), value)
    }
}

/// Stores yes or no by the first letters of a text: y, t, 1, on; n, f, 0, of. 0, or -EINVAL
/// for any other.
#[unsafe(no_mangle)]
unsafe extern "C" fn kstrtobool(text: *const u8, value: *mut bool) -> i32 {
    // SAFETY: L7: a string that ends with NUL, and a variable.
    unsafe {
        let found = match CStr::from_ptr(text.cast()).to_bytes() {
            [b'y' | b'Y' | b't' | b'T' | b'1', ..] | [b'o' | b'O', b'n' | b'N', ..] => Ok(true),
            [b'n' | b'N' | b'f' | b'F' | b'0', ..] | [b'o' | b'O', b'f' | b'F', ..] => Ok(false),
            _ => Err(ParseError::Invalid),
        };
        store(found, value)
    }
}
