//! Interruptions: what came in, and who deals with it.
//!
//! `entry.rs` makes a [`TrapFrame`]; [`trap_dispatch`] decodes it and hands it
//! to the kernel through [`Upcalls`]. `program.rs` names the program checks and
//! reads the translation-exception identification.
//!
//! [`catch`] runs a function that may end in a program check and returns that
//! check as a value: how the self-tests prove that an access is refused.

mod entry;
mod program;

pub use entry::{MARKER, kind, new_psws, start_psw};
pub use program::{Access, ProgramCheck, code};

use crate::lowcore;
use crate::psw::{Mask, Psw};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicPtr, Ordering};
use volatile::map_field;

/// What an interruption found, and what its handler returns to.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct TrapFrame {
    /// Old PSW.
    pub psw: Psw,
    /// General registers.
    pub registers: [u64; 16],
    /// What the machine stored, by class (see `entry.rs`).
    pub parameters: [u64; 4],
    /// One of [`kind`].
    pub kind: u64,
}

const _: () = assert!(size_of::<TrapFrame>() == 344 - 160);

/// An external interruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum External {
    /// Emergency signal from the CPU of this address.
    EmergencySignal(u16),
    /// External call from the CPU of this address.
    ExternalCall(u16),
    /// The clock comparator's time has come.
    ClockComparator,
    /// The service processor has finished a command, or has an event.
    ServiceSignal(u32),
    /// Anything else, by its code.
    Other(u16),
}

/// What the kernel does about interruptions.
pub trait Upcalls: Sync {
    /// An external interruption; interruptions are off (C2).
    fn external(&self, what: External, frame: &TrapFrame);
    /// A program check that nobody caught.
    fn program_check(&self, check: &ProgramCheck, frame: &TrapFrame) -> !;
    /// A machine check, a restart, a supervisor call or an I/O interruption:
    /// this kernel asks for none of them.
    fn unexpected(&self, what: &str, frame: &TrapFrame) -> !;
}

struct Installed(UnsafeCell<Option<&'static dyn Upcalls>>);

// SAFETY: written once, by the boot CPU before any other runs (C3).
unsafe impl Sync for Installed {}

static UPCALLS: Installed = Installed(UnsafeCell::new(None));

/// Names the kernel's handlers and sets the boot CPU's new PSWs.
///
/// # Safety
/// Once, on the boot CPU, before translation is on and before any other CPU runs.
pub unsafe fn install(upcalls: &'static dyn Upcalls, interrupt_stack: usize, fault_stack: usize) {
    // SAFETY: the caller's promise: nobody reads it yet.
    unsafe { *UPCALLS.0.get() = Some(upcalls) };
    let write = |field: usize, value: u64| {
        let field = core::ptr::without_provenance_mut::<u64>(field);
        // SAFETY: C1: with translation off this is real page 0, software's part.
        unsafe { field.write_volatile(value) };
    };
    write(
        core::mem::offset_of!(lowcore::Lowcore, interrupt_stack),
        interrupt_stack as u64,
    );
    write(
        core::mem::offset_of!(lowcore::Lowcore, fault_stack),
        fault_stack as u64,
    );
    write(
        core::mem::offset_of!(lowcore::Lowcore, per_cpu_offset),
        lowcore::OFFSET_BEFORE_SETUP,
    );
    let psws = core::ptr::without_provenance_mut::<lowcore::Classes>(core::mem::offset_of!(
        lowcore::Lowcore,
        new
    ));
    // SAFETY: C1, as above; low-address protection is still off.
    unsafe { psws.write_volatile(new_psws()) };
}

fn upcalls() -> &'static dyn Upcalls {
    // SAFETY: written once, before the first interruption could be taken.
    match unsafe { *UPCALLS.0.get() } {
        Some(upcalls) => upcalls,
        None => crate::power::crash(),
    }
}

/// Called by the entry code. Returns the frame's kind, which tells the way back
/// whether a fault ends.
#[unsafe(no_mangle)]
extern "C" fn trap_dispatch(frame: &mut TrapFrame) -> u64 {
    let [first, ..] = frame.parameters;
    match frame.kind {
        kind::EXTERNAL => {
            let parameter = (first >> 32) as u32;
            let address = (first >> 16) as u16;
            let what = match first as u16 {
                0x1004 => External::ClockComparator,
                0x1201 => External::EmergencySignal(address),
                0x1202 => External::ExternalCall(address),
                0x2401 => External::ServiceSignal(parameter),
                code => External::Other(code),
            };
            upcalls().external(what, frame);
        }
        kind::PROGRAM => program_check(frame),
        kind::SUPERVISOR_CALL => upcalls().unexpected("supervisor call", frame),
        kind::IO => upcalls().unexpected("I/O interruption", frame),
        kind::MACHINE_CHECK => upcalls().unexpected("machine check", frame),
        _ => upcalls().unexpected("restart", frame),
    }
    // A CPU that waited goes on: see `cpu::wait_for_interrupt`.
    frame.psw.mask.remove(Mask::WAIT);
    frame.kind
}

fn program_check(frame: &mut TrapFrame) {
    let check = ProgramCheck::new(frame);
    let translated = frame.psw.mask.contains(Mask::DAT);
    let catcher = if translated {
        let lowcore = lowcore::this();
        map_field!(lowcore.catch).read()
    } else {
        0
    };
    if catcher == 0 {
        upcalls().program_check(&check, frame);
    }
    let slot = CAUGHT.load(Ordering::Relaxed);
    if !slot.is_null() {
        // SAFETY: the slot is on the stack of the `catch` that armed it, which
        // is this CPU's (the lock in `catch` admits one CPU at a time).
        unsafe { slot.write(Some(check)) };
    }
    frame.psw.address = entry::resume_address();
    frame.registers[15] = catcher;
}

static CAUGHT: AtomicPtr<Option<ProgramCheck>> = AtomicPtr::new(core::ptr::null_mut());
static CATCHING: core::sync::atomic::AtomicBool = core::sync::atomic::AtomicBool::new(false);

/// Runs `work`; a program check in it ends it and is returned.
///
/// `work` is abandoned where the check struck: it must own nothing that needs
/// dropping. Interruptions are off while it runs; one CPU at a time.
pub fn catch<F: FnMut()>(mut work: F) -> Option<ProgramCheck> {
    extern "C" fn call<F: FnMut()>(work: *mut ()) {
        // SAFETY: `catch` passes its own `work`.
        unsafe { (*work.cast::<F>())() }
    }
    crate::cpu::without_interrupts(|| {
        while CATCHING.swap(true, Ordering::Acquire) {
            crate::cpu::relax();
        }
        let mut caught: Option<ProgramCheck> = None;
        CAUGHT.store(&raw mut caught, Ordering::Relaxed);
        let nesting = lowcore::nesting();
        // SAFETY: `call::<F>` takes a pointer to an `F`, and gets one. C1: the
        // catch slot is this CPU's.
        unsafe { entry::catch_call(call::<F>, (&raw mut work).cast()) };
        // A check took `work` away from the ends of the sections it was in.
        lowcore::restore_nesting(nesting);
        CAUGHT.store(core::ptr::null_mut(), Ordering::Relaxed);
        CATCHING.store(false, Ordering::Release);
        // SAFETY: reads a local that the handler may have written.
        unsafe { (&raw const caught).read_volatile() }
    })
}
