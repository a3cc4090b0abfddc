//! Other modules, on request.

unsafe extern "C" {
    fn load_module(name: *const u8, length: usize) -> i32;
}

/// Loads a module of the initrd, and what it needs, unless it is there. May be called
/// from an init. The error is an error number.
pub fn request_module(name: &str) -> Result<(), i32> {
    // SAFETY: the bytes are readable while the call lasts.
    match unsafe { load_module(name.as_ptr(), name.len()) } {
        0 => Ok(()),
        error => Err(-error),
    }
}
