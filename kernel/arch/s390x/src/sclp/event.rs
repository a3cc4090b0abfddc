//! The event facility: what a console of this machine is made of.
//!
//! An event has a type, 1 to 32, and a mask has a bit for each, the leftmost for
//! type 1. Write Event Mask says which types this system takes and sends; the
//! answer says which ones the facility does, so a console that the machine lacks
//! is known before it is written to.
//!
//! ```text
//!   0  header of the SCCB       length of it all, response code
//!   8  header of the event      length from here on, type, flags
//!  14  what the event is about
//! ```
//!
//! A block of this file holds one event. Linux documents the formats in
//! `drivers/s390/char/sclp*.h`, QEMU in `include/hw/s390x/event-facility.h`.

use super::{Block, Command, Error, Header, call};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Types of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Type {
    /// A line for the operator, in EBCDIC.
    Message = 0x02,
    /// Bytes to and from a terminal.
    AsciiConsole = 0x1a,
}

impl Type {
    /// The type's bit in a mask.
    const fn mask(self) -> u32 {
        1 << (32 - self as u32)
    }
}

/// Bytes of a block: a page, which every facility takes.
pub const BLOCK: usize = 4096;

/// Bytes before what an event is about.
const HEAD: usize = size_of::<Header>() + size_of::<EventHeader>();

/// Bytes that what an event is about has room for.
pub const ROOM: usize = BLOCK - HEAD;

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct EventHeader {
    length: u16,
    kind: u8,
    flags: u8,
    reserved: u16,
}

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct EventMask {
    header: Header,
    reserved: u16,
    /// Bytes of each mask.
    mask_length: u16,
    receive: u32,
    send: u32,
    /// The facility's answer: what it takes from this system.
    facility_receive: u32,
    /// What it sends.
    facility_send: u32,
}

/// A block with room for one event.
pub type EventBlock = Block<BLOCK>;

/// Says which events this kernel takes and sends, always the same; returns whether
/// the facility takes events of this type.
pub fn open(block: &mut EventBlock, wanted: Type) -> Result<bool, Error> {
    const LENGTH: usize = size_of::<EventMask>();
    let request = EventMask {
        header: Header::request(LENGTH as u16),
        reserved: 0,
        mask_length: size_of::<u32>() as u16,
        receive: Type::AsciiConsole.mask(),
        send: Type::AsciiConsole.mask() | Type::Message.mask(),
        facility_receive: 0,
        facility_send: 0,
    };
    block.0[..LENGTH].copy_from_slice(request.as_bytes());
    call(Command::WriteEventMask, block)?;
    let answer = EventMask::read_from_prefix(&block.0);
    Ok(answer.is_ok_and(|(answer, _)| answer.facility_receive & wanted.mask() != 0))
}

/// Writes one event: `fill` gets the room for what it is about, and returns how many
/// bytes of it are used.
pub fn write(
    block: &mut EventBlock,
    kind: Type,
    fill: impl FnOnce(&mut [u8]) -> usize,
) -> Result<(), Error> {
    let (head, body) = block.0.split_at_mut(HEAD);
    let used = fill(body).min(ROOM);
    let header = Header::request((HEAD + used) as u16);
    let event = EventHeader {
        length: (size_of::<EventHeader>() + used) as u16,
        kind: kind as u8,
        flags: 0,
        reserved: 0,
    };
    let (first, second) = head.split_at_mut(size_of::<Header>());
    first.copy_from_slice(header.as_bytes());
    second.copy_from_slice(event.as_bytes());
    call(Command::WriteEventData, block)
}

/// Reads the next event, if one is waiting: what it is about, if it is of this type.
pub fn read(block: &mut EventBlock, wanted: Type) -> Result<Option<&[u8]>, Error> {
    /// Response: no event is waiting.
    const NOTHING: Error = Error::Response(0x60f0);
    let header = Header::request(BLOCK as u16);
    block.0[..size_of::<Header>()].copy_from_slice(header.as_bytes());
    match call(Command::ReadEventData, block) {
        Err(NOTHING) => return Ok(None),
        result => result?,
    }
    let events = &block.0[size_of::<Header>()..];
    let Ok((event, data)) = EventHeader::read_from_prefix(events) else {
        return Ok(None);
    };
    let length = usize::from(event.length).saturating_sub(size_of::<EventHeader>());
    let is_wanted = event.kind == wanted as u8;
    Ok(is_wanted.then(|| &data[..length.min(data.len())]))
}
