//! What a module may ask of the loader.

use super::{Reason, State, load_with_dependencies, state};
use core::slice;
use module_api::errno;

module_api::export_symbol!(load_module(_, _));

/// Loads a module of the initrd, and what it needs, unless it is there. 0, or a
/// negative error number: ENOENT, there is no such file; EBUSY, it is on its way in or
/// out; EINVAL, any other reason, which the log names.
///
/// # Safety
/// `length` bytes at `name` are readable.
#[unsafe(no_mangle)]
unsafe extern "C" fn load_module(name: *const u8, length: usize) -> i32 {
    // SAFETY: the caller's promise.
    let name = unsafe { slice::from_raw_parts(name, length) };
    let Ok(name) = core::str::from_utf8(name) else {
        return -errno::EINVAL;
    };
    match state(name) {
        Some(State::Live) => return 0,
        Some(_) => return -errno::EBUSY,
        None => {}
    }
    match load_with_dependencies(name, &[]) {
        Ok(()) => 0,
        Err(error) => {
            log::warn!("{error}");
            match error.reason {
                Reason::NoFile => -errno::ENOENT,
                Reason::Exists(_) => -errno::EBUSY,
                _ => -errno::EINVAL,
            }
        }
    }
}
