//! The ASCII console: event type 26 of the event facility.
//!
//! One block holds one event buffer, so a line longer than the block goes out in
//! pieces. The caller serialises: there is one block.

use super::{Block, Command, Error, Header, call};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

const ASCII_CONSOLE: u8 = 0x1a;
const ASCII_CONSOLE_MASK: u32 = 1 << (32 - ASCII_CONSOLE as u32);

/// Bytes of a block: no read brings more.
pub const BLOCK: usize = 4096;
const HEAD: usize = size_of::<Header>() + size_of::<EventHeader>();

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
    mask_length: u16,
    receive: u32,
    send: u32,
    facility_send: u32,
    facility_receive: u32,
}

/// The console and its block.
#[derive(Debug)]
pub struct Console {
    block: Block<BLOCK>,
    open: bool,
}

impl Console {
    /// A console that is opened by its first use.
    pub const fn new() -> Self {
        Self {
            block: Block([0; BLOCK]),
            open: false,
        }
    }

    fn open(&mut self) -> Result<(), Error> {
        if self.open {
            return Ok(());
        }
        let request = EventMask {
            header: Header::request(size_of::<EventMask>() as u16),
            reserved: 0,
            mask_length: 4,
            receive: ASCII_CONSOLE_MASK,
            send: ASCII_CONSOLE_MASK,
            facility_send: 0,
            facility_receive: 0,
        };
        self.block.0[..size_of::<EventMask>()].copy_from_slice(request.as_bytes());
        call(Command::WriteEventMask, &mut self.block)?;
        self.open = true;
        Ok(())
    }

    /// Writes all of `text`.
    pub fn write(&mut self, text: &[u8]) -> Result<(), Error> {
        self.open()?;
        for piece in text.chunks(BLOCK - HEAD) {
            let header = Header::request((HEAD + piece.len()) as u16);
            let event = EventHeader {
                length: (size_of::<EventHeader>() + piece.len()) as u16,
                kind: ASCII_CONSOLE,
                flags: 0,
                reserved: 0,
            };
            let (head, body) = self.block.0.split_at_mut(HEAD);
            let (first, second) = head.split_at_mut(size_of::<Header>());
            first.copy_from_slice(header.as_bytes());
            second.copy_from_slice(event.as_bytes());
            body[..piece.len()].copy_from_slice(piece);
            call(Command::WriteEventData, &mut self.block)?;
        }
        Ok(())
    }

    /// Reads what was typed since the last call; `input` gets its bytes.
    pub fn read(&mut self, mut input: impl FnMut(u8)) -> Result<(), Error> {
        /// Response: no event is waiting.
        const NOTHING: Error = Error::Response(0x60f0);
        self.open()?;
        let header = Header::request(BLOCK as u16);
        self.block.0[..size_of::<Header>()].copy_from_slice(header.as_bytes());
        match call(Command::ReadEventData, &mut self.block) {
            Err(NOTHING) => return Ok(()),
            result => result?,
        }
        let events = &self.block.0[size_of::<Header>()..];
        if let Ok((event, data)) = EventHeader::read_from_prefix(events)
            && event.kind == ASCII_CONSOLE
        {
            let length = usize::from(event.length).saturating_sub(size_of::<EventHeader>());
            data.iter().take(length).for_each(|&byte| input(byte));
        }
        Ok(())
    }
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}
