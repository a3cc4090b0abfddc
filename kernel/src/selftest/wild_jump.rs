//! Jumps to where no code is: the report says who jumped, by the breaking-event address and
//! by register 14, with function and module.

use super::held::Held;
use super::{Function, NotPassed, call, failed, functions_of};
use crate::backtrace::WildJump;
use crate::{check, modules, selftest};
use alloc::string::String;
use arch::{cpu, traps};
use core::hint::black_box;

/// What the report says of a jump; empty if it doesn't take it for one.
fn report_of(jump: Function, address: u64) -> Result<String, NotPassed> {
    // SAFETY: C10: what is abandoned is a function that only jumps.
    let check = unsafe { traps::catch(|| _ = black_box(jump(address))) };
    let Some(check) = check else {
        return Err(failed(alloc::format!("{address:#x} can be jumped to")));
    };
    let jump = WildJump::of(&check);
    Ok(jump.map_or_else(String::new, |jump| alloc::format!("{jump}")))
}

/// Null, a wild address in each kind of hole, data of the kernel's and of a module's, the
/// text of a module that is gone; from Rust and from C.
fn jumper_is_named() -> Result<(), NotPassed> {
    let _held = Held::load(&["crash", "ctest_jump"])?;
    // The last to come, so nobody takes its place meanwhile.
    let freed = {
        let _gone = Held::load(&["ctest_stack"])?;
        call("ctest_stack_frame", 0)?
    };
    let words: u64 = black_box(0x07fe_07fe_07fe_07fe);
    // Without execution protection what is mapped is executed.
    let protected = cpu::has_facility(cpu::FACILITY_EXECUTION_PROTECTION);
    let mapped = [0, call("ctest_jump_data", 0)?, &raw const words as u64];
    let addresses = [
        freed,
        0xbad_0000_0000,
        1 << 60,
        u64::MAX - 0xfff,
        // No instruction has an odd address, not even in code.
        0xbad_0000_0001,
    ];
    let rust = functions_of("crash_jump_function")?;
    let c = functions_of("ctest_jump_function")?;
    check!(rust.len() == 1 && c.len() == 2, "functions that jump");
    let jumpers = [
        (rust[0], "crash_jump+0x", "[crash]"),
        (c[0], "by_call+0x", "[ctest_jump]"),
        (c[1], "by_tail+0x", "[ctest_jump]"),
    ];
    let mapped = mapped.into_iter().filter(|_| protected);
    for address in mapped.chain(addresses) {
        for (jump, function, module) in jumpers {
            let text = report_of(jump, address)?;
            let to = alloc::format!("a jump to {address:#x}, where no code is, from ");
            let rest = text.strip_prefix(to.as_str());
            let (from, return_address) =
                rest.and_then(|rest| rest.split_once(", register 14: "))
                    .ok_or(failed(alloc::format!("{function} to {address:#x}: {text}")))?;
            check!(
                from.contains(function) && from.ends_with(module),
                "{function} to {address:#x} is from {from}"
            );
            let returns = match function {
                "by_tail+0x" => return_address.contains("traps::catch"),
                _ => return_address.contains(function) && return_address.ends_with(module),
            };
            check!(returns, "{function} to {address:#x}: {return_address}");
        }
    }
    Ok(())
}

/// What isn't a jump isn't reported as one: code that is refused what it does.
fn others_are_not_jumps() -> Result<(), NotPassed> {
    let _held = Held::load(&["ctest_stack"])?;
    let frames = functions_of("ctest_stack_frame")?;
    for function in frames {
        let text = report_of(function, 1_000_000)?;
        check!(text.is_empty(), "{text}");
    }
    Ok(())
}

fn null_call() -> Result<(), NotPassed> {
    modules::load("crash").map_err(failed)?;
    call("crash_jump", 0)?;
    Ok(())
}

selftest!("module.jumper_is_named", jumper_is_named);
selftest!("module.others_are_not_jumps", others_are_not_jumps);
selftest!("ending.null_call", null_call, on_request);
