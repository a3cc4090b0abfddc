//! The ASCII console: bytes to and from a terminal.
//!
//! A line longer than a block goes out in pieces. The caller serialises: there is
//! one block.

use super::event::{self, EventBlock, ROOM, Type};
use super::{Block, Error};

/// Most bytes that one read brings.
pub const INPUT: usize = ROOM;

/// The console and its block.
#[derive(Debug)]
pub struct Console {
    block: EventBlock,
    open: bool,
}

impl Console {
    /// A console that is opened by its first use.
    pub const fn new() -> Self {
        Self {
            block: Block::new(),
            open: false,
        }
    }

    fn open(&mut self) -> Result<(), Error> {
        if !self.open {
            // A machine without the console takes what is written to it nowhere.
            event::open(&mut self.block, Type::AsciiConsole)?;
            self.open = true;
        }
        Ok(())
    }

    /// Writes all of `text`.
    pub fn write(&mut self, text: &[u8]) -> Result<(), Error> {
        self.open()?;
        for piece in text.chunks(ROOM) {
            event::write(&mut self.block, Type::AsciiConsole, |room| {
                room[..piece.len()].copy_from_slice(piece);
                piece.len()
            })?;
        }
        Ok(())
    }

    /// Copies what was typed since the last call to the start of `input`; returns how
    /// many bytes that is, 0 if nothing was.
    pub fn read(&mut self, input: &mut [u8; INPUT]) -> Result<usize, Error> {
        /// First byte of what is typed: text follows, no control data.
        const TEXT: u8 = 0;
        self.open()?;
        match event::read(&mut self.block, Type::AsciiConsole)? {
            Some([TEXT, typed @ ..]) => {
                let count = typed.len().min(INPUT);
                input[..count].copy_from_slice(&typed[..count]);
                Ok(count)
            }
            _ => Ok(0),
        }
    }
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}
