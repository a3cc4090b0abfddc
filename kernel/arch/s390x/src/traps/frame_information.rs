//! Where a debugger finds what an interruption interrupted: call frame information for
//! `trap_common`, whose frame's picture is in `entry.rs`.
//!
//! It is written out, because assemblers mark a frame as a signal's (augmentation "S") in
//! `.eh_frame` only, and this kernel has none. Without the mark a debugger takes the step to
//! another stack for the end of a broken one. Nothing of it is loaded. DWARF 4, section 6.4.

use super::frame::TrapFrame;
use crate::psw::Psw;
use crate::stack::SAVE_AREA;
use core::arch::global_asm;
use core::mem::offset_of;

/// Numbers of the PSW's halves and of register 15 (s390x ELF ABI, "DWARF Register Number
/// Mapping").
const PSW_MASK: u8 = 64;
const PSW_ADDRESS: u8 = 65;
const STACK_POINTER: u8 = 15;

/// The CFA is this far above register 15: the trap frame's own address.
const CFA: usize = SAVE_AREA;

/// A doubleword of the trap frame, as offsets are counted here: in units of -8 bytes.
const fn doubleword(offset: usize) -> isize {
    -((offset / 8) as isize)
}

global_asm!(
    ".pushsection .debug_frame,\"\",@progbits",
    ".balign 8",
    ".Ltrap_cie:",
    ".long .Ltrap_cie_end - .Ltrap_cie - 4",
    ".long 0xffffffff",
    ".byte 1",
    ".asciz \"S\"",
    ".uleb128 1",
    ".sleb128 -8",
    ".byte {psw_address}",
    // DW_CFA_def_cfa; DW_CFA_offset_extended_sf
    ".byte 0x0c, {stack_pointer}",
    ".uleb128 {cfa}",
    ".irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
    ".byte 0x11, \\number",
    ".sleb128 {registers} - \\number",
    ".endr",
    ".byte 0x11, {psw_mask}",
    ".sleb128 {at_mask}",
    ".byte 0x11, {psw_address}",
    ".sleb128 {at_address}",
    ".balign 8",
    ".Ltrap_cie_end:",
    ".long .Ltrap_fde_end - . - 4",
    ".long .Ltrap_cie",
    ".quad trap_common",
    ".quad trap_common_end - trap_common",
    ".Ltrap_fde_end:",
    ".popsection",
    psw_mask = const PSW_MASK,
    psw_address = const PSW_ADDRESS,
    stack_pointer = const STACK_POINTER,
    cfa = const CFA,
    registers = const doubleword(offset_of!(TrapFrame, registers)),
    at_mask = const doubleword(offset_of!(TrapFrame, psw) + offset_of!(Psw, mask)),
    at_address = const doubleword(offset_of!(TrapFrame, psw) + offset_of!(Psw, address)),
);
