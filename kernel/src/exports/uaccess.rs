//! linux/uaccess.h: reads and writes of addresses that may not be mapped.

use arch::fault_safe;

module_api::export_symbol!(
    copy_from_kernel_nofault(_, _, _),
    copy_to_kernel_nofault(_, _, _),
    strncpy_from_kernel_nofault(_, _, _),
);

const EFAULT: i64 = module_api::errno::EFAULT as i64;

/// Copies `bytes` bytes of any address: 0, or -EFAULT, with as much copied as there is.
///
/// # Safety
/// C9: `to` has room for `bytes` bytes, which are the caller's.
#[unsafe(no_mangle)]
unsafe extern "C" fn copy_from_kernel_nofault(to: *mut u8, from: usize, bytes: usize) -> i64 {
    if bytes == 0 {
        return 0;
    }
    // SAFETY: C9: the caller's room, bytes as C sees them.
    let to = unsafe { core::slice::from_raw_parts_mut(to, bytes) };
    match fault_safe::read_bytes(from, to) {
        Ok(()) => 0,
        Err(_) => -EFAULT,
    }
}

/// Copies `bytes` bytes to any address: 0, or -EFAULT, with as much copied as can be
/// written.
///
/// # Safety
/// C9: `from` is `bytes` bytes that can be read, and what can be written at `to` is the
/// caller's.
#[unsafe(no_mangle)]
unsafe extern "C" fn copy_to_kernel_nofault(to: usize, from: *const u8, bytes: usize) -> i64 {
    if bytes == 0 {
        return 0;
    }
    // SAFETY: C9: the caller's promise.
    let written = unsafe {
        let from = core::slice::from_raw_parts(from, bytes);
        fault_safe::write_bytes(to, from)
    };
    match written {
        Ok(()) => 0,
        Err(_) => -EFAULT,
    }
}

/// Copies a text of any address, with its NUL: the bytes copied, `limit` if it is longer
/// and was cut, or -EFAULT. A NUL ends what was copied.
///
/// # Safety
/// C9: `to` has room for `limit` bytes, which are the caller's.
#[unsafe(no_mangle)]
unsafe extern "C" fn strncpy_from_kernel_nofault(to: *mut u8, from: usize, limit: i64) -> i64 {
    let room = usize::try_from(limit).unwrap_or(0);
    for index in 0..room {
        let byte = if index + 1 == room {
            Ok(0)
        } else {
            fault_safe::read_u8(from.wrapping_add(index))
        };
        // SAFETY: C9: inside the caller's room.
        unsafe { to.add(index).write(byte.unwrap_or(0)) };
        match byte {
            Ok(0) => return index as i64 + 1,
            Ok(_) => {}
            Err(_) => return -EFAULT,
        }
    }
    0
}
