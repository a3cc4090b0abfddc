//! Frames larger than a stack: each ends at the guard page, which is one page, however far
//! below it the frame's end would lie. The compilers probe each page of a large frame.
//!
//! ```text
//!   stack   ┌─────────────┐ ◄ probes go down from here, a page at a time
//!           │             │ ◄
//!           ├─────────────┤
//!   guard   │             │ ◄ this one is refused
//!           ├─────────────┤
//!   others' │             │   the frame's lower end: never touched
//! ```

use super::held::Held;
use super::{Function, NotPassed, failed, functions_of};
use crate::{check, check_eq, cpus, selftest, smp};
use arch::traps;
use core::hint::black_box;
use core::mem::MaybeUninit;

/// Bytes of frames, all larger than a stack; those of fixed size are made for them.
const SIZES: [u64; 4] = [70_000, 100_000, 300_000, 1_000_000];

/// Writes both ends of a frame, the lower first: where nothing guards it, that is silent.
extern "C" fn frame<const BYTES: usize>(_: u64) -> u64 {
    let mut frame = MaybeUninit::<[u8; BYTES]>::uninit();
    let frame = black_box(&mut frame);
    let start = frame.as_mut_ptr().cast::<u8>();
    // SAFETY: C23: inside the array, if there is room for it; else it never comes to that.
    unsafe {
        start.write_volatile(1);
        start.add(BYTES - 1).write_volatile(2);
        u64::from(start.read_volatile())
    }
}

/// Runs a function on this CPU, which must end in the guard page of its stack of this name.
fn ends_at_guard(function: Function, bytes: u64, stack: &str) -> Result<(), NotPassed> {
    // SAFETY: C10: what is abandoned is a function that writes to its own frame.
    let check = unsafe { traps::catch(|| _ = black_box(function(bytes))) };
    let Some(check) = check else {
        return Err(failed(alloc::format!(
            "{bytes} bytes of a {stack}: nothing"
        )));
    };
    let address = check.address.unwrap_or(0);
    let cpu = arch::cpu::number();
    match smp::guard_page_owner(address as usize) {
        Some(guard) => check_eq!(
            alloc::format!("{guard}"),
            alloc::format!("stack overflow, this is the guard page of cpu {cpu}'s {stack}")
        ),
        None => check!(false, "{bytes} bytes of a {stack}: {check}"),
    }
    Ok(())
}

/// On this CPU's stack, and on every other's interrupt stack.
fn ends_on_every_stack(function: Function, bytes: u64) -> Result<(), NotPassed> {
    ends_at_guard(function, bytes, "stack")?;
    let this = arch::cpu::number();
    for cpu in cpus::online().filter(|&cpu| cpu != this) {
        let on_other = || ends_at_guard(function, bytes, "interrupt stack");
        smp::run_on(cpu, on_other).map_err(failed)??;
    }
    Ok(())
}

fn of_the_kernel() -> Result<(), NotPassed> {
    check_eq!(frame::<20_000>(0), 1);
    for function in [
        frame::<70_000>,
        frame::<100_000>,
        frame::<300_000>,
        frame::<1_000_000>,
    ] {
        ends_on_every_stack(function, 0)?;
    }
    Ok(())
}

fn of_a_module() -> Result<(), NotPassed> {
    let _crash = Held::load(&["crash"])?;
    let functions = functions_of("crash_frame")?;
    check_eq!(functions.len(), SIZES.len());
    functions
        .into_iter()
        .try_for_each(|function| ends_on_every_stack(function, 0))
}

/// The first two are dynamic: an array of variable length, and alloca.
fn of_a_module_in_c() -> Result<(), NotPassed> {
    let _stack = Held::load(&["ctest_stack"])?;
    let functions = functions_of("ctest_stack_frame")?;
    check_eq!(functions.len(), 2 + SIZES.len());
    for function in functions {
        for bytes in SIZES {
            ends_on_every_stack(function, bytes)?;
        }
    }
    Ok(())
}

fn ends_the_run() -> Result<(), NotPassed> {
    check_eq!(frame::<1_000_000>(0), 1);
    Ok(())
}

selftest!("memory.large_frames", of_the_kernel);
selftest!("module.large_frames", of_a_module);
selftest!("c.large_frames", of_a_module_in_c);
selftest!("ending.large_frame", ends_the_run, on_request);
