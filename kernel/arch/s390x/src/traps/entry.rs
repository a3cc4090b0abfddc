//! Interruption entry and the way back, in assembler.
//!
//! A handler starts with translation off, so that it can save registers to
//! lowcore through base register 0 whatever the tables say. It then picks a
//! stack, copies what the machine stored for this class of interruption into a
//! frame, turns translation on if this CPU has tables, and calls `trap_dispatch`: on even if
//! what was interrupted runs without it, such as the first lines of another handler, since
//! the kernel's code writes lowcore through its alias from then on.
//!
//! ```text
//!   stack top ►┌──────────────────────────┐
//!              │ scratch byte         344 │
//!              │ kind                 336 │
//!              │ parameters, 32 bytes 304 │
//!              │ registers 0..15      176 │
//!              │ old PSW              160 │ ◄ TrapFrame
//!              │ save area for callee     │
//!              │ marker                 8 │ for the stack walker
//!        %r15 ►│ back chain: 0          0 │
//!              └──────────────────────────┘
//! ```
//!
//! External, I/O and supervisor-call handlers run on the interrupt stack: they
//! don't nest (C2). Program checks, machine checks and restart run on the fault
//! stack: the report of a stack overflow needs a stack of its own. A fault inside a fault
//! goes on below it, three deep. The fourth goes on with the control registers as this kernel
//! has set them: code that changed them, such as where the tables are, made the others fault. The
//! next one stops the CPU.

use super::frame::{MARKER, kind};
use crate::lowcore::{self, Classes, Lowcore};
use crate::psw::Psw;
use core::arch::global_asm;
use core::mem::offset_of;

/// Address in the disabled wait of a CPU that faulted too often in a row.
const TOO_MANY_FAULTS: u64 = 0xdead;

/// Where the frame that the lowcore field `catch` names holds the place for a caught
/// program check.
pub const CATCH_FOUND: usize = 168;

/// Faults inside one another that still get a report; the last of them has the control registers
/// put back.
const FAULT_DEPTH: u64 = 4;

static STOP: Psw = Psw::disabled_wait(TOO_MANY_FAULTS);

global_asm!(
    ".text",
    ".macro TRAP_INTERRUPT name, old, parameters, length, kind",
    ".globl \\name",
    ".balign 16",
    "\\name:",
    "stmg %r0, %r15, {interrupt_save}(0)",
    "lg %r15, {interrupt_stack}(0)",
    "aghi %r15, -352",
    "mvc 176(128,%r15), {interrupt_save}(0)",
    "mvc 160(16,%r15), \\old(0)",
    "mvc 304(\\length,%r15), \\parameters(0)",
    "lghi %r3, \\kind",
    "j trap_common",
    ".endm",

    ".macro TRAP_FAULT name, save, old, parameters, length, kind",
    ".globl \\name",
    ".balign 16",
    "\\name:",
    "stmg %r0, %r15, \\save(0)",
    "agsi {fault_depth}(0), 1",
    "lg %r1, {fault_depth}(0)",
    "cghi %r1, 1",
    "jne 1f",
    "lg %r15, {fault_stack}(0)",
    "j 2f",
    "1: cghi %r1, {depth}",
    "jl 2f",
    "jh 3f",
    "lctlg %c0, %c15, {control}(0)",
    "j 2f",
    "3: larl %r1, {stop}",
    "lpswe 0(%r1)",
    "2: aghi %r15, -352",
    "mvc 176(128,%r15), \\save(0)",
    "mvc 160(16,%r15), \\old(0)",
    "mvc 304(\\length,%r15), \\parameters(0)",
    "mvc 312(8,%r15), {teid}(0)",
    "mvc 320(8,%r15), {breaking_event}(0)",
    "lghi %r3, \\kind",
    "j trap_common",
    ".endm",

    "TRAP_INTERRUPT trap_external, {old_external}, {external}, 8, {kind_external}",
    "TRAP_INTERRUPT trap_io, {old_io}, {io}, 16, {kind_io}",
    "TRAP_INTERRUPT trap_supervisor_call, {old_supervisor_call}, {supervisor_call}, 4, {kind_supervisor_call}",
    "TRAP_FAULT trap_program, {program_save}, {old_program}, {program}, 8, {kind_program}",
    "TRAP_FAULT trap_machine_check, {fault_save}, {old_machine_check}, {machine_check}, 8, {kind_machine_check}",
    "TRAP_FAULT trap_restart, {fault_save}, {old_restart}, {machine_check}, 8, {kind_restart}",

    ".globl trap_common",
    ".globl trap_common_end",
    "trap_common:",
    "xc 0(8,%r15), 0(%r15)",
    "larl %r1, 9f",
    "mvc 8(8,%r15), 0(%r1)",
    "stg %r3, 336(%r15)",
    "ltg %r1, {writable}(0)",
    "jz 1f",
    "stosm 344(%r15), 0x04",
    "1: la %r2, 160(%r15)",
    "brasl %r14, trap_dispatch",
    "stnsm 344(%r15), 0xf8",
    "clgfi %r2, {kind_program}",
    "jl 2f",
    "agsi {fault_depth}(0), -1",
    "2: mvc {return_psw}(16,0), 160(%r15)",
    "lmg %r0, %r15, 176(%r15)",
    "lpswe {return_psw}(0)",
    "trap_common_end:",
    ".balign 8",
    "9: .quad {marker}",

    // A CPU that was started: control registers and stack from its lowcore, which
    // is written through its alias once translation is on.
    ".globl trap_start",
    ".balign 16",
    "trap_start:",
    "lctlg %c0, %c15, {control}(0)",
    "lg %r15, {start_stack}(0)",
    "lg %r1, {start_function}(0)",
    "ptlb",
    "llihf %r2, {alias_high}",
    "oilf %r2, {alias_low}",
    "stg %r2, {writable}(0)",
    "xc 0(8,%r15), 0(%r15)",
    "stosm {return_psw}(0), 0x04",
    "basr %r14, %r1",
    "j .",

    // catch_call(function %r2, argument %r3, found %r4) -> 0, or 1 after a program
    // check. The frame: registers 6..15, the outer catch at 160, `found` at 168.
    ".globl catch_call",
    ".globl catch_resume",
    ".balign 16",
    "catch_call:",
    "stmg %r6, %r15, 48(%r15)",
    "lgr %r1, %r15",
    "aghi %r15, -176",
    "stg %r1, 0(%r15)",
    "lg %r5, {writable}(0)",
    "lg %r1, {catch}(0)",
    "stg %r1, 160(%r15)",
    "stg %r4, {found}(%r15)",
    "stg %r15, {catch}(%r5)",
    "lgr %r1, %r2",
    "lgr %r2, %r3",
    "basr %r14, %r1",
    "lghi %r2, 0",
    "j 1f",
    "catch_resume:",
    "lghi %r2, 1",
    "1: lg %r5, {writable}(0)",
    "lg %r1, 160(%r15)",
    "stg %r1, {catch}(%r5)",
    "lmg %r6, %r15, 224(%r15)",
    "br %r14",

    interrupt_save = const offset_of!(Lowcore, interrupt_save),
    interrupt_stack = const offset_of!(Lowcore, interrupt_stack),
    fault_stack = const offset_of!(Lowcore, fault_stack),
    fault_depth = const offset_of!(Lowcore, fault_depth),
    program_save = const offset_of!(Lowcore, program_save),
    fault_save = const offset_of!(Lowcore, fault_save),
    external = const offset_of!(Lowcore, external),
    io = const offset_of!(Lowcore, io),
    supervisor_call = const offset_of!(Lowcore, supervisor_call),
    program = const offset_of!(Lowcore, program),
    machine_check = const offset_of!(Lowcore, machine_check),
    teid = const offset_of!(Lowcore, teid),
    breaking_event = const offset_of!(Lowcore, breaking_event),
    return_psw = const offset_of!(Lowcore, return_psw),
    catch = const offset_of!(Lowcore, catch),
    found = const CATCH_FOUND,
    writable = const offset_of!(Lowcore, writable),
    old_external = const old(offset_of!(Classes, external)),
    old_io = const old(offset_of!(Classes, io)),
    old_supervisor_call = const old(offset_of!(Classes, supervisor_call)),
    old_program = const old(offset_of!(Classes, program)),
    old_machine_check = const old(offset_of!(Classes, machine_check)),
    old_restart = const old(offset_of!(Classes, restart)),
    control = const offset_of!(Lowcore, control),
    start_stack = const offset_of!(Lowcore, start_stack),
    start_function = const offset_of!(Lowcore, start_function),
    alias_high = const crate::lowcore::ALIAS >> 32,
    alias_low = const crate::lowcore::ALIAS & 0xffff_ffff,
    kind_external = const kind::EXTERNAL,
    kind_io = const kind::IO,
    kind_supervisor_call = const kind::SUPERVISOR_CALL,
    kind_program = const kind::PROGRAM,
    kind_machine_check = const kind::MACHINE_CHECK,
    kind_restart = const kind::RESTART,
    marker = const MARKER,
    depth = const FAULT_DEPTH,
    stop = sym STOP,
);

const fn old(class: usize) -> usize {
    offset_of!(Lowcore, old) + class
}

unsafe extern "C" {
    fn trap_external();
    fn trap_io();
    fn trap_supervisor_call();
    fn trap_program();
    fn trap_machine_check();
    fn trap_restart();
    fn trap_start();
    fn catch_resume();
    /// Calls `function(argument)`; 1 when a program check ended it, which is
    /// then at `found`, a `ProgramCheck`.
    pub fn catch_call(function: extern "C" fn(*mut ()), argument: *mut (), found: *mut ()) -> u64;
}

/// The new PSWs of a CPU that runs.
pub fn new_psws() -> Classes {
    let to = |handler: unsafe extern "C" fn()| Psw::real_mode(handler as usize as u64);
    Classes {
        restart: to(trap_restart),
        external: to(trap_external),
        supervisor_call: to(trap_supervisor_call),
        program: to(trap_program),
        machine_check: to(trap_machine_check),
        io: to(trap_io),
    }
}

/// Whether the handler of external interruptions is to begin at this address, which has changed
/// no register yet.
pub fn begins_external(address: u64) -> bool {
    address == trap_external as *const () as u64
}

/// The restart-new PSW of a CPU that is to be started.
pub fn start_psw() -> Psw {
    Psw::real_mode(trap_start as *const () as u64)
}

/// Whether this CPU handles a fault inside so many others that its control registers were put
/// back.
pub fn has_put_control_back() -> bool {
    lowcore::fault_depth() >= FAULT_DEPTH
}

/// Where a caught program check continues.
pub fn resume_address() -> u64 {
    catch_resume as *const () as u64
}
