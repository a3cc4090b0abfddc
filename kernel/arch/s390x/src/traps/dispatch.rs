//! From the entry code to the handler that an interruption is for.

use super::entry;
use super::exception_table;
use super::frame::{TrapFrame, kind};
use super::handlers::{self, External};
use super::program::{ProgramCheck, code};
use crate::cpu;
use crate::lowcore::{self, Classes, Lowcore};
use crate::psw::Mask;
use core::mem::offset_of;

/// Names the kernel's handlers and sets the boot CPU's new PSWs and stacks: from
/// here on program checks are handled, and fault-safe accesses work.
///
/// `interrupt_stack` and `fault_stack` are initial stack pointers, as in
/// [`lowcore::set_stacks`].
///
/// # Safety
/// C8: once, on the boot CPU, before translation is on and before any other CPU
/// runs. C3: the stacks are used for nothing else.
pub unsafe fn install(
    handlers: &'static dyn handlers::Handlers,
    interrupt_stack: usize,
    fault_stack: usize,
) {
    // SAFETY: C8: the caller's promise.
    unsafe { handlers::set(handlers) };
    let write = |field: usize, value: u64| {
        let field = core::ptr::without_provenance_mut::<u64>(field);
        // SAFETY: C1: with translation off this is real page 0, software's part.
        unsafe { field.write_volatile(value) };
    };
    write(offset_of!(Lowcore, interrupt_stack), interrupt_stack as u64);
    write(offset_of!(Lowcore, fault_stack), fault_stack as u64);
    write(
        offset_of!(Lowcore, per_cpu_offset),
        lowcore::OFFSET_BEFORE_SETUP,
    );
    let mark = core::ptr::without_provenance_mut::<u32>(offset_of!(Lowcore, lock_mark));
    // SAFETY: C1: real page 0 again; the boot CPU's number is 0.
    unsafe { mark.write_volatile(1) };
    let psws = core::ptr::without_provenance_mut::<Classes>(offset_of!(Lowcore, new));
    // SAFETY: C1: real page 0 again; low-address protection is still off.
    unsafe { psws.write_volatile(entry::new_psws()) };
}

/// Makes this CPU's restart interruption one that asks where the CPU is, as the boot CPU's
/// is: a CPU that was started by a restart is started once. Once translation is on.
pub fn restart_asks() {
    // SAFETY: C1: the handler of a restart takes any state.
    unsafe { lowcore::set_restart(entry::new_psws().restart) };
}

/// Called by the entry code. Returns the frame's kind, by which the way back knows
/// whether a fault ends.
#[unsafe(no_mangle)]
extern "C" fn trap_dispatch(frame: &mut TrapFrame) -> u64 {
    match frame.kind {
        kind::EXTERNAL => {
            // Off by the PSW; a section, as those are counted.
            cpu::without_interrupts(|| handlers::get().external(external(frame), frame));
            // A CPU that waited goes on: see `cpu::wait_for_interrupt_unless`.
            frame.psw.mask.remove(Mask::WAIT);
        }
        kind::PROGRAM => program_check(frame),
        kind::SUPERVISOR_CALL => handlers::get().unexpected("supervisor call", frame),
        kind::IO => handlers::get().unexpected("I/O interruption", frame),
        kind::MACHINE_CHECK => handlers::get().unexpected("machine check", frame),
        _ => handlers::get().restart(&asked_about(frame)),
    }
    frame.kind
}

/// What a restart interruption asks about. One that is taken together with an external
/// interruption finds that one's handler before its first instruction: asked about is what that
/// has interrupted.
fn asked_about(frame: &TrapFrame) -> TrapFrame {
    match entry::begins_external(frame.psw.address) {
        true => TrapFrame {
            psw: lowcore::old_external(),
            ..*frame
        },
        false => *frame,
    }
}

fn external(frame: &TrapFrame) -> External {
    let [first, ..] = frame.parameters;
    let parameter = (first >> 32) as u32;
    let address = (first >> 16) as u16;
    match first as u16 {
        0x1004 => External::ClockComparator,
        0x1201 => External::EmergencySignal(address),
        0x1202 => External::ExternalCall(address),
        0x2401 => External::ServiceSignal(parameter),
        code => External::Other(code),
    }
}

fn program_check(frame: &mut TrapFrame) {
    let check = ProgramCheck::new(frame);
    if let Some(continuation) = exception_table::continuation(check.instruction()) {
        frame.registers[0] = check.code.into();
        frame.psw.address = continuation;
        return;
    }
    let handlers = handlers::get();
    let is_warning = check.code == code::MONITOR_EVENT && handlers.monitor_call(&check, frame);
    if is_warning || handlers.resume(&check, frame) {
        return;
    }
    let catcher = lowcore::catcher();
    if catcher == 0 {
        handlers.program_check(&check, frame);
    }
    let found = catcher as usize + entry::CATCH_FOUND;
    let found = core::ptr::with_exposed_provenance::<*mut ProgramCheck>(found);
    // SAFETY: C10: the innermost `catch` of this CPU keeps the place there, and
    // waits for `work`, which ends here.
    unsafe { found.read().write(check) };
    frame.psw.address = entry::resume_address();
    frame.registers[15] = catcher;
}
