//! The end of a run that nothing went wrong in.

use crate::control::{self, PowerOffBy};
use crate::{println, smp};

/// Stops the other CPUs, reports the end, and powers off. Both consoles are written
/// through at each line, so nothing is left to flush.
pub fn off(by: PowerOffBy) -> ! {
    if let Err(error) = smp::stop_others() {
        println!("power off: {error}");
    }
    control::power_off(by);
    arch::power::off()
}
