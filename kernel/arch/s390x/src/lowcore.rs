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
//! Code that was compiled for Linux 6.1 has offsets of its own in it: the task, the CPU's
//! number, the preempt count, the mark in a spin lock, the per-CPU offset. They hold what such
//! code expects, each beside what this kernel uses itself.

use crate::control;
use crate::psw::Psw;
use core::arch::asm;
use core::mem::offset_of;
use volatile::{VolatilePtr, map_field};

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

/// Words at the offsets that code compiled for Linux 6.1 has in it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct LinuxWords {
    /// 0x3a0: this CPU's number.
    pub cpu_number: u32,
    /// 0x3a4: soft interrupts that are pending: none.
    pub softirq_pending: u32,
    /// 0x3a8: the preempt count, which such code changes here itself.
    pub preempt_count: u32,
    /// 0x3ac: what stands for this CPU in the word of a spin lock: its number plus 1.
    pub lock_mark: u32,
    /// 0x3b0: how many spin locks the CPU waits for: none.
    pub lock_waits: u32,
    /// 0x3b4: which vector registers are in use: none.
    pub vector_use: u32,
    /// 0x3b8 = 952: the per-CPU offset once more.
    pub per_cpu_offset: u64,
}

impl LinuxWords {
    /// The preempt count at rest: 0, and a bit that is clear when another task wants the CPU.
    pub const PREEMPT_COUNT_AT_REST: u32 = 1 << 31;

    /// The words of the CPU of this number.
    pub const fn new(cpu: u32, per_cpu_offset: u64) -> Self {
        Self {
            cpu_number: cpu,
            softirq_pending: 0,
            preempt_count: Self::PREEMPT_COUNT_AT_REST,
            lock_mark: cpu + 1,
            lock_waits: 0,
            vector_use: 0,
            per_cpu_offset,
        }
    }
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

/// Nesting of interrupts-off sections and locks, as it was at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nesting {
    depth: i32,
    held: u32,
}

/// The running CPU's nesting. With interruptions off.
pub(crate) fn nesting() -> Nesting {
    Nesting {
        depth: interrupt_depth(),
        held: held_ranks_and_mode(),
    }
}

/// The running CPU's sections, from 0 on; if they are counted, from a number below that.
pub(crate) fn interrupt_depth() -> i32 {
    word::<{ offset_of!(Lowcore, interrupt_depth) }>().cast_signed()
}

/// Puts the nesting back to what it was: the sections and locks that code began
/// since, and whose ends it was taken away from, are forgotten. The outermost
/// section must be one that began before.
pub(crate) fn restore_nesting(to: Nesting) {
    // SAFETY: C1: two words of this CPU's own, with interruptions off.
    unsafe {
        asm!(
            "lg {base}, {writable}(0)",
            "st {depth}, {at_depth}({base})",
            "st {held}, {at_held}({base})",
            base = out(reg_addr) _,
            depth = in(reg) to.depth,
            held = in(reg) to.held,
            writable = const offset_of!(Lowcore, writable),
            at_depth = const offset_of!(Lowcore, interrupt_depth),
            at_held = const offset_of!(Lowcore, held_ranks),
            options(nostack, preserves_flags),
        );
    }
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

/// The bit of the held ranks that says that this CPU's locks are counted; no rank's.
pub const LOCKS_COUNTED: u32 = 1 << 31;

/// Ranks of the locks that the running CPU holds: bit n for rank n.
pub fn held_ranks() -> u32 {
    held_ranks_and_mode() & !LOCKS_COUNTED
}

/// The same, with [`LOCKS_COUNTED`].
#[inline(always)]
pub fn held_ranks_and_mode() -> u32 {
    word::<{ offset_of!(Lowcore, held_ranks) }>()
}

/// Where this CPU's latest section began; if they are counted.
pub fn section_from() -> u64 {
    doubleword::<{ offset_of!(Lowcore, section_from) }>()
}

/// When the outermost section began, by the clock, and where; if they are counted.
pub(crate) fn outermost_section() -> (u64, u64) {
    (
        doubleword::<{ offset_of!(Lowcore, section_start) }>(),
        doubleword::<{ offset_of!(Lowcore, outermost_from) }>(),
    )
}

/// Counts this CPU's sections, of which the outermost began at `start`, and its locks. The
/// addresses are of what begins and ends such a section.
pub(crate) fn count(start: u64, from: u64, [begin, end]: [u64; 2], bias: i32) {
    let lowcore = this();
    map_field!(lowcore.section_start).write(start);
    map_field!(lowcore.outermost_from).write(from);
    map_field!(lowcore.section_from).write(from);
    map_field!(lowcore.begin_counted).write(begin);
    map_field!(lowcore.end_counted).write(end);
    map_field!(lowcore.interrupt_depth).update(|depth| depth + bias);
    map_field!(lowcore.held_ranks).update(|ranks| ranks | LOCKS_COUNTED);
}

/// What stands for the running CPU in the word of a lock that it holds: its number plus 1.
#[inline(always)]
pub fn lock_mark() -> u32 {
    word::<{ offset_of!(Lowcore, lock_mark) }>()
}

/// Adds `RANK`, below 32, to the ranks that this CPU holds. With interruptions off.
#[inline(always)]
pub fn hold_rank<const RANK: u8>() {
    // SAFETY: C4: a byte of this CPU's own.
    unsafe {
        asm!(
            "lg {base}, {writable}(0)",
            "oi {byte}({base}), {bit}",
            base = out(reg_addr) _,
            writable = const offset_of!(Lowcore, writable),
            byte = const rank_byte(RANK),
            bit = const 1u8 << (RANK % 8),
            options(nostack),
        );
    }
}

/// Removes `RANK` from the ranks that this CPU holds. With interruptions off.
#[inline(always)]
pub fn release_rank<const RANK: u8>() {
    // SAFETY: C4: a byte of this CPU's own.
    unsafe {
        asm!(
            "lg {base}, {writable}(0)",
            "ni {byte}({base}), {others}",
            base = out(reg_addr) _,
            writable = const offset_of!(Lowcore, writable),
            byte = const rank_byte(RANK),
            others = const !(1u8 << (RANK % 8)),
            options(nostack),
        );
    }
}

/// Runs `work` as if this CPU held no lock, for a report that waits for none of those that
/// it holds. With interruptions off.
pub fn with_ranks_set_aside<R>(work: impl FnOnce() -> R) -> R {
    let before = nesting();
    restore_nesting(Nesting {
        held: before.held & LOCKS_COUNTED,
        ..before
    });
    let result = work();
    restore_nesting(before);
    result
}

/// Forgets which locks this CPU holds, for a panic's report, and counts none any more.
pub fn release_all_ranks() {
    restore_nesting(Nesting {
        held: 0,
        ..nesting()
    });
}

/// Offset of the byte that holds a rank's bit.
const fn rank_byte(rank: u8) -> usize {
    assert!(rank < 31, "held_ranks has 31 bits for ranks");
    offset_of!(Lowcore, held_ranks) + 3 - (rank / 8) as usize
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
