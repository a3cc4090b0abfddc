//! The service-call processor: consoles and machine configuration.
//!
//! A request is an SCCB, a block of storage below 2 GiB that starts with its
//! length and gets a response code. SERVICE CALL hands it over. QEMU answers
//! before the instruction ends; a machine need not, so the code waits for the
//! response, not for the service-signal interruption that follows it.

pub mod console;
mod event;
pub mod information;
pub mod line_mode;

use core::arch::asm;
use core::fmt;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Service-call commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Command {
    /// Read SCP information: memory and CPUs.
    ReadInformation = 0x0002_0001,
    /// Write event data: console output.
    WriteEventData = 0x0076_0005,
    /// Read event data: console input.
    ReadEventData = 0x0077_0005,
    /// Write event mask: which events this system sends and takes.
    WriteEventMask = 0x0078_0005,
}

/// Start of every SCCB.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Header {
    /// Bytes in the block.
    pub length: u16,
    /// Function code.
    pub function: u8,
    /// Control mask.
    pub control: [u8; 3],
    /// Response code: reason in the left byte, class in the right.
    pub response: u16,
}

impl Header {
    /// Header of a request block of `length` bytes.
    pub const fn request(length: u16) -> Self {
        Self {
            length,
            function: 0,
            control: [0; 3],
            response: 0,
        }
    }
}

/// Why a service call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Condition code 3: no service processor.
    NotOperational,
    /// The response code is not one of success.
    Response(u16),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotOperational => f.write_str("service processor not operational"),
            Error::Response(code) => write!(f, "service-call response {code:#06x}"),
        }
    }
}

/// A page-aligned SCCB.
#[derive(Debug)]
#[repr(C, align(4096))]
pub struct Block<const N: usize>(pub [u8; N]);

/// Hands the block over and waits for the response code.
pub fn call<const N: usize>(command: Command, block: &mut Block<N>) -> Result<(), Error> {
    let address = block.0.as_mut_ptr();
    loop {
        let condition: u64;
        // SAFETY: the block is the caller's, and holds a header with its length;
        // the processor writes within that length.
        unsafe {
            asm!(
                // SERVC, which the assembler has no name for.
                ".insn rre, 0xb2200000, {command}, {address}",
                "ipm {condition}",
                "srl {condition}, 28",
                command = in(reg) command as u64,
                address = in(reg) address,
                condition = out(reg) condition,
                options(nostack),
            );
        }
        match condition as u32 {
            0 => break,
            2 => crate::cpu::relax(),
            _ => return Err(Error::NotOperational),
        }
    }
    let response = loop {
        // SAFETY: the header is inside the block.
        let header = unsafe { address.cast::<Header>().read_volatile() };
        if header.response != 0 {
            break header.response;
        }
        crate::cpu::relax();
    };
    // Classes 0x10 and 0x20 in the right byte are success.
    match response & 0xff {
        0x10 | 0x20 => Ok(()),
        _ => Err(Error::Response(response)),
    }
}
