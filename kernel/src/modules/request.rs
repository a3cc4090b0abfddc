//! Loads that modules ask for (Linux: request_module).
//!
//! ```text
//!  init of a ──► load_module("b") ──► init of b ──► load_module("c") ──► ..
//! ```
//!
//! All of these inits are on one stack, of which each such load takes 3 KiB and its init
//! what it takes, so only so many may be one inside another.

use super::error::Reason;
use super::lookup::state;
use super::modprobe::load_with_dependencies;
use super::state::State;
use core::slice;
use module_api::errno;
use this_cpu::{Variable, percpu};

module_api::export_symbol!(load_module(_, _));

/// Most loads that may be asked for inside of one another on a CPU.
const DEEPEST: u32 = 8;

/// Too many loads one inside another.
const ELOOP: i32 = 40;

percpu! {
    /// Loads that are being carried out on the CPU because a module asked.
    static NESTED: u32 = 0;
}

/// Loads a module of the initrd, and what it needs, unless it is there. 0, or a
/// negative error number: ENOENT, there is no such file; EBUSY, it is on its way in or
/// out; ELOOP, it is asked for by the init of a module that was asked for by an init, and
/// so on, too often; ENOMEM, the kernel heap is exhausted; EINVAL, any other reason. The
/// log has the reason.
///
/// # Safety
/// `length` bytes at `name` are readable.
#[unsafe(no_mangle)]
unsafe extern "C" fn load_module(name: *const u8, length: usize) -> i32 {
    // SAFETY: L7: the caller's promise.
    let name = unsafe { slice::from_raw_parts(name, length) };
    let Ok(name) = core::str::from_utf8(name) else {
        return -errno::EINVAL;
    };
    match state(name) {
        Some(State::Live) => return 0,
        Some(_) => return -errno::EBUSY,
        None => {}
    }
    if NESTED.read() == DEEPEST {
        log::warn!("module {name}: asked for by {DEEPEST} inits, each inside another");
        return -ELOOP;
    }
    NESTED.inc();
    let result = load_with_dependencies(name, &[]);
    NESTED.dec();
    match result {
        Ok(()) => 0,
        Err(error) => {
            log::warn!("{error}");
            match error.reason {
                Reason::NoFile => -errno::ENOENT,
                Reason::Exists(_) => -errno::EBUSY,
                Reason::Heap => -errno::ENOMEM,
                _ => -errno::EINVAL,
            }
        }
    }
}
