//! A CPU that leaves is given a task at the last moment: it does that, and leaves then.
//!
//! ```text
//!  a thread: offline       the CPU that leaves      the boot CPU
//!   has it park ─────────►  parks
//!   teardown, by errand ─►  teardown: waits ──────►  begins a round of tasks
//!                           ends            ◄──────  the round has begun
//!   go ──────────────────►  has a task: doesn't go
//!                           does it         ──────►  the round ends
//!   has it park again ───►  leaves
//! ```

use super::{NotPassed, failed};
use crate::smp::hotplug_lock::Kept;
use crate::smp::states::{self, Callback, Part};
use crate::smp::thread::{self, Thread};
use crate::{check, check_eq, cpus, selftest, smp};
use arch::cpu;
use core::ffi::c_void;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use hotplug::{Name, State};

/// Seconds that one part waits for another.
const PATIENCE: u64 = 10;

/// The CPU that leaves.
static LEAVING: AtomicU32 = AtomicU32::new(0);
/// Its teardown has begun.
static PARKED: AtomicBool = AtomicBool::new(false);
/// There is a task for it.
static POSTED: AtomicBool = AtomicBool::new(false);

/// Waits until a flag is set; whether it is.
fn wait_for(flag: &AtomicBool) -> bool {
    smp::wait_until(PATIENCE, || flag.load(Ordering::Acquire))
}

fn teardown(_: usize, _: u32) -> i32 {
    PARKED.store(true, Ordering::Release);
    wait_for(&POSTED);
    0
}

/// Has the CPU leave; 0 if it has.
extern "C" fn lead_out(_: *mut c_void) -> i32 {
    match smp::offline(LEAVING.load(Ordering::Relaxed)) {
        Ok(()) => 0,
        Err(error) => {
            log::error!("{error}");
            1
        }
    }
}

/// Has the thread lead the CPU out while a round of tasks begins: its result, and how many
/// have run there.
fn lead_out_in_a_round(thread: &Thread, leaving: u32) -> Result<(Option<i32>, u32), NotPassed> {
    let ran = AtomicU32::new(0);
    LEAVING.store(leaving, Ordering::Relaxed);
    PARKED.store(false, Ordering::Relaxed);
    POSTED.store(false, Ordering::Relaxed);
    thread.start();
    let parked = wait_for(&PARKED);
    let round = smp::run_as_task_on_each(|| match cpu::number() {
        0 => POSTED.store(true, Ordering::Release),
        this if this == leaving => {
            ran.fetch_add(1, Ordering::Relaxed);
        }
        _ => {}
    });
    let result = thread.stop();
    check!(parked, "its teardown isn't called");
    round.map_err(failed)?;
    Ok((result, ran.into_inner()))
}

/// The thread, and a CPU that can leave: it isn't the thread's. CPUs get threads in turn.
fn thread_elsewhere() -> Result<(&'static Thread, u32), NotPassed> {
    for _ in 0..2 {
        let thread = Thread::new(*b"leads out\0\0\0\0\0\0\0", lead_out, core::ptr::null_mut())
            .map_err(|error| failed(alloc::format!("{error:?}")))?;
        let mut others = cpus::online().filter(|&cpu| cpu != 0);
        match others.find(|&cpu| thread::count_on(cpu) == 0) {
            Some(leaving) => return Ok((thread, leaving)),
            None => thread.stop(),
        };
    }
    Err(NotPassed::Skipped("fewer than three CPUs"))
}

fn leaves_after_its_task() -> Result<(), NotPassed> {
    let teardown = Callback {
        function: 0,
        call: teardown,
    };
    let state = State {
        name: Name::from("selftest:task"),
        startup: None,
        teardown: Some(teardown),
    };
    let (thread, leaving) = thread_elsewhere()?;
    let kept = Kept::new();
    let number = states::register(Part::Online, state, false);
    drop(kept);
    let came = match &number {
        Ok(_) => lead_out_in_a_round(thread, leaving),
        Err(error) => {
            thread.stop();
            Err(failed(error))
        }
    };
    if !cpus::is_online(leaving) {
        smp::start(leaving).map_err(failed)?;
    }
    if let Ok(number) = number {
        states::remove(number, false).map_err(failed)?;
    }
    check_eq!(came?, (Some(0), 1));
    Ok(())
}

selftest!("smp.leaving_with_a_task", leaves_after_its_task, on_request);
