//! What a module's init, exit, constructor or destructor must leave as it found it: whether
//! interrupts are on, how often it keeps the CPU (preempt_disable, a spin lock that it
//! holds), and how many mutexes it holds. What it leaves is reported with the module's name, and
//! put right, for the kernel goes on where the function was called; but for mutexes, which
//! nobody else may unlock.

use super::lookup::symbol_at;
use crate::warning;
use arch::{cpu, lowcore};
use core::fmt;
use this_cpu::{Variable, percpu};

percpu! {
    /// What linux/preempt.h counts: preemption turned off and spin locks taken, and not
    /// given back.
    #[export]
    pub static PREEMPT_COUNT: i32 = 0;

    /// Mutexes that the CPU's own context holds, as linux/mutex.h counts them; those of threads
    /// aren't counted.
    #[export]
    pub static MUTEX_COUNT: i32 = 0;
}

/// Runs `function`, which lies at `address`, and looks at what it leaves.
pub fn checked<R>(address: u64, function: impl FnOnce() -> R) -> R {
    let (count, enabled) = (PREEMPT_COUNT.read(), cpu::interrupts_enabled());
    let mutexes = MUTEX_COUNT.read();
    let linux_count = lowcore::linux_preempt_count();
    let result = function();
    let left = PREEMPT_COUNT.read().wrapping_sub(count);
    let held = MUTEX_COUNT.read().wrapping_sub(mutexes);
    let linux_left = lowcore::linux_preempt_count().wrapping_sub(linux_count);
    let left = left.wrapping_add(linux_left.cast_signed());
    let enabled_now = cpu::interrupts_enabled();
    if left == 0 && held == 0 && enabled == enabled_now {
        return result;
    }
    PREEMPT_COUNT.write(count);
    MUTEX_COUNT.write(mutexes);
    lowcore::restore_linux_preempt_count(linux_count);
    if enabled && !enabled_now {
        // SAFETY: C6: they were on when the function was called, which is no section of the
        // kernel's.
        unsafe { cpu::enable_interrupts() };
    }
    let name = Function(address);
    if left != 0 {
        let what = if left > 0 {
            "preempt_disable, get_cpu or a spin lock without its end"
        } else {
            "an end of what wasn't begun"
        };
        warning::print(format_args!(
            "{name} returned with a preempt count of {left:+}: {what}. It is put back"
        ));
    }
    if held != 0 {
        warning::print(format_args!(
            "{name} returned with {held:+} mutexes locked; what waits for one waits for ever"
        ));
    }
    if enabled && !enabled_now {
        warning::print(format_args!(
            "{name} returned with interrupts off. They are turned on again"
        ));
    }
    result
}

/// A function of a module, as messages name it.
struct Function(u64);

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match symbol_at(self.0) {
            Some((module, Some(function))) => write!(f, "{} [{module}]", function.name),
            Some((module, None)) => write!(f, "a function [{module}]"),
            None => write!(f, "the function at {:#x}", self.0),
        }
    }
}
