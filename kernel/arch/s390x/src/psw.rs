//! The program-status word: where a CPU executes, and under which conditions.
//!
//! 128 bits: a mask and an address. Bit numbers below count from the left, as
//! in Principles of Operation, chapter 4, "Program-Status Word".

use bitflags::bitflags;

bitflags! {
    /// The left half of a PSW.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Mask: u64 {
        /// Bit 1: program-event recording.
        const PER = 1 << (63 - 1);
        /// Bit 5: addresses are translated.
        const DAT = 1 << (63 - 5);
        /// Bit 6: I/O interruptions are taken.
        const IO = 1 << (63 - 6);
        /// Bit 7: external interruptions are taken.
        const EXTERNAL = 1 << (63 - 7);
        /// Bit 13: machine-check interruptions are taken.
        const MACHINE_CHECK = 1 << (63 - 13);
        /// Bit 14: the CPU waits instead of executing.
        const WAIT = 1 << (63 - 14);
        /// Bit 15: problem state.
        const PROBLEM = 1 << (63 - 15);
        /// Bits 31 and 32: 64-bit addressing.
        const ADDRESSING_64 = (1 << (63 - 31)) | (1 << (63 - 32));
        const _ = !0;
    }
}

/// A program-status word as storage holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(8))]
pub struct Psw {
    /// Conditions of execution: interruptions taken, translation, addressing mode.
    pub mask: Mask,
    /// Address of the next instruction.
    pub address: u64,
}

impl Psw {
    /// Address in a disabled wait PSW that means "power off" to QEMU.
    pub const POWER_OFF: u64 = 0xfff;

    /// Execution at `address` with translation off and every interruption off:
    /// how each interruption handler starts.
    pub const fn real_mode(address: u64) -> Self {
        Self {
            mask: Mask::ADDRESSING_64,
            address,
        }
    }

    /// A wait that nothing ends; `address` is for who looks at the stopped CPU to see
    /// why ([`Psw::POWER_OFF`], or a code of one's own).
    pub const fn disabled_wait(address: u64) -> Self {
        Self {
            mask: Mask::ADDRESSING_64.union(Mask::WAIT),
            address,
        }
    }
}

const _: () = assert!(size_of::<Psw>() == 16);
