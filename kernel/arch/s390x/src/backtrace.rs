//! Walking the back chain of a stack, for reports.
//!
//! Every function of this kernel stores its caller's stack pointer at the bottom
//! of its frame (target feature `backchain`); the caller's frame holds, 112
//! bytes up, the return address that the callee saved (s390x ELF ABI, "The
//! Stack Frame"). A trap frame ends a chain with 0 and carries a marker; the
//! walk goes on with the interrupted function. All reads are fault-safe: a walk
//! may begin anywhere and ends where nothing can be read.
//!
//! Code that was compiled for Linux has packed frames: the kernel above knows it by its
//! addresses.
//!
//! ```text
//!                 back chain   return address, in the caller's frame
//!  as the ABI has it    0      112
//!  packed             152      136
//! ```

use crate::fault_safe;
use crate::psw::Psw;
use crate::stack::SAVE_AREA;
use crate::traps::{MARKER, TrapFrame, handlers};
use core::mem::offset_of;

/// Where the frames of some code have what a walk needs.
struct Layout {
    /// The caller's stack pointer, from the frame's own.
    back_chain: u64,
    /// The return address, from the caller's stack pointer.
    return_address: u64,
}

/// As the ABI has it.
const PLAIN: Layout = Layout {
    back_chain: 0,
    return_address: 112,
};

/// As gcc's -mpacked-stack with -mbackchain has it.
const PACKED: Layout = Layout {
    back_chain: 152,
    return_address: 136,
};

/// Steps that a walk takes at most.
const LIMIT: usize = 64;

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
    /// An address in the code that the frame is of; 0 for this kernel's.
    code: u64,
    left: usize,
}

impl Walk {
    /// Starts at the frame of this stack pointer, which is this kernel's; takes at most
    /// [`LIMIT`] steps.
    pub fn from(pointer: u64) -> Self {
        Self::of(pointer, 0)
    }

    /// Starts at the frame of this stack pointer, when the code at an address was running.
    pub fn of(pointer: u64, code: u64) -> Self {
        Self {
            frame: pointer,
            code,
            left: LIMIT,
        }
    }

    /// How the frame of the code is laid out that the walk has come to.
    fn layout(&self) -> Layout {
        let is_packed = self.code != 0 && handlers::get().has_packed_frames(self.code);
        if is_packed { PACKED } else { PLAIN }
    }

    /// The stack pointer that the walk has come to.
    pub fn pointer(&self) -> u64 {
        self.frame
    }

    fn read(address: u64) -> Option<u64> {
        let aligned = address.is_multiple_of(8);
        aligned
            .then(|| fault_safe::read_u64(address as usize).ok())
            .flatten()
    }
}

impl Iterator for Walk {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        self.left = self.left.checked_sub(1)?;
        let layout = self.layout();
        let caller = Self::read(self.frame.checked_add(layout.back_chain)?)?;
        if caller != 0 {
            self.frame = caller;
            let address = Self::read(caller.checked_add(layout.return_address)?)?;
            self.code = address;
            return (address != 0).then_some(Step::Return(address));
        }
        if Self::read(self.frame.checked_add(8)?)? != MARKER {
            return None;
        }
        let frame = self.frame.checked_add(SAVE_AREA as u64)?;
        let field = |offset: usize| Self::read(frame.checked_add(offset as u64)?);
        self.frame = field(offset_of!(TrapFrame, registers) + 15 * 8)?;
        let address = offset_of!(TrapFrame, psw) + offset_of!(Psw, address);
        self.code = field(address)?;
        Some(Step::Interrupted(self.code))
    }
}
