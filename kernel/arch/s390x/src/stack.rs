//! Stacks, and walking the back chain.
//!
//! Every function of this kernel stores its caller's stack pointer at the bottom
//! of its frame (target feature `backchain`); the caller's frame holds, 112
//! bytes up, the return address that the callee saved (s390x ELF ABI, "The
//! Stack Frame"). A trap frame ends a chain with 0 and carries a marker; the
//! walk goes on with the interrupted function.

use crate::dat;
use crate::traps::{MARKER, TrapFrame};
use core::arch::asm;

/// Bytes in a stack, its guard page included.
pub const SIZE: usize = 64 * 1024;

/// Bytes that the ABI keeps free above an initial stack pointer.
pub const SAVE_AREA: usize = 160;

const RETURN_ADDRESS: u64 = 112;

/// The running function's stack pointer.
#[inline(always)]
pub fn pointer() -> u64 {
    let pointer;
    // SAFETY: reads a register.
    unsafe { asm!("lgr {}, %r15", out(reg) pointer, options(nomem, nostack, preserves_flags)) };
    pointer
}

/// One step of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A return address.
    Return(u64),
    /// The address at which an interruption struck.
    Interrupted(u64),
}

/// Walks from a stack pointer to the end of the chain, and through trap frames.
#[derive(Clone, Debug)]
pub struct Walk {
    frame: u64,
    left: usize,
}

impl Walk {
    /// Starts at the frame of this stack pointer; takes at most 64 steps.
    pub fn from(pointer: u64) -> Self {
        Self {
            frame: pointer,
            left: 64,
        }
    }

    fn read(address: u64) -> Option<u64> {
        let valid = address.is_multiple_of(8) && dat::real_address(address as usize).is_some();
        // SAFETY: the address translates, and a doubleword doesn't cross a page.
        valid.then(|| unsafe {
            core::ptr::with_exposed_provenance::<u64>(address as usize).read_volatile()
        })
    }
}

impl Iterator for Walk {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        self.left = self.left.checked_sub(1)?;
        let caller = Self::read(self.frame)?;
        if caller != 0 {
            self.frame = caller;
            let address = Self::read(caller.checked_add(RETURN_ADDRESS)?)?;
            return (address != 0).then_some(Step::Return(address));
        }
        if Self::read(self.frame.checked_add(8)?)? != MARKER {
            return None;
        }
        let frame = self.frame.checked_add(SAVE_AREA as u64)?;
        let field = |offset: usize| Self::read(frame + offset as u64);
        let registers = core::mem::offset_of!(TrapFrame, registers);
        self.frame = field(registers + 15 * 8)?;
        Some(Step::Interrupted(field(8)?))
    }
}

/// The general registers, as they are at the call.
#[inline(never)]
pub fn registers() -> [u64; 16] {
    let mut values = [0u64; 16];
    // SAFETY: stores 128 bytes to `values`.
    unsafe { asm!("stmg %r0, %r15, 0({})", in(reg_addr) &raw mut values, options(nostack)) };
    values
}
