//! What a module that is gone has left with others, who would find its memory: it is taken
//! away, and reported.

use super::loaded::Loaded;
use crate::{percpu, smp, warning};
use core::ops::Range;

/// Takes away what a module has left that runs no more, before its memory is given back.
pub fn take_away(name: &str, loaded: &Loaded) {
    let is_gone = |address: usize| loaded.owns(address as u64);
    if let Some(state) = smp::states::forget(is_gone) {
        warning::print(format_args!(
            "module {name} has left its hot-plug state {state}: it is removed, and no teardown called"
        ));
    }
    match percpu::counters::forget(is_gone) {
        0 => {}
        count => warning::print(format_args!(
            "module {name} has left {count} percpu_counters: percpu_counter_destroy wasn't called"
        )),
    }
}

/// Takes back what would call a module's code, so that what runs it now is all that does.
pub fn end_calls(name: &str, addresses: &Range<usize>) {
    let is_gone = |address: usize| addresses.contains(&address);
    match smp::timers::forget(is_gone) {
        0 => {}
        count => warning::print(format_args!(
            "module {name} has left {count} timers pending: del_timer_sync wasn't called"
        )),
    }
    match smp::works::forget(is_gone) {
        0 => {}
        count => warning::print(format_args!(
            "module {name} has left {count} works pending: cancel_work_sync wasn't called"
        )),
    }
}
