//! What an interruption leaves on a stack.
//!
//! The entry code (`entry.rs`) makes a frame; its picture is there.

use crate::psw::Psw;
use core::mem::offset_of;

/// What an interruption found, and what its handler returns to.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct TrapFrame {
    /// Old PSW: where and under which conditions the interrupted code ran, and goes on.
    pub psw: Psw,
    /// General registers 0 to 15, as they were and as they will be.
    pub registers: [u64; 16],
    /// What the machine stored, by class (see `entry.rs`).
    pub parameters: [u64; 4],
    /// One of [`kind`].
    pub kind: u64,
}

const _: () = {
    assert!(offset_of!(TrapFrame, registers) == 176 - 160);
    assert!(offset_of!(TrapFrame, parameters) == 304 - 160);
    assert!(offset_of!(TrapFrame, kind) == 336 - 160);
    assert!(size_of::<TrapFrame>() == 344 - 160);
};

/// Class of an interruption, as the entry code stores it in the frame.
pub mod kind {
    /// An external interruption, on the interrupt stack.
    pub const EXTERNAL: u64 = 0;
    /// An I/O interruption, on the interrupt stack.
    pub const IO: u64 = 1;
    /// SUPERVISOR CALL, on the interrupt stack.
    pub const SUPERVISOR_CALL: u64 = 2;
    /// A program check; this and the kinds below are handled on the fault stack.
    pub const PROGRAM: u64 = 3;
    /// A machine check, on the fault stack.
    pub const MACHINE_CHECK: u64 = 4;
    /// A restart interruption, on the fault stack.
    pub const RESTART: u64 = 5;
}

/// Marks the bottom of a trap frame for the stack walker: "TRAPFRAM".
pub const MARKER: u64 = 0x5452_4150_4652_414d;
