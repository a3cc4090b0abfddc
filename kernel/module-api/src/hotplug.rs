//! CPUs come and go: functions that are called for each that does.
//!
//! ```text
//!  comes:   prepare states in their order, it is started, online states in their order
//!  leaves:  online states the other way round, it is stopped, prepare states likewise
//! ```
//!
//! A callback gets the CPU's number and returns 0, or a negative error number. Then what was
//! called before it is undone, and the CPU stays as it was. Copies of per-CPU variables stay
//! as they are all the time; `PerCpu::sum` and its like count CPUs that are gone.
//!
//! A module removes its states in its exit. One that it leaves behind is removed with the
//! module, and warned about.

pub use crate::kernel::Callback;
use crate::kernel::{__cpuhp_remove_state, __cpuhp_setup_state};
use core::ffi::CStr;

/// When callbacks are called, and where. The numbers are those of linux/cpuhotplug.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Part {
    /// Before the CPU is started and after it is stopped, on another.
    Prepare = 0x100,
    /// While it is online, on the CPU itself, which may wait there.
    Online = 0x200,
}

/// Whether callbacks are called for the CPUs that are online at the moment, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// As if they came, or went, now.
    Now,
    /// Only for CPUs that come or go later.
    Later,
}

/// Registers a state behind those of its part that there are; returns its number. Waits for
/// other CPUs: from where a module's init and exit may be.
///
/// # Errors
/// An error number: ENOSPC if there are as many as there may be, EBUSY if other CPUs were too
/// busy, or, positive, what a startup returned; then it was undone on the other CPUs.
pub fn register(
    part: Part,
    name: &CStr,
    calls: Calls,
    startup: Option<Callback>,
    teardown: Option<Callback>,
) -> Result<u32, i32> {
    let calls = calls == Calls::Now;
    // SAFETY: L7: a string that ends with NUL, and functions of the type that is asked for; who
    // unloads the module removes a state that is left.
    let number =
        unsafe { __cpuhp_setup_state(part as i32, name.as_ptr(), calls, startup, teardown, false) };
    u32::try_from(number).map_err(|_| -number)
}

/// Removes a state by the number that [`register`] returned. A wrong one is logged.
pub fn remove(state: u32, calls: Calls) {
    __cpuhp_remove_state(state.cast_signed(), calls == Calls::Now);
}
