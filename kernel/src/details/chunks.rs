//! Chunks of per-CPU memory and what lies in them.
//!
//! At the run's end each area is sent; at a moment of a stress run, a letter for each
//! [`CELL`] bytes:
//!
//! ```text
//!  S static part   # live   k kept by a CPU   . free
//! ```
//!
//! Pieces are looked at one by one, with nothing held between them: a picture of no single
//! instant.

use crate::control::details::{self, Chunk};
use crate::percpu::{ChunkPart, Piece, Use, chunk_from, piece_from};
use arch::PAGE_SIZE;

/// Letters on a page.
const CELLS: usize = 64;
/// Bytes of a letter.
const CELL: usize = PAGE_SIZE / CELLS;

const STATIC: u8 = b'S';
const LIVE: u8 = b'#';
const KEPT: u8 = b'k';
const FREE: u8 = b'.';

/// Sends all chunks and their areas.
pub fn emit() {
    let mut next = 0;
    while let Some(part) = chunk_from(next) {
        next = part.number + 1;
        emit_chunk(&part);
    }
}

fn emit_chunk(part: &ChunkPart) {
    let (start, end) = part.bytes;
    details::chunk(Chunk {
        number: part.chunk,
        reserved: part.reserved,
        handle: part.handle.0,
        start,
        end,
        populated: part.populated,
    });
    let mut byte = start;
    let mut pending: Option<Piece> = None;
    while byte < end
        && let Some(piece) = piece_from(part.number, byte)
    {
        byte = piece.end;
        // Pieces end with their page, and areas don't.
        match &mut pending {
            Some(before) if before.used == piece.used && !is_area(piece.used) => {
                before.end = piece.end;
            }
            _ => {
                emit_area(part, pending.replace(piece));
            }
        }
    }
    emit_area(part, pending);
}

fn is_area(used: Use) -> bool {
    matches!(used, Use::Live | Use::Kept)
}

fn emit_area(part: &ChunkPart, piece: Option<Piece>) {
    if let Some(Piece { start, end, used }) = piece {
        let used = match used {
            Use::Live => "live",
            Use::Kept => "kept",
            Use::Free => "free",
            Use::Unpopulated => "unpopulated",
        };
        details::area(part.chunk, start, end.min(part.bytes.1), used);
    }
}

/// Sends the populated pages of all chunks, as they are at a moment of a stress run, if
/// somebody asked for details. In the contexts of an allocation, with no lock held.
pub fn emit_moment(number: u64) {
    if !details::wants_details() {
        return;
    }
    let mut page = Page::default();
    let mut next = 0;
    while let Some(part) = chunk_from(next) {
        let is_first = next == 0;
        next = part.number + 1;
        let (mut byte, end) = part.bytes;
        if is_first {
            page.fill(number, part.chunk, (0, byte), Some(STATIC));
        }
        while byte < end
            && let Some(piece) = piece_from(part.number, byte)
        {
            let letter = match piece.used {
                Use::Live => Some(LIVE),
                Use::Kept => Some(KEPT),
                Use::Free => Some(FREE),
                Use::Unpopulated => None,
            };
            page.fill(number, part.chunk, (byte, piece.end.min(end)), letter);
            byte = piece.end;
        }
    }
    page.emit(number);
}

/// The page that is being put together.
struct Page {
    /// Its chunk, and its number there; `None` before the first.
    place: Option<(usize, usize)>,
    is_populated: bool,
    cells: [u8; CELLS],
}

impl Default for Page {
    fn default() -> Self {
        Self {
            place: None,
            is_populated: true,
            cells: [FREE; CELLS],
        }
    }
}

impl Page {
    /// Puts a letter for bytes of a unit, `None` for those on pages that aren't populated;
    /// sends the page before where another begins.
    fn fill(
        &mut self,
        number: u64,
        chunk: usize,
        (mut byte, end): (usize, usize),
        letter: Option<u8>,
    ) {
        while byte < end {
            let place = Some((chunk, byte / PAGE_SIZE));
            if place != self.place {
                core::mem::take(self).emit(number);
                self.place = place;
            }
            let page_start = byte - byte % PAGE_SIZE;
            let stop = end.min(page_start + PAGE_SIZE);
            let cells = (byte - page_start) / CELL..(stop - page_start).div_ceil(CELL);
            self.is_populated &= letter.is_some();
            for cell in self.cells.get_mut(cells).into_iter().flatten() {
                // What is in use shows before what is free beside it.
                match letter {
                    Some(letter) if letter != FREE && matches!(*cell, FREE | KEPT) => {
                        *cell = letter;
                    }
                    _ => {}
                }
            }
            byte = stop;
        }
    }

    fn emit(self, number: u64) {
        if let (Some((chunk, page)), true) = (self.place, self.is_populated) {
            let map = str::from_utf8(&self.cells).unwrap_or_default();
            details::moment(number, chunk, page, map);
        }
    }
}
