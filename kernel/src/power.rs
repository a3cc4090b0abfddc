//! The end of a run that nothing went wrong in.

use crate::control::{self, PowerOffBy};
use crate::{console, fail, println, smp};

/// Stops the other CPUs, reports faults that never came, reports the end, and powers off. Both
/// consoles are written through at each line, so nothing is left to flush; a CPU that was stopped
/// while it wrote holds a console no longer.
pub fn off(by: PowerOffBy) -> ! {
    arch::cpu::interrupts_off_for_good();
    match smp::stop_others() {
        // SAFETY: C20: only this CPU runs from here on, and nothing interrupts it.
        Ok(()) => unsafe {
            console::take_over();
            control::take_over();
        },
        Err(error) => println!("power off: {error}"),
    }
    for (site, left) in fail::not_come() {
        println!("fail={site} never came: {left} requests were left until then");
    }
    control::power_off(by);
    arch::power::off()
}
