//! The end of all other CPUs.

use super::error::Error;
use crate::cpus;
use arch::cpu;
use arch::sigp::{self, Order};

/// Stops every other CPU for good that runs, online or not, between two of its
/// instructions: for the end of a run. Locks that they hold stay held, so nothing is printed here.
///
/// # Errors
/// The first CPU that doesn't stop; the others do all the same.
pub fn stop_others() -> Result<(), Error> {
    let this = cpu::number();
    let mut result = Ok(());
    for cpu in cpus::running().filter(|&cpu| cpu != this) {
        if let Some(Err(refusal)) = cpus::address(cpu).map(sigp::stop) {
            result = result.and(Err(Error::Refused(cpu, Order::Stop, refusal)));
        }
    }
    result
}
