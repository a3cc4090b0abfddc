//! The end of all other CPUs.

use crate::{cpus, println};
use arch::{cpu, sigp};

/// Stops every other CPU for good, between two of its instructions: for the end of a
/// run. Locks that they hold stay held.
pub fn stop_others() {
    let this = cpu::number();
    for cpu in cpus::online().filter(|&cpu| cpu != this) {
        let stopped = cpus::address(cpu).map(sigp::stop);
        if let Some(Err(error)) = stopped {
            println!("cpu {cpu} does not stop: {error}");
        }
    }
}
