//! What a module that is gone has left with others, who would find its memory: it is taken
//! away, and told.

use super::loaded::Loaded;
use crate::{percpu, smp, warning};

/// Takes away what a module has left that runs no more, before its memory is given back.
pub fn take_away(name: &str, loaded: &Loaded) {
    let is_gone = |address: usize| loaded.owns(address as u64);
    if let Some(state) = smp::states::forget(is_gone) {
        warning::say(format_args!(
            "module {name} has left its hot-plug state {state}: it is removed, and no teardown called"
        ));
    }
    match smp::timers::forget(is_gone) {
        0 => {}
        count => warning::say(format_args!(
            "module {name} has left {count} timers pending: del_timer_sync wasn't called"
        )),
    }
    match percpu::counters::forget(is_gone) {
        0 => {}
        count => warning::say(format_args!(
            "module {name} has left {count} percpu_counters: percpu_counter_destroy wasn't called"
        )),
    }
}
