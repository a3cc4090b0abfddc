//! Threads that are bound to a CPU run there, while the others look for what is theirs.

use super::{NotPassed, failed};
use crate::smp::thread::{self, Thread};
use crate::{check_eq, selftest, smp};
use arch::cpu;
use core::ffi::c_void;
use core::sync::atomic::{AtomicBool, Ordering};

/// Threads, one after the other.
const ROUNDS: u32 = 200;

/// The number of the CPU that it runs on.
extern "C" fn where_it_runs(_: *mut c_void) -> i32 {
    cpu::number() as i32
}

/// Makes a thread, which is another CPU's by turn, binds it to this one and has it run.
fn bound_here() -> Result<i32, NotPassed> {
    let thread = Thread::new(
        *b"bound\0\0\0\0\0\0\0\0\0\0\0",
        where_it_runs,
        core::ptr::null_mut(),
    )
    .map_err(|error| failed(alloc::format!("{error:?}")))?;
    if !thread.bind(cpu::number()) {
        thread.give_up();
        return Err(failed("it isn't bound"));
    }
    thread.start();
    thread.stop().ok_or(failed("it never began"))
}

fn run_where_they_are_bound() -> Result<(), NotPassed> {
    let done = AtomicBool::new(false);
    let result = spin::Mutex::new(Ok(()));
    let round = smp::run_as_task_on_each(|| match cpu::number() {
        0 => {
            for _ in 0..ROUNDS {
                let found = bound_here().and_then(|cpu| {
                    check_eq!(cpu, 0);
                    Ok(())
                });
                if found.is_err() {
                    *result.lock() = found;
                    break;
                }
            }
            done.store(true, Ordering::Release);
        }
        // Looks as often as it can; but where CPUs run by turns (`-icount`), one that never
        // rests has a long one.
        _ => {
            for look in 1u32.. {
                if done.load(Ordering::Acquire) {
                    break;
                }
                thread::yield_now();
                if look % 64 == 0 {
                    smp::nap(1);
                }
            }
        }
    });
    round.map_err(failed)?;
    result.into_inner()
}

selftest!("smp.threads_run_where_bound", run_where_they_are_bound);
