//! The end of a run that nothing went wrong in.

use crate::control::{self, PowerOffBy};
use crate::smp;

/// Reports the end, stops the other CPUs and powers off. Both consoles are written
/// through at each line, so nothing is left to flush.
pub fn off(by: PowerOffBy) -> ! {
    control::power_off(by);
    smp::stop_others();
    arch::power::off()
}
