//! linux/workqueue.h: functions that run later, in threads of the kernel's.

use super::module_api::caller;
use crate::smp::works::{self, NotQueued, Work};
use crate::warning;
use core::ptr::NonNull;

module_api::export_symbol!(
    __work_queue(_, _, _),
    __work_cancel(_),
    __work_is_busy(_),
    __workqueue_new(_, _),
    __workqueue_is_empty(_),
    __workqueue_remove(_),
);

/// Queues a work that isn't pending, for a CPU if it is one; whether it did. Without a thread for
/// it, it warns. In any context.
#[unsafe(no_mangle)]
extern "C" fn __work_queue(queue: u64, work: NonNull<Work>, cpu: u32) -> bool {
    match works::queue(queue as usize, work, cpu) {
        Ok(()) => true,
        Err(NotQueued::Pending) => false,
        Err(problem) => {
            warning::print(format_args!(
                "a work isn't queued, and never runs: {}; by {}",
                match problem {
                    NotQueued::NoThread(_) => "there is no thread for it",
                    _ => "there is no such queue",
                },
                caller()
            ));
            false
        }
    }
}

/// Takes a work back that is pending; whether it was. In any context.
#[unsafe(no_mangle)]
extern "C" fn __work_cancel(work: NonNull<Work>) -> bool {
    works::cancel(work)
}

/// Whether a work is pending, or runs.
#[unsafe(no_mangle)]
extern "C" fn __work_is_busy(work: NonNull<Work>) -> bool {
    works::is_busy(work)
}

/// A new queue, which runs so many works at a time, up to four, and as many for each CPU unless
/// it is unbound: its number, or 0 if there are too many.
#[unsafe(no_mangle)]
extern "C" fn __workqueue_new(limit: u32, is_unbound: bool) -> u64 {
    works::new_queue(limit, is_unbound).unwrap_or(0) as u64
}

/// Whether nothing is on a queue, and nothing of it runs.
#[unsafe(no_mangle)]
extern "C" fn __workqueue_is_empty(queue: u64) -> bool {
    works::is_empty(queue as usize)
}

/// Gives a queue up that is empty.
#[unsafe(no_mangle)]
extern "C" fn __workqueue_remove(queue: u64) {
    works::remove_queue(queue as usize);
}
