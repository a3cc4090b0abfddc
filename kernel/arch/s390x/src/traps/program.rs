//! Program checks: names, failing address, kind of access.
//!
//! Principles of Operation, chapter 6, "Program Interruption", and chapter 3,
//! "Assigned Storage Locations" (translation-exception identification).

use super::TrapFrame;
use core::fmt;

/// Program-interruption codes this kernel speaks of by name.
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
}

/// What the refused access wanted to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read operands.
    Fetch,
    /// Write operands.
    Store,
    /// The machine didn't say.
    Unknown,
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
    /// Last branch before it.
    pub breaking_event: u64,
}

impl ProgramCheck {
    /// Decodes a program-interruption frame.
    pub fn new(frame: &TrapFrame) -> Self {
        let [first, teid, breaking_event, _] = frame.parameters;
        let code = (first >> 32) as u16 & 0x7f;
        let translation = matches!(code, 0x04 | 0x10 | 0x11 | 0x38..=0x3b);
        // Bit 61 clear on a protection exception: the address isn't provided.
        let known = translation && (code != code::PROTECTION || teid & 4 != 0);
        // Bits 52 and 53: fetch or store, with the facility that tells.
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
        }
    }

    /// The code's name.
    pub fn name(&self) -> &'static str {
        match self.code {
            code::OPERATION => "operation",
            code::PRIVILEGED => "privileged operation",
            0x03 => "execute",
            code::PROTECTION => "protection",
            code::ADDRESSING => "addressing",
            code::SPECIFICATION => "specification",
            code::DATA => "data",
            0x08 => "fixed-point overflow",
            0x09 => "fixed-point divide",
            code::SEGMENT_TRANSLATION => "segment translation",
            code::PAGE_TRANSLATION => "page translation",
            0x12 => "translation specification",
            0x13 => "special operation",
            code::ASCE_TYPE => "ASCE type",
            code::REGION_FIRST => "region-first translation",
            code::REGION_SECOND => "region-second translation",
            code::REGION_THIRD => "region-third translation",
            0x40 => "monitor event",
            _ => "unnamed",
        }
    }

    /// Whether the address has no valid translation, at whatever table level.
    pub fn is_translation(&self) -> bool {
        matches!(self.code, 0x10 | 0x11 | 0x38..=0x3b)
    }
}

impl fmt::Display for ProgramCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "program check {:#06x} ({})", self.code, self.name())?;
        if let Some(address) = self.address {
            let access = match self.access {
                Access::Fetch => "fetch from",
                Access::Store => "store to",
                Access::Unknown => "access to",
            };
            write!(f, ", {access} the page at {address:#x}")?;
        }
        Ok(())
    }
}
