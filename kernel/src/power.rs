//! The end of a run that nothing went wrong in.

use crate::control::{self, PowerOffBy};
use crate::{fail, println, smp};

/// Stops the other CPUs, tells of faults that never came, reports the end, and powers off. Both consoles are written
/// through at each line, so nothing is left to flush.
pub fn off(by: PowerOffBy) -> ! {
    if let Err(error) = smp::stop_others() {
        println!("power off: {error}");
    }
    for (site, left) in fail::not_come() {
        println!("fail={site} never came: {left} requests were left until then");
    }
    control::power_off(by);
    arch::power::off()
}
