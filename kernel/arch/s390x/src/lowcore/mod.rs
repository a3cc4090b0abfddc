//! The prefix area ("lowcore"): 8 KiB at real address 0, another one per CPU.
//!
//! ```text
//!  CPU 0: prefix 0              real 0 ──► absolute 0
//!  CPU 1: prefix 0x7e000        real 0 ──► absolute 0x7e000, and back
//!
//!  0x000 ┌────────────────────────────┐ ◄ low-address protection to 0x1ff
//!  0x080 │ interruption parameters    │
//!  0x120 │ old PSWs                   │
//!  0x1a0 │ new PSWs                   │
//!  0x200 ├────────────────────────────┤ from here on software's
//!        │ save areas, stacks         │
//!  0x330 │ per-CPU offset (816)       │
//!  0x338 │ CPU number (824)           │
//!  0x340 │ words of Linux's objects   │ ◄ here and from 0x3a0 on
//!  0x348 │ interrupt nesting, ranks   │ ◄ cpu.rs
//!  0x3a0 │ words of Linux's objects   │ to 0x3bf
//!  0x400 │ start, save area           │
//! 0x1000 ├────────────────────────────┤
//!        │ unmapped                   │ machine-check save areas (real only)
//! 0x2000 └────────────────────────────┘
//! ```
//!
//! Virtual page 0 maps it read-only: accessors read byte 816 with no base
//! register, and a write through a null pointer is a program check. What the
//! kernel writes it writes through [`ALIAS`], a second, writable mapping of real
//! page 0. Layout: Principles of Operation, chapter 3, "Assigned Storage
//! Locations". Keeps C1.
//!
//! `nesting.rs` has the words of interrupts-off sections and locks, `linux_words.rs` those that
//! code compiled for Linux reads.

mod linux_words;
mod nesting;

use crate::control;
use crate::psw::Psw;
use core::arch::asm;
use core::mem::offset_of;
use volatile::{VolatilePtr, map_field};

pub use linux_words::{
    LinuxWords, linux_preempt_count, restore_linux_preempt_count, set_linux_task,
};
pub use nesting::{
    LOCKS_COUNTED, held_ranks, held_ranks_and_mode, hold_rank, lock_mark, release_all_ranks,
    release_rank, section_from, with_ranks_set_aside,
};
pub(crate) use nesting::{count, interrupt_depth, nesting, outermost_section, restore_nesting};

/// Bytes in a prefix area, and its alignment.
pub const SIZE: usize = 8192;

/// Virtual address of the writable mapping of real page 0: the last page but
/// one that a region-second table reaches.
pub const ALIAS: usize = (1 << 53) - SIZE;

/// Per-CPU offset before the CPU's unit exists. A per-CPU access then ends in a
/// program check whose failing address shows it (see [`is_before_setup`]).
pub const OFFSET_BEFORE_SETUP: u64 = 0xdead_0000_0000_0000;

/// Whether a failing address comes from a per-CPU access before set-up.
pub const fn is_before_setup(address: u64) -> bool {
    address >> 48 == OFFSET_BEFORE_SETUP >> 48
}

/// A CPU's prefix area, first page; the second is the machine's.
#[repr(C, align(8192))]
pub struct Lowcore {
    _ipl: [u8; 0x80],
    /// 0x80: external-interruption parameter, CPU address, code.
    pub external: [u8; 8],
    /// 0x88: supervisor-call instruction length and code.
    pub supervisor_call: u32,
    /// 0x8c: program-interruption instruction length and code, data-exception code.
    pub program: [u8; 8],
    _unused_94: [u8; 0xa8 - 0x94],
    /// 0xa8: translation-exception identification.
    pub teid: u64,
    _unused_b0: [u8; 0xb8 - 0xb0],
    /// 0xb8: subchannel identification, interruption parameter.
    pub io: [u8; 16],
    _unused_c8: [u8; 0xe8 - 0xc8],
    /// 0xe8: machine-check interruption code.
    pub machine_check: u64,
    _unused_f0: [u8; 0x110 - 0xf0],
    /// 0x110: breaking-event address.
    pub breaking_event: u64,
    _unused_118: [u8; 0x120 - 0x118],
    /// 0x120: where an interruption of each class left from.
    pub old: Classes,
    _unused_180: [u8; 0x1a0 - 0x180],
    /// 0x1a0: where an interruption of each class goes to.
    pub new: Classes,
    /// 0x200: registers at a program interruption.
    pub program_save: [u64; 16],
    /// 0x280: registers at an external, I/O or supervisor-call interruption.
    pub interrupt_save: [u64; 16],
    /// 0x300: initial stack pointer for external, I/O and supervisor call.
    pub interrupt_stack: u64,
    /// 0x308: initial stack pointer for program and machine checks, restart.
    pub fault_stack: u64,
    /// 0x310: program checks and other faults not yet returned from.
    pub fault_depth: u64,
    /// 0x318: stack pointer of the innermost `catch`, 0 if none.
    pub catch: u64,
    /// 0x320: PSW that an interruption handler returns with.
    pub return_psw: Psw,
    /// 0x330 = 816: what turns a per-CPU handle into this CPU's address.
    pub per_cpu_offset: u64,
    /// 0x338 = 824: this CPU's number.
    pub cpu_number: u32,
    /// 0x33c: this CPU's address, which SIGP takes.
    pub cpu_address: u32,
    /// 0x340: what code of Linux's takes for the running task.
    pub linux_task: u64,
    /// 0x348: interrupts-off sections that this CPU is in (C4); if they are counted, from
    /// a number below 0 on (counting.rs).
    pub interrupt_depth: i32,
    /// 0x34c: whether interruptions were on when the outermost of them began:
    /// the system mask's I/O and external bits, 0 to 3.
    pub interrupt_state: u32,
    /// 0x350: ranks of the locks that this CPU holds, a bit each; [`LOCKS_COUNTED`].
    pub held_ranks: u32,
    /// 0x354: what stands for this CPU in the word of a lock: its number plus 1.
    pub lock_mark: u32,
    /// 0x358: base through which software's part of this page is written: 0 while
    /// translation is off, [`ALIAS`] after.
    pub writable: u64,
    /// 0x360: when the outermost section began, by the clock, if sections are counted.
    pub section_start: u64,
    /// 0x368: the place in code where that was.
    pub outermost_from: u64,
    /// 0x370: the place where the latest section began, if sections are counted.
    pub section_from: u64,
    /// 0x378: what begins a counted section, for `this-cpu` (counting.rs).
    pub begin_counted: u64,
    /// 0x380: what ends one.
    pub end_counted: u64,
    /// 0x388: where STOSM stores a mask that nobody reads.
    pub scratch: u64,
    _unused_390: [u8; 0x3a0 - 0x390],
    /// 0x3a0: what code of Linux's reads of this CPU, and its preempt count.
    pub linux: LinuxWords,
    _unused_3c0: [u8; 0x400 - 0x3c0],
    /// 0x400: initial stack pointer of a CPU being started.
    pub start_stack: u64,
    /// 0x408: first function of a CPU being started.
    pub start_function: u64,
    /// 0x410: control registers of a CPU being started, and of a fault inside faults.
    pub control: [u64; 16],
    /// 0x490: registers at a machine check or restart.
    pub fault_save: [u64; 16],
}

/// One PSW for each of the six interruption classes, in storage order.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Classes {
    /// Of a restart, which another CPU or an operator orders.
    pub restart: Psw,
    /// Of an external interruption: signals, clock comparator, service signals.
    pub external: Psw,
    /// Of SUPERVISOR CALL.
    pub supervisor_call: Psw,
    /// Of a program check.
    pub program: Psw,
    /// Of a machine check.
    pub machine_check: Psw,
    /// Of an I/O interruption.
    pub io: Psw,
}

const _: () = {
    assert!(offset_of!(Lowcore, external) == 0x80);
    assert!(offset_of!(Lowcore, program) == 0x8c);
    assert!(offset_of!(Lowcore, teid) == 0xa8);
    assert!(offset_of!(Lowcore, io) == 0xb8);
    assert!(offset_of!(Lowcore, machine_check) == 0xe8);
    assert!(offset_of!(Lowcore, breaking_event) == 0x110);
    assert!(offset_of!(Lowcore, old) == 0x120);
    assert!(offset_of!(Lowcore, new) == 0x1a0);
    assert!(offset_of!(Lowcore, program_save) == 0x200);
    assert!(offset_of!(Lowcore, per_cpu_offset) == 816);
    assert!(offset_of!(Lowcore, cpu_number) == 824);
    // The crate `this-cpu` nests its sections with these.
    assert!(offset_of!(Lowcore, scratch) == 0x388);
    assert!(offset_of!(Lowcore, writable) == 0x358);
    assert!(offset_of!(Lowcore, interrupt_depth) == 0x348);
    assert!(offset_of!(Lowcore, interrupt_state) == 0x34c);
    assert!(offset_of!(Lowcore, held_ranks) == 0x350);
    assert!(offset_of!(Lowcore, begin_counted) == 0x378);
    assert!(offset_of!(Lowcore, end_counted) == 0x380);
    assert!(offset_of!(Lowcore, start_stack) == 0x400);
    // Code compiled for Linux 6.1 has these.
    assert!(offset_of!(Lowcore, linux_task) == 0x340);
    assert!(offset_of!(Lowcore, linux.cpu_number) == 0x3a0);
    assert!(offset_of!(Lowcore, linux.preempt_count) == 0x3a8);
    assert!(offset_of!(Lowcore, linux.lock_mark) == 0x3ac);
    assert!(offset_of!(Lowcore, linux.per_cpu_offset) == 952);
    assert!(size_of::<Lowcore>() == SIZE);
};

/// The running CPU's lowcore, writable. Only after translation is on.
fn this() -> VolatilePtr<'static, Lowcore> {
    let alias = core::ptr::NonNull::new(ALIAS as *mut Lowcore).expect("the alias is not null");
    // SAFETY: C1: real page 0 is this CPU's own lowcore, and the alias maps it;
    // volatile, because interruptions change it too.
    unsafe { VolatilePtr::new(alias) }
}

/// Stack pointer of the running CPU's innermost `catch`, 0 if there is none.
pub(crate) fn catcher() -> u64 {
    doubleword::<{ offset_of!(Lowcore, catch) }>()
}

/// The word at an offset of the running CPU's lowcore.
#[inline(always)]
fn word<const OFFSET: usize>() -> u32 {
    let word;
    // SAFETY: C1, C4: a word of this CPU's own; page 0 is readable on every CPU. Not
    // `nomem`: it changes.
    unsafe {
        asm!(
            "l {}, {}(0)", out(reg) word, const OFFSET,
            options(nostack, preserves_flags),
        );
    }
    word
}

/// The doubleword at an offset of the running CPU's lowcore.
fn doubleword<const OFFSET: usize>() -> u64 {
    let value;
    // SAFETY: C1, C4: a doubleword of this CPU's own; page 0 is readable on every CPU. Not
    // `nomem`: it changes.
    unsafe {
        asm!(
            "lg {}, {}(0)", out(reg) value, const OFFSET,
            options(nostack, preserves_flags),
        );
    }
    value
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

/// Sets this CPU's per-CPU offset: per-CPU variables exist from here on. Once
/// translation is on.
/// What code of Linux's reads is set with it.
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
    let offset;
    // SAFETY: P2. Page 0 is readable on every CPU. Not `nomem`: boot changes it.
    unsafe {
        asm!(
            "lg {}, {}(0)", out(reg) offset, const offset_of!(Lowcore, per_cpu_offset),
            options(nostack, preserves_flags),
        );
    }
    offset
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
