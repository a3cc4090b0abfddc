//! What another CPU does: it is stopped for a look, and may go on.

use super::error::Error;
use crate::cpus;
use arch::sigp::{self, Order, Status, StatusArea};
use spin::Mutex;

static AREA: Mutex<StatusArea> = Mutex::new(StatusArea::ZERO);

/// The state of a CPU that has stopped, if nobody else asks just now.
pub fn status(cpu: u32) -> Result<Status, Error> {
    let address = cpus::address(cpu).ok_or(Error::NotPresent(cpu))?;
    let mut area = AREA.try_lock().ok_or(Error::Busy(cpu))?;
    let status = area.store(address);
    status.map_err(|refusal| Error::Refused(cpu, Order::StoreStatus, refusal))
}

/// Stops another CPU, and returns what it was doing. Locks that it holds stay held.
pub fn stop(cpu: u32) -> Result<Status, Error> {
    let address = cpus::address(cpu).ok_or(Error::NotPresent(cpu))?;
    let stopped = sigp::stop(address);
    stopped.map_err(|refusal| Error::Refused(cpu, Order::Stop, refusal))?;
    status(cpu)
}

/// Lets a CPU go on that was stopped for a look.
///
/// # Safety
/// C11: by [`stop`], and nothing of what it uses was changed since.
pub unsafe fn resume(cpu: u32) -> Result<(), Error> {
    let address = cpus::address(cpu).ok_or(Error::NotPresent(cpu))?;
    // SAFETY: C11: the caller's promise.
    let started = unsafe { sigp::start(address) };
    started.map_err(|refusal| Error::Refused(cpu, Order::Start, refusal))
}
