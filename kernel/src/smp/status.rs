//! What another CPU does: it is stopped for a look, and may go on.

use super::error::Error;
use crate::cpus::{self, State};
use arch::MAX_CPUS;
use arch::sigp::{self, Order, Status, StatusArea};
use core::sync::atomic::{AtomicBool, Ordering};
use spin::Mutex;

static AREA: Mutex<StatusArea> = Mutex::new(StatusArea::ZERO);

/// CPUs that somebody has stopped for a look, or buries.
static LOOKED_AT: [AtomicBool; MAX_CPUS] = [const { AtomicBool::new(false) }; MAX_CPUS];

/// While it is there nobody else stops the CPU for a look, or starts it after one.
pub struct Look(u32);

impl Look {
    /// Begins one, if nobody else looks. Never waits.
    pub fn begin(cpu: u32) -> Option<Self> {
        let taken = LOOKED_AT.get(cpu as usize)?.swap(true, Ordering::Acquire);
        (!taken).then_some(Self(cpu))
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        LOOKED_AT[self.0 as usize].store(false, Ordering::Release);
    }
}

/// The state of a CPU that has stopped, if nobody else asks just now.
pub fn status(cpu: u32) -> Result<Status, Error> {
    let address = cpus::address(cpu).ok_or(Error::NotPresent(cpu))?;
    let mut area = AREA.try_lock().ok_or(Error::Busy(cpu))?;
    let status = area.store(address);
    status.map_err(|refusal| Error::Refused(cpu, Order::StoreStatus, refusal))
}

/// Stops another CPU, and returns what it was doing. Locks that it holds stay held.
///
/// # Errors
/// It goes on, or was stopped before.
pub fn stop(cpu: u32) -> Result<Status, Error> {
    let address = cpus::address(cpu).ok_or(Error::NotPresent(cpu))?;
    let look = Look::begin(cpu).ok_or(Error::Busy(cpu))?;
    if matches!(cpus::state(cpu), State::Offline | State::Starting) {
        return Err(Error::NotOnline(cpu));
    }
    let stopped = sigp::stop(address);
    stopped.map_err(|refusal| Error::Refused(cpu, Order::Stop, refusal))?;
    let status = status(cpu);
    match status {
        // It is resumed.
        Ok(_) => core::mem::forget(look),
        // SAFETY: C11: stopped above.
        Err(_) => unsafe { start_again(cpu, address) }?,
    }
    status
}

/// Lets a CPU go on that was stopped for a look.
///
/// # Safety
/// C11: by [`stop`], and nothing of what it uses was changed since.
pub unsafe fn resume(cpu: u32) -> Result<(), Error> {
    let _look = Look(cpu);
    let address = cpus::address(cpu).ok_or(Error::NotPresent(cpu))?;
    // SAFETY: C11: the caller's promise.
    unsafe { start_again(cpu, address) }
}

/// # Safety
/// C11: it was stopped between two of its instructions, and nothing was changed since.
unsafe fn start_again(cpu: u32, address: u16) -> Result<(), Error> {
    // SAFETY: C11: the caller's promise.
    let started = unsafe { sigp::start(address) };
    started.map_err(|refusal| Error::Refused(cpu, Order::Start, refusal))
}
