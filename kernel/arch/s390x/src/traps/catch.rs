//! Program checks as values: how a test proves that an access is refused.
//!
//! For an access of known width at any address, `fault_safe` does without this.

use super::entry;
use super::program::ProgramCheck;
use crate::{cpu, lowcore};
use core::mem::MaybeUninit;

/// Runs `work`; a program check in it ends it and is returned.
///
/// Interruptions are off while it runs. Calls nest; the innermost catches. Once
/// translation is on, or while it is off on the boot CPU.
///
/// # Safety
/// C10: `work` is abandoned where the check struck, and what it called with it. It
/// must own nothing that needs dropping there, and have changed nothing that it
/// would have put right afterwards: interrupts-off sections apart, which are
/// ended for it.
pub unsafe fn catch<F: FnMut()>(mut work: F) -> Option<ProgramCheck> {
    extern "C" fn call<F: FnMut()>(work: *mut ()) {
        // SAFETY: C10: `catch` passes its own `work`.
        unsafe { (*work.cast::<F>())() }
    }
    cpu::without_interrupts(|| {
        let mut found = MaybeUninit::<ProgramCheck>::uninit();
        let nesting = lowcore::nesting();
        // SAFETY: C10: `call::<F>` takes a pointer to an `F`, and gets one; the slot
        // for the catching frame is this CPU's (C1), and keeps the outer one.
        let caught = unsafe {
            entry::catch_call(call::<F>, (&raw mut work).cast(), found.as_mut_ptr().cast())
        };
        // A check took `work` away from the ends of the sections it was in.
        lowcore::restore_nesting(nesting);
        // SAFETY: C10: the handler has written it, if there was a check.
        (caught != 0).then(|| unsafe { found.assume_init() })
    })
}
