//! A CPU's lowcore, word by word.

use super::command::possible_cpu;
use super::error::Error;
use super::row::row;
use super::shown::number_of;
use crate::backtrace::Address;
use crate::{println, smp};
use arch::fault_safe;
use arch::lowcore::{self, Classes, Lowcore};
use arch::psw::Psw;
use core::mem::offset_of;

/// Absolute address of an online CPU's lowcore.
pub fn prefix(cpu: u32) -> Result<u32, smp::Error> {
    smp::run_on(cpu, lowcore::prefix_of_this_cpu)
}

/// Ranks of the locks that the CPU of this prefix holds.
pub fn held_by(prefix: u32) -> u32 {
    let at = lowcore::real_address(prefix) + offset_of!(Lowcore, held_ranks);
    fault_safe::read_u32(at).unwrap_or(0) & !lowcore::LOCKS_COUNTED
}

/// A word of the lowcore: where, how many bytes, what.
type Word = (usize, usize, &'static str);

/// What is shown of it, in its order.
const WORDS: [Word; 26] = [
    (
        offset_of!(Lowcore, external),
        8,
        "external interruption: parameter, CPU, code",
    ),
    (
        offset_of!(Lowcore, supervisor_call),
        4,
        "supervisor call: length, code",
    ),
    (
        offset_of!(Lowcore, program),
        8,
        "program check: length, code, data-exception code",
    ),
    (
        offset_of!(Lowcore, teid),
        8,
        "translation-exception identification",
    ),
    (
        offset_of!(Lowcore, machine_check),
        8,
        "machine-check interruption code",
    ),
    (
        offset_of!(Lowcore, breaking_event),
        8,
        "breaking-event address",
    ),
    (
        offset_of!(Lowcore, interrupt_stack),
        8,
        "stack of external, I/O, supervisor call",
    ),
    (
        offset_of!(Lowcore, fault_stack),
        8,
        "stack of program and machine checks, restart",
    ),
    (
        offset_of!(Lowcore, fault_depth),
        8,
        "faults not yet returned from",
    ),
    (
        offset_of!(Lowcore, catch),
        8,
        "stack pointer of the innermost catch",
    ),
    (
        offset_of!(Lowcore, per_cpu_offset),
        8,
        "per-CPU offset: byte 816, what accesses add",
    ),
    (
        offset_of!(Lowcore, cpu_number),
        4,
        "this CPU's number: byte 824",
    ),
    (offset_of!(Lowcore, cpu_address), 4, "its address, for SIGP"),
    (
        offset_of!(Lowcore, linux_task),
        8,
        "the task, to code of Linux's",
    ),
    (
        offset_of!(Lowcore, interrupt_depth),
        4,
        "interrupts-off sections that it is in",
    ),
    (
        offset_of!(Lowcore, interrupt_state),
        4,
        "whether interruptions were on before",
    ),
    (
        offset_of!(Lowcore, held_ranks),
        4,
        "ranks of the locks that it holds",
    ),
    (
        offset_of!(Lowcore, lock_mark),
        4,
        "what stands for it in a lock",
    ),
    (
        offset_of!(Lowcore, writable),
        8,
        "where this page can be written",
    ),
    (
        offset_of!(Lowcore, section_start),
        8,
        "when the outermost section began, if counted",
    ),
    (
        offset_of!(Lowcore, linux.cpu_number),
        4,
        "this CPU's number, to code of Linux's",
    ),
    (
        offset_of!(Lowcore, linux.preempt_count),
        4,
        "preempt count of code of Linux's",
    ),
    (
        offset_of!(Lowcore, linux.lock_mark),
        4,
        "its mark in their spin locks",
    ),
    (
        offset_of!(Lowcore, linux.per_cpu_offset),
        8,
        "per-CPU offset again, as they read it: byte 952",
    ),
    (
        offset_of!(Lowcore, start_stack),
        8,
        "stack that it was started on",
    ),
    (
        offset_of!(Lowcore, start_function),
        8,
        "function that it was started with",
    ),
];

/// The interruption classes, and where their PSWs are in [`Classes`].
const CLASSES: [(usize, &str); 6] = [
    (offset_of!(Classes, restart), "restart"),
    (offset_of!(Classes, external), "external"),
    (offset_of!(Classes, supervisor_call), "supervisor call"),
    (offset_of!(Classes, program), "program check"),
    (offset_of!(Classes, machine_check), "machine check"),
    (offset_of!(Classes, io), "I/O"),
];

/// The command `lowcore`.
pub fn show_lowcore<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let cpu = match arguments {
        [] => arch::cpu::number(),
        [cpu] => possible_cpu(cpu)?,
        _ => return Err(Error::Expected("nothing, or a CPU's number")),
    };
    let prefix = prefix(cpu)?;
    let start = lowcore::real_address(prefix);
    println!(
        "cpu {cpu}: prefix {prefix:#x}: its real addresses 0 to 0x1fff are absolute {prefix:#x} on"
    );
    row!(
        "read from {start:#x}; on cpu {cpu} the same bytes are at 0, and x 330 there shows byte 816"
    );
    for (offset, size, what) in WORDS {
        let mut bytes = [0; 8];
        let bytes = &mut bytes[..size];
        fault_safe::read_bytes(start + offset, bytes)?;
        row!(
            "  {offset:#05x} {:<20} {what}",
            Padded {
                value: number_of(bytes),
                size
            }
        );
    }
    print_psws(start + offset_of!(Lowcore, old), "old")?;
    print_psws(start + offset_of!(Lowcore, new), "new")?;
    println!(
        "next: bt {cpu}; irq; cpus; x/1xg {:#x}",
        start + offset_of!(Lowcore, per_cpu_offset)
    );
    Ok(())
}

/// A number in as many hexadecimal digits as it has.
struct Padded {
    value: u64,
    size: usize,
}

impl core::fmt::Display for Padded {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut text = heapless::String::<24>::new();
        core::fmt::write(
            &mut text,
            format_args!("{:#0width$x}", self.value, width = 2 + 2 * self.size),
        )?;
        f.pad(&text)
    }
}

/// The PSWs of each class that begin at `start`: the old ones, or the new.
pub fn print_psws<'line>(start: usize, which: &str) -> Result<(), Error<'line>> {
    for (offset, class) in CLASSES {
        let psw = start + offset;
        let mask = fault_safe::read_u64(psw + offset_of!(Psw, mask))?;
        let address = fault_safe::read_u64(psw + offset_of!(Psw, address))?;
        let at = psw % lowcore::SIZE;
        match (mask, address) {
            (0, 0) => row!("  {at:#05x} {which} PSW, {class}: never stored"),
            _ => row!(
                "  {at:#05x} {which} PSW, {class}: {mask:#018x} {}",
                Address(address)
            ),
        }
    }
    Ok(())
}
