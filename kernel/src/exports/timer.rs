//! linux/timer.h: functions that the clock calls; and for linux/preempt.h, whether one runs.

use crate::smp::timers::{self, Timer};
use arch::{lowcore, stack};
use core::ptr::NonNull;

module_api::export_symbol!(
    __timer_arm(_, _),
    __timer_arm_on(_, _, _),
    del_timer(_),
    del_timer_sync(_),
    __in_handler(),
);

/// Arms a timer for so many nanoseconds from now: 1 if it was pending before, and isn't any
/// more for the time that was, else 0. In any context.
#[unsafe(no_mangle)]
extern "C" fn __timer_arm(timer: NonNull<Timer>, nanoseconds: u64) -> i32 {
    i32::from(timers::arm(timer, nanoseconds))
}

/// Arms a timer for a CPU's clock, or for this CPU's if that one isn't active. In any context.
#[unsafe(no_mangle)]
extern "C" fn __timer_arm_on(timer: NonNull<Timer>, nanoseconds: u64, cpu: u32) {
    timers::arm_on(cpu, timer, nanoseconds);
}

/// Takes a timer back: 1, or 0 if it wasn't pending. Its function may be running still. In any
/// context.
#[unsafe(no_mangle)]
extern "C" fn del_timer(timer: NonNull<Timer>) -> i32 {
    i32::from(timers::cancel(timer))
}

/// As [`del_timer`], and its function runs on no other CPU when this returns, nor is what it
/// armed again pending.
#[unsafe(no_mangle)]
extern "C" fn del_timer_sync(timer: NonNull<Timer>) -> i32 {
    i32::from(timers::cancel_and_wait(timer))
}

/// Whether the caller runs in the handler of an interruption.
#[unsafe(no_mangle)]
extern "C" fn __in_handler() -> bool {
    lowcore::is_interrupt_stack(stack::pointer())
}
