//! Walking the back chain of a stack, for reports.
//!
//! Every function of this kernel stores its caller's stack pointer at the bottom
//! of its frame (target feature `backchain`); the caller's frame holds, 112
//! bytes up, the return address that the callee saved (s390x ELF ABI, "The
//! Stack Frame"). A trap frame ends a chain with 0 and carries a marker; the
//! walk goes on with the interrupted function. All reads are fault-safe: a walk
//! may begin anywhere and ends where nothing can be read.
//!
//! Code that was compiled for Linux has packed frames (`packed_call.rs`): the kernel above knows
//! it by its addresses. Where an interruption struck before a function has saved its return
//! address, or in one that never does, that is in register 14.

use crate::fault_safe;
use crate::packed_call;
use crate::psw::Psw;
use crate::stack::SAVE_AREA;
use crate::traps::{Code, MARKER, TrapFrame, handlers};
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
    /// Register 14 of code that was interrupted, whose frame this is.
    link: Option<u64>,
    left: usize,
}

impl Walk {
    /// Starts at the frame of this stack pointer, which is this kernel's; takes at most
    /// `LIMIT` steps.
    pub fn from(pointer: u64) -> Self {
        Self {
            frame: pointer,
            code: 0,
            link: None,
            left: LIMIT,
        }
    }

    /// Starts at code that was stopped somewhere: by its registers, and its place.
    pub fn of(registers: &[u64; 16], code: u64) -> Self {
        Self {
            frame: registers[15],
            code,
            link: Some(registers[14]),
            left: LIMIT,
        }
    }

    /// How the frame of the code is laid out that the walk has come to.
    fn layout(&self) -> Layout {
        match self.code {
            0 => PLAIN,
            code if packed_call::holds(code) => PACKED,
            code => match handlers::get().code_at(code) {
                Code::Packed => PACKED,
                Code::Plain | Code::None => PLAIN,
            },
        }
    }

    /// Where a function returns to: what it has saved, or what was in the register.
    fn returns_to(&mut self, saved: u64) -> u64 {
        match self.link.take() {
            Some(link) if handlers::get().code_at(saved) == Code::None => link,
            _ => saved,
        }
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
            let saved = Self::read(caller.checked_add(layout.return_address)?)?;
            let address = self.returns_to(saved);
            self.code = address;
            return (address != 0).then_some(Step::Return(address));
        }
        if Self::read(self.frame.checked_add(8)?)? != MARKER {
            return None;
        }
        let frame = self.frame.checked_add(SAVE_AREA as u64)?;
        let field = |offset: usize| Self::read(frame.checked_add(offset as u64)?);
        let register = |number: usize| field(offset_of!(TrapFrame, registers) + number * 8);
        self.frame = register(15)?;
        self.link = register(14);
        let address = offset_of!(TrapFrame, psw) + offset_of!(Psw, address);
        self.code = field(address)?;
        Some(Step::Interrupted(self.code))
    }
}
