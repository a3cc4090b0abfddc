//! The line-mode console: lines for the operator, in EBCDIC.
//!
//! A line is a message event: a message data block (MDB) with one message text
//! object in it. Of the machine's two consoles this is the one that nobody types at;
//! the kernel reports on it, line by line, to whatever started the machine.
//!
//! ```text
//!   0  length of the block, type 1, "MDB ", revision 1
//!  12  length of the object, type 4: message text
//!  16  line type: end of text; alarm 0
//!  22  the line, EBCDIC
//! ```
//!
//! QEMU ends the line *before* each message; so that a reader need not wait for the
//! next one, each line carries an end of its own, and there are empty lines between.

use super::event::{self, EventBlock, ROOM, Type};
use super::{Block, Error};
use core::arch::asm;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct MessageHeader {
    block_length: u16,
    block_type: u16,
    /// "MDB " in EBCDIC.
    tag: [u8; 4],
    revision: [u16; 2],
    object_length: u16,
    object_type: u16,
    line_type: u16,
    alarm: u8,
    reserved: [u8; 3],
}

const HEAD: usize = size_of::<MessageHeader>();
/// Bytes of the object before its line.
const OBJECT_HEAD: usize = 10;
const _: () = assert!(HEAD == 12 + OBJECT_HEAD);

/// Most bytes of a line.
pub const LINE: usize = ROOM - HEAD - 1;

/// The console and its block.
#[derive(Debug)]
pub struct LineMode {
    block: EventBlock,
    open: bool,
}

impl LineMode {
    /// A console that takes nothing until it is opened.
    pub const fn new() -> Self {
        Self {
            block: Block::new(),
            open: false,
        }
    }

    /// Opens the console; returns whether the machine has it.
    pub fn open(&mut self) -> Result<bool, Error> {
        self.open = event::open(&mut self.block, Type::Message)?;
        Ok(self.open)
    }

    /// Writes one line of printable ASCII, at most [`LINE`] bytes; what is longer is
    /// cut, and other bytes arrive as `?`. Nothing happens while the console isn't
    /// open.
    pub fn write(&mut self, line: &[u8]) -> Result<(), Error> {
        if !self.open {
            return Ok(());
        }
        let line = &line[..line.len().min(LINE)];
        event::write(&mut self.block, Type::Message, |room| {
            let text = line.len() + 1;
            let header = MessageHeader {
                block_length: (HEAD + text) as u16,
                block_type: 1,
                tag: [ebcdic(b'M'), ebcdic(b'D'), ebcdic(b'B'), ebcdic(b' ')],
                revision: [0, 1],
                object_length: (OBJECT_HEAD + text) as u16,
                object_type: 4,
                line_type: 0x1000,
                alarm: 0,
                reserved: [0; 3],
            };
            room[..HEAD].copy_from_slice(header.as_bytes());
            let (place, end) = room[HEAD..].split_at_mut(line.len());
            place.copy_from_slice(line);
            translate(place);
            end[0] = NEW_LINE;
            HEAD + text
        })
    }
}

impl Default for LineMode {
    fn default() -> Self {
        Self::new()
    }
}

/// EBCDIC's end of a line.
const NEW_LINE: u8 = 0x15;

/// Code page 500, which QEMU's console translates from: ASCII 0x20 to 0x7e.
const CODE_PAGE_500: [u8; 95] = [
    0x40, 0x4f, 0x7f, 0x7b, 0x5b, 0x6c, 0x50, 0x7d, 0x4d, 0x5d, 0x5c, 0x4e, 0x6b, 0x60, 0x4b, 0x61,
    0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0x7a, 0x5e, 0x4c, 0x7e, 0x6e, 0x6f,
    0x7c, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6,
    0xd7, 0xd8, 0xd9, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0x4a, 0xe0, 0x5a, 0x5f, 0x6d,
    0x79, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96,
    0x97, 0x98, 0x99, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xc0, 0xbb, 0xd0, 0xa1,
];

/// EBCDIC of each byte of ASCII; what isn't printable ASCII is a question mark.
static EBCDIC: [u8; 256] = {
    let mut table = [CODE_PAGE_500[(b'?' - b' ') as usize]; 256];
    let mut at = 0;
    while at < CODE_PAGE_500.len() {
        table[b' ' as usize + at] = CODE_PAGE_500[at];
        at += 1;
    }
    table
};

/// A byte of ASCII in EBCDIC.
const fn ebcdic(byte: u8) -> u8 {
    EBCDIC[byte as usize]
}

/// ASCII into EBCDIC, in place: TRANSLATE does up to 256 bytes, by a table.
fn translate(text: &mut [u8]) {
    for piece in text.chunks_mut(256) {
        // SAFETY: C7: changes the piece, whose length less one EXRL puts into the
        // instruction, by a table that has all 256 bytes.
        unsafe {
            asm!(
                "exrl {last}, 2f",
                "j 3f",
                "2: tr 0(1,{piece}), 0({table})",
                "3:",
                last = in(reg_addr) piece.len() - 1,
                piece = in(reg_addr) piece.as_mut_ptr(),
                table = in(reg_addr) EBCDIC.as_ptr(),
                options(nostack),
            );
        }
    }
}

const _: () = {
    // No two characters share a code.
    let mut seen = [false; 256];
    let mut at = 0;
    while at < CODE_PAGE_500.len() {
        let code = CODE_PAGE_500[at] as usize;
        assert!(!seen[code]);
        seen[code] = true;
        at += 1;
    }
};
