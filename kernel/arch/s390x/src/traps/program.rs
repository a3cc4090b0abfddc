//! Program checks: names, failing address, kind of access.
//!
//! Principles of Operation, chapter 6, "Program Interruption", and chapter 3,
//! "Assigned Storage Locations" (translation-exception identification).

use super::frame::TrapFrame;
use core::fmt;

/// Program-interruption codes (Principles of Operation, chapter 6, "Program
/// Interruption").
pub mod code {
    /// Operation: no such instruction.
    pub const OPERATION: u16 = 0x01;
    /// Privileged operation.
    pub const PRIVILEGED: u16 = 0x02;
    /// Protection: low-address, DAT or instruction-execution protection.
    pub const PROTECTION: u16 = 0x04;
    /// Addressing: no such storage.
    pub const ADDRESSING: u16 = 0x05;
    /// Specification: a misaligned operand or an odd address.
    pub const SPECIFICATION: u16 = 0x06;
    /// Translation specification: a table entry of the wrong level.
    pub const TRANSLATION_SPECIFICATION: u16 = 0x12;
    /// Data: among others, a floating-point register with AFP control off.
    pub const DATA: u16 = 0x07;
    /// Segment translation: no page table.
    pub const SEGMENT_TRANSLATION: u16 = 0x10;
    /// Page translation: the page is invalid.
    pub const PAGE_TRANSLATION: u16 = 0x11;
    /// Region-first translation.
    pub const REGION_FIRST: u16 = 0x39;
    /// Region-second translation.
    pub const REGION_SECOND: u16 = 0x3a;
    /// Region-third translation.
    pub const REGION_THIRD: u16 = 0x3b;
    /// ASCE type: the address is beyond the tables.
    pub const ASCE_TYPE: u16 = 0x38;

    /// Monitor event: a MONITOR CALL of a class that the CPU reports.
    pub const MONITOR_EVENT: u16 = 0x40;

    /// Whether the code says that an address has no valid translation, at whatever
    /// table level.
    pub const fn is_translation(code: u16) -> bool {
        matches!(
            code,
            SEGMENT_TRANSLATION | PAGE_TRANSLATION | ASCE_TYPE..=REGION_THIRD
        )
    }

    /// The code's name, "unnamed" for those that this kernel can't meet.
    pub const fn name(code: u16) -> &'static str {
        match code {
            OPERATION => "operation",
            PRIVILEGED => "privileged operation",
            0x03 => "execute",
            PROTECTION => "protection",
            ADDRESSING => "addressing",
            SPECIFICATION => "specification",
            DATA => "data",
            0x08 => "fixed-point overflow",
            0x09 => "fixed-point divide",
            SEGMENT_TRANSLATION => "segment translation",
            PAGE_TRANSLATION => "page translation",
            TRANSLATION_SPECIFICATION => "translation specification",
            0x13 => "special operation",
            ASCE_TYPE => "ASCE type",
            REGION_FIRST => "region-first translation",
            REGION_SECOND => "region-second translation",
            REGION_THIRD => "region-third translation",
            MONITOR_EVENT => "monitor event",
            _ => "unnamed",
        }
    }
}

/// What the refused access wanted to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read an operand or an instruction.
    Fetch,
    /// To write an operand.
    Store,
    /// It isn't known: the machine doesn't report it for this check.
    Unknown,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Access::Fetch => "fetch from",
            Access::Store => "store to",
            Access::Unknown => "access to",
        })
    }
}

/// A program interruption, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramCheck {
    /// Interruption code, without the PER bit.
    pub code: u16,
    /// Bytes of the instruction: 2, 4, 6, or 0.
    pub instruction_length: u8,
    /// Failing address to the page, for translation and protection.
    pub address: Option<u64>,
    /// Kind of access, for translation and protection.
    pub access: Access,
    /// Where the check struck.
    pub psw_address: u64,
    /// Address of the last branch before it, or of what else broke the sequence: how the
    /// instruction was come to (Principles of Operation, chapter 4, "Breaking-Event
    /// Address").
    pub breaking_event: u64,
    /// Register 14: after a call, where it returns to (s390x ELF ABI, "Registers").
    pub return_address: u64,
}

impl ProgramCheck {
    /// Decodes the frame of a program interruption.
    pub fn new(frame: &TrapFrame) -> Self {
        let [first, teid, breaking_event, _] = frame.parameters;
        let code = (first >> 32) as u16 & 0x7f;
        let translation = code == code::PROTECTION || code::is_translation(code);
        // Bit 61 clear on a protection exception: the address isn't provided.
        let known = translation && (code != code::PROTECTION || teid & 4 != 0);
        // Bits 52 and 53: fetch or store, with the facility that has it.
        let access = match (translation, teid >> 10 & 3) {
            (true, 1) => Access::Store,
            (true, 2) => Access::Fetch,
            _ => Access::Unknown,
        };
        Self {
            code,
            instruction_length: (first >> 48) as u8 & 6,
            address: known.then_some(teid & !0xfff),
            access,
            psw_address: frame.psw.address,
            breaking_event,
            return_address: frame.registers[14],
        }
    }

    /// The address of the instruction that was refused: an interruption that nullifies
    /// its instruction leaves the PSW at it, any other behind it (Principles of
    /// Operation, chapter 5, "Types of Instruction Ending").
    pub fn instruction(&self) -> u64 {
        if self.is_translation() {
            self.psw_address
        } else {
            self.psw_address
                .wrapping_sub(self.instruction_length.into())
        }
    }

    /// The code's name.
    pub fn name(&self) -> &'static str {
        code::name(self.code)
    }

    /// Whether the address has no valid translation, at whatever table level.
    pub fn is_translation(&self) -> bool {
        code::is_translation(self.code)
    }
}

impl fmt::Display for ProgramCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "program check {:#06x} ({})", self.code, self.name())?;
        if let Some(address) = self.address {
            write!(f, ", {} the page at {address:#x}", self.access)?;
        }
        Ok(())
    }
}
