//! The running CPU's words, read and set: stacks, per-CPU offset, Linux's words, prefix.

use super::layout::{Lowcore, doubleword, this, word};
use super::linux_words::LinuxWords;
use crate::control;
use crate::psw::Psw;
use core::arch::asm;
use core::mem::offset_of;
use volatile::map_field;

/// Per-CPU offset before the CPU's unit exists. A per-CPU access then ends in a
/// program check whose failing address shows it (see [`is_before_setup`]).
pub const OFFSET_BEFORE_SETUP: u64 = 0xdead_0000_0000_0000;

/// Whether a failing address comes from a per-CPU access before set-up.
pub const fn is_before_setup(address: u64) -> bool {
    address >> 48 == OFFSET_BEFORE_SETUP >> 48
}

/// Stack pointer of the running CPU's innermost `catch`, 0 if there is none.
pub(crate) fn catcher() -> u64 {
    doubleword::<{ offset_of!(Lowcore, catch) }>()
}

/// Sets the stacks that this CPU's interruptions start on: initial stack pointers,
/// of external, I/O and supervisor-call interruptions, and of all others. Once
/// translation is on.
///
/// # Safety
/// C3: each is the top of a stack (less [`SAVE_AREA`](crate::stack::SAVE_AREA)) that
/// is this CPU's alone from here on; no interruption is being handled.
pub unsafe fn set_stacks(interrupt: usize, fault: usize) {
    let lowcore = this();
    map_field!(lowcore.interrupt_stack).write(interrupt as u64);
    map_field!(lowcore.fault_stack).write(fault as u64);
}

/// Whether a stack pointer is one of the running CPU's interrupt stack.
pub fn is_interrupt_stack(pointer: u64) -> bool {
    let top = doubleword::<{ offset_of!(Lowcore, interrupt_stack) }>();
    (top.saturating_sub(crate::stack::SIZE as u64)..=top).contains(&pointer)
}

/// Sets this CPU's per-CPU offset: per-CPU variables exist from here on. What code of Linux's
/// reads is set with it. Once translation is on.
///
/// # Safety
/// P1, P2: the offset is that of a unit that holds the template's copy and is this
/// CPU's alone; it's set once.
pub unsafe fn set_per_cpu_offset(offset: usize) {
    let lowcore = this();
    map_field!(lowcore.per_cpu_offset).write(offset as u64);
    let number = map_field!(lowcore.cpu_number).read();
    map_field!(lowcore.linux).write(LinuxWords::new(number, offset as u64));
}

/// The running CPU's per-CPU offset: before it has one, a value that
/// [`is_before_setup`] knows.
pub fn per_cpu_offset() -> u64 {
    doubleword::<{ offset_of!(Lowcore, per_cpu_offset) }>()
}

/// Absolute address of the running CPU's lowcore (STORE PREFIX).
pub fn prefix_of_this_cpu() -> u32 {
    let mut own = 0u32;
    // SAFETY: C7: stores the four bytes of `own`.
    unsafe { asm!("stpx 0({})", in(reg_addr) &raw mut own, options(nostack)) };
    own
}

/// Real address, on this CPU, of the lowcore that lies at absolute address `prefix`: the
/// two areas change places, and all else is where it is.
pub fn real_address(prefix: u32) -> usize {
    let own = prefix_of_this_cpu();
    match prefix {
        0 => own as usize,
        prefix if prefix == own => 0,
        prefix => prefix as usize,
    }
}

/// Sets where this CPU's next restart interruption goes. Once translation is on.
///
/// # Safety
/// C1: to an entry of the kernel's that expects it, with the state it expects.
pub unsafe fn set_restart(psw: Psw) {
    let lowcore = this();
    map_field!(lowcore.new.restart).write(psw);
}

/// What this CPU's last external interruption came into.
pub(crate) fn old_external() -> Psw {
    let lowcore = this();
    map_field!(lowcore.old.external).read()
}

/// Keeps this CPU's control registers as they are, for a fault that finds others in their place
/// (traps/entry.rs).
pub fn keep_control_registers() {
    let lowcore = this();
    map_field!(lowcore.control).write(control::registers());
}

/// Faults that this CPU handles, inside one another.
pub(crate) fn fault_depth() -> u64 {
    doubleword::<{ offset_of!(Lowcore, fault_depth) }>()
}

/// Sets what code of Linux's takes for the task that runs on this CPU. Once translation is on.
///
/// # Safety
/// C1, L11: the address is of memory that such code may read and write as a task, for as long
/// as it runs on this CPU.
pub unsafe fn set_linux_task(task: u64) {
    let lowcore = this();
    map_field!(lowcore.linux_task).write(task);
}

/// This CPU's preempt count, as code of Linux's keeps it.
pub fn linux_preempt_count() -> u32 {
    word::<{ offset_of!(Lowcore, linux.preempt_count) }>()
}

/// Puts this CPU's preempt count, as code of Linux's keeps it, to what it was.
pub fn restore_linux_preempt_count(count: u32) {
    let lowcore = this();
    map_field!(lowcore.linux.preempt_count).write(count);
}
