//! What is where in a lowcore, and how the running CPU reaches its own.

use super::linux_words::LinuxWords;
use crate::psw::Psw;
use core::arch::asm;
use core::mem::offset_of;
use volatile::VolatilePtr;

/// Bytes in a prefix area, and its alignment.
pub const SIZE: usize = 8192;

/// Virtual address of the writable mapping of real page 0: the last page but
/// one that a region-second table reaches.
pub const ALIAS: usize = (1 << 53) - SIZE;

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
    /// 0x350: ranks of the locks that this CPU holds, a bit each, and
    /// [`LOCKS_COUNTED`](super::LOCKS_COUNTED).
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
pub fn this() -> VolatilePtr<'static, Lowcore> {
    let alias = core::ptr::NonNull::new(ALIAS as *mut Lowcore).expect("the alias is not null");
    // SAFETY: C1: real page 0 is this CPU's own lowcore, and the alias maps it;
    // volatile, because interruptions change it too.
    unsafe { VolatilePtr::new(alias) }
}

/// The word at an offset of the running CPU's lowcore.
#[inline(always)]
pub fn word<const OFFSET: usize>() -> u32 {
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
pub fn doubleword<const OFFSET: usize>() -> u64 {
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
