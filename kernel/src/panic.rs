//! The report that ends a run: once, with everything a reader needs.
//!
//! A panic and a program check that nobody caught end here. The first CPU to
//! arrive stops the others, takes the console, and prints the reason, PSW,
//! registers, backtrace and modules; then it loads a disabled wait. A second CPU
//! waits to be stopped. A fault while reporting prints one line more and ends
//! the run at once. A report runs with interrupts off, whatever the code that it calls
//! turns off and on (C4).

use crate::backtrace::{Address, WildJump};
use crate::{console, control, cpu_states, misuse, modules, println, smp};
use arch::backtrace::Walk;
use arch::dat;
use arch::psw::Psw;
use arch::stack;
use arch::traps::{ProgramCheck, TrapFrame};
use core::fmt;
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

const NOBODY: u32 = u32::MAX;

static REPORTER: AtomicU32 = AtomicU32::new(NOBODY);
static REPORTED_TWICE: AtomicBool = AtomicBool::new(false);

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let registers = arch::stack::registers();
    let reason = Reason::Panic(info);
    report(&reason, None, &registers, Walk::from(stack::pointer()))
}

/// Reports a program check that nobody expects nor catches, with the walk of the page
/// that was refused, and ends the run.
pub fn program_check(check: &ProgramCheck, frame: &TrapFrame) -> ! {
    report_frame(&Reason::ProgramCheck(check), frame)
}

/// Reports an interruption that this kernel never asks for, and ends the run.
pub fn unexpected(what: &str, frame: &TrapFrame) -> ! {
    report_frame(&Reason::Unexpected(what), frame)
}

/// Reports what a module in C calls `panic` with, and ends the run.
pub fn module(text: &str) -> ! {
    let registers = arch::stack::registers();
    let reason = Reason::Module(text);
    report(&reason, None, &registers, Walk::from(stack::pointer()))
}

/// Reports code that must not have been reached, and ends the run; `frame` is what it was
/// interrupted in.
pub fn bug(what: &dyn fmt::Display, frame: &TrapFrame) -> ! {
    report_frame(&Reason::Bug(what), frame)
}

/// Reports who is stuck, and ends the run; `frame` is what this CPU was interrupted in.
pub fn stuck(reason: &dyn fmt::Display, frame: Option<&TrapFrame>) -> ! {
    let reason = Reason::Stuck(reason);
    match frame {
        Some(frame) => report_frame(&reason, frame),
        None => {
            let registers = arch::stack::registers();
            report(&reason, None, &registers, Walk::from(stack::pointer()))
        }
    }
}

fn report_frame(reason: &Reason<'_>, frame: &TrapFrame) -> ! {
    let walk = Walk::of(&frame.registers, frame.psw.address);
    report(reason, Some(&frame.psw), &frame.registers, walk)
}

enum Reason<'a> {
    Panic(&'a PanicInfo<'a>),
    Module(&'a str),
    ProgramCheck(&'a ProgramCheck),
    Unexpected(&'a str),
    Stuck(&'a dyn fmt::Display),
    Bug(&'a dyn fmt::Display),
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Panic(info) => {
                write!(f, "{}", info.message())?;
                match info.location() {
                    Some(location) => write!(f, ", at {location}"),
                    None => Ok(()),
                }
            }
            Reason::Module(text) => f.write_str(text),
            Reason::ProgramCheck(check) => {
                write!(f, "{check}")?;
                let address = check.address.unwrap_or(0);
                if check.is_translation() && arch::lowcore::is_before_setup(address) {
                    f.write_str(": a per-CPU variable is used before per-CPU memory is set up")?;
                }
                if let Some(name) = modules::freed_init_at(address) {
                    write!(f, ": module {name}: its freed init section")?;
                }
                if let Some(what) = smp::guard_page_owner(address as usize) {
                    write!(f, ": {what}")?;
                }
                if let Some(what) = misuse::explain(address) {
                    write!(f, ": {what}")?;
                }
                if misuse::is_compilers_trap(check) {
                    let place = Address(check.psw_address);
                    write!(f, ": the compiler's trap for a null pointer, at {place}")?;
                }
                if let Some(jump) = WildJump::of(check) {
                    write!(f, ": {jump}")?;
                }
                if arch::traps::has_put_control_back() {
                    f.write_str(
                        ": a fault in the handling of faults; this CPU's control registers were \
                         put back to what they were when it came up",
                    )?;
                }
                Ok(())
            }
            Reason::Stuck(what) | Reason::Bug(what) => write!(f, "{what}"),
            Reason::Unexpected(what) => write!(f, "unexpected {what}"),
        }
    }
}

/// The page that a program check was about, for a look at its translation.
fn failing_address(reason: &Reason<'_>) -> Option<u64> {
    match reason {
        Reason::ProgramCheck(check) => check.address,
        _ => None,
    }
}

fn report(reason: &Reason<'_>, psw: Option<&Psw>, registers: &[u64; 16], walk: Walk) -> ! {
    arch::cpu::interrupts_off_for_good();
    let cpu = arch::cpu::number();
    let first = REPORTER.compare_exchange(NOBODY, cpu, Ordering::AcqRel, Ordering::Acquire);
    match first {
        Ok(_) => {}
        Err(reporter) if reporter == cpu => {
            // One line more; a fault in that one ends the run without a word.
            if !REPORTED_TWICE.swap(true, Ordering::Relaxed) {
                // SAFETY: C20: this CPU is in its report, and has stopped the others if it can.
                unsafe { console::take_over() };
                println!("panic: cpu {cpu}: another fault while reporting: {reason}");
            }
            arch::power::crash();
        }
        // Another CPU reports, and will stop this one.
        Err(_) => loop {
            arch::cpu::relax();
        },
    }
    let stopped = smp::stop_others();
    // SAFETY: C20: the other CPUs have stopped, and this one stays in its report.
    unsafe {
        console::take_over();
        control::take_over();
    }
    println!("panic: cpu {cpu}: {reason}");
    control::panic(cpu, reason);
    if let Err(error) = stopped {
        println!("  {error}");
    }
    if let Some(psw) = psw {
        println!(
            "  PSW {:#018x} {:#018x} {}",
            psw.mask.bits(),
            psw.address,
            Address(psw.address)
        );
    }
    for (row, values) in registers.chunks(4).enumerate() {
        let [a, b, c, d] = [values[0], values[1], values[2], values[3]];
        println!("  r{:<2} {a:016x} {b:016x} {c:016x} {d:016x}", row * 4);
    }
    if let Some(address) = failing_address(reason) {
        println!("  walk of {address:#x}:");
        dat::walk(address as usize).for_each(|step| println!("    {step}"));
    }
    println!("  backtrace:");
    if let Some(psw) = psw {
        println!("    {}", Address(psw.address));
        // A function that hasn't stored a frame yet returns through register 14.
        println!("    {} (register 14)", Address(registers[14]));
    }
    cpu_states::print_walk(walk);
    cpu_states::print_activity(cpu);
    cpu_states::print_others();
    modules::print_names();
    arch::power::crash()
}
