//! Other modules, on request.

use crate::kernel::load_module;

/// Loads a module of the initrd, and what it needs, unless it is there. From an init
/// too, but not from interrupt handlers or with interrupts off. The error is an error
/// number: ENOENT, there is no such file; EBUSY, it is on its way in or out; EINVAL, any
/// other reason, which the log names.
pub fn request_module(name: &str) -> Result<(), i32> {
    // SAFETY: L7: the bytes are readable while the call lasts.
    match unsafe { load_module(name.as_ptr(), name.len()) } {
        0 => Ok(()),
        error => Err(-error),
    }
}
