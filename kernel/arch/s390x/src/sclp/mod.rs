//! The service-call processor: consoles and machine configuration.
//!
//! A request is an SCCB, a block of storage below 2 GiB that starts with its length and
//! gets a response code; here each is a static (C22). SERVICE CALL hands it over. QEMU
//! answers before the instruction ends; a machine need not, so the code waits for the
//! response, not for the service-signal interruption that follows it.
//!
//! * `event.rs`: the event facility, which the consoles are part of
//! * `console.rs`, `line_mode.rs`: the two consoles
//! * `information.rs`: memory and CPUs

pub mod console;
mod event;
pub mod information;
pub mod line_mode;

use crate::timer::Deadline;
use core::arch::asm;
use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Service-call commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
enum Command {
    /// No command has this code: how it is refused.
    Unknown = 0x00ff_0001,
    /// Read CPU information: the CPUs alone.
    ReadCpuInformation = 0x0001_0001,
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
struct Header {
    /// Bytes in the block.
    length: u16,
    /// Function code.
    function: u8,
    /// Control mask.
    control: [u8; 3],
    /// Response code: reason in the left byte, class in the right.
    response: u16,
}

impl Header {
    /// Header of a request block of `length` bytes.
    const fn request(length: u16) -> Self {
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
    /// It has been busy for ten seconds, or hasn't answered.
    Silent,
    /// The response code is not one of success.
    Response(u16),
    /// The block isn't a static of the kernel's, or shorter than its header says.
    Block,
}

impl Error {
    /// Response: there is no such command.
    pub const NO_COMMAND: u16 = 0x01f0;
    /// Response: the answer needs a longer block.
    pub const TOO_SHORT: u16 = 0x0300;
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotOperational => f.write_str("service processor not operational"),
            Error::Silent => f.write_str("service processor silent for ten seconds"),
            Error::Block => f.write_str("service-call block in the wrong place"),
            Error::Response(code) => write!(f, "service-call response {code:#06x}"),
        }
    }
}

/// A page-aligned SCCB, a static of the kernel's.
#[derive(Debug)]
#[repr(C, align(4096))]
pub struct Block<const N: usize>([u8; N]);

impl<const N: usize> Block<N> {
    /// A block of zeros.
    const fn new() -> Self {
        // On one page: what crosses into another is refused, where there are no longer ones.
        const { assert!(N >= size_of::<Header>() && N <= 4096) };
        Self([0; N])
    }

    /// Whether the service processor may have it: its real address is the virtual one,
    /// below 2 GiB, and the length that its header says is inside it (C22).
    fn is_sound(&self) -> bool {
        let start = self.0.as_ptr() as usize;
        let (first, end) = crate::boot::image().data;
        let length = Header::read_from_prefix(&self.0).map_or(0, |(header, _)| header.length);
        let length = usize::from(length);
        start >= first && start + N <= end && (size_of::<Header>()..=N).contains(&length)
    }
}

/// Where a test makes the service processor busy: a call that fails here ends in condition code
/// 2, and is made again.
pub static BUSY: faults::Site = faults::Site::new();

/// What comes of calls that can't be carried out: a command that there isn't, a block too short
/// for the answer, one whose header says more than there is, or less than a header. The block is
/// the caller's, a static of the kernel's.
pub fn refused_calls(block: &mut information::ResponseBlock) -> [Result<(), Error>; 4] {
    let calls = [
        (Command::Unknown, 4096),
        (Command::ReadInformation, 8),
        (Command::ReadInformation, 4097),
        (Command::ReadInformation, 7),
    ];
    calls.map(|(command, length)| {
        let header = Header::request(length);
        block.0[..size_of::<Header>()].copy_from_slice(header.as_bytes());
        call(command, block)
    })
}

/// Seconds that the service processor may take for an answer.
const PATIENCE: u64 = 10;

/// The service processor was busy for that long, and has taken no call since: each is made once,
/// for a kernel that waits ten seconds for every line ends nowhere.
static GIVEN_UP: AtomicBool = AtomicBool::new(false);

/// Hands the block over and waits for the response code. The caller has it to itself.
fn call<const N: usize>(command: Command, block: &mut Block<N>) -> Result<(), Error> {
    if !block.is_sound() {
        return Err(Error::Block);
    }
    let deadline = Deadline::after_seconds(PATIENCE);
    let address = block.0.as_mut_ptr();
    loop {
        let condition = match BUSY.fails() {
            true => 2,
            // SAFETY: C22: the block is the caller's, where the processor looks for it, and
            // the processor writes within the header's length.
            false => unsafe { service_call(command, address) },
        };
        match condition {
            0 => break,
            2 if GIVEN_UP.load(Ordering::Relaxed) => return Err(Error::Silent),
            2 if deadline.is_past() => {
                GIVEN_UP.store(true, Ordering::Relaxed);
                return Err(Error::Silent);
            }
            2 => crate::cpu::relax(),
            _ => return Err(Error::NotOperational),
        }
    }
    GIVEN_UP.store(false, Ordering::Relaxed);
    let response = loop {
        // SAFETY: C22: the header is inside the block, which the processor may still
        // be writing.
        let header = unsafe { address.cast::<Header>().read_volatile() };
        if header.response != 0 {
            break header.response;
        }
        if deadline.is_past() {
            return Err(Error::Silent);
        }
        crate::cpu::relax();
    };
    // Classes 0x10 and 0x20 in the right byte are success.
    match response & 0xff {
        0x10 | 0x20 => Ok(()),
        _ => Err(Error::Response(response)),
    }
}

/// SERVICE CALL, once: the condition code.
///
/// # Safety
/// C22: the block at the address is the caller's, where the processor looks for it, as long as
/// its header says.
unsafe fn service_call(command: Command, address: *mut u8) -> u32 {
    let condition: u64;
    // SAFETY: C22: the caller's promise. C7: one operand is changed.
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
    condition as u32
}
