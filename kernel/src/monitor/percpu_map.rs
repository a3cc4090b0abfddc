//! `percpu map`: the chunks as a picture.
//!
//! ```text
//!  chunk 1: 9 pages a unit, 3 populated, 2 empty
//!    page handle        one letter is 64 bytes
//!       0 0xffcb6000    |AAAAAAAA........................................................|
//!       1 0xffcb7000    |................................................................|
//!       2 not populated, and up to page 8
//! ```
//!
//! All units of a chunk look alike, so one is drawn. Pieces are looked at one by one, with
//! nothing held between them: it is a picture of no single moment.

use super::error::Error;
use super::interrupt;
use super::own_areas::is_own;
use super::row::row;
use crate::modules;
use crate::percpu::{self, ChunkPart, Handle, Piece, Use};
use crate::{cpus, println};
use alloc::vec::Vec;
use arch::PAGE_SIZE;
use core::fmt;
use fallible::TryPush;

/// Letters on a page.
const CELLS: usize = 64;
/// Bytes of a letter.
const CELL: usize = PAGE_SIZE / CELLS;
/// Different owners that have a letter of their own.
const LETTERS: usize = 24;

/// The letter of the kernel's static variables.
const STATIC: u8 = b'S';
/// The letter of a free area that a CPU keeps.
const KEPT: u8 = b'k';
/// The letter of free bytes.
const FREE: u8 = b'.';

/// Whose an area is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// A module's static variables.
    Module(&'static str),
    /// `percpu alloc`'s.
    ByHand,
    /// Whoever allocated it; that isn't recorded.
    Dynamic,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owner::Module(name) => write!(f, "statics of module {name}"),
            Owner::ByHand => f.write_str("by percpu alloc"),
            Owner::Dynamic => f.write_str("allocated"),
        }
    }
}

/// Areas of one owner and one size.
#[derive(Clone, Copy, Debug)]
struct Areas {
    letter: u8,
    owner: Owner,
    size: usize,
    count: usize,
}

/// The legend: areas by owner and size.
#[derive(Debug, Default)]
struct Legend(Vec<Areas>);

impl Legend {
    /// Counts an area; returns its owner's letter.
    fn count<'line>(&mut self, owner: Owner, size: usize) -> Result<u8, Error<'line>> {
        let known = self.0.iter().find(|areas| areas.owner == owner);
        let letter = known.map(|areas| areas.letter);
        if let Some(areas) =
            { self.0.iter_mut() }.find(|its| its.owner == owner && its.size == size)
        {
            areas.count += 1;
            return Ok(areas.letter);
        }
        let letter = letter.unwrap_or_else(|| self.next_letter(owner));
        let count = 1;
        let push = self.0.try_push(Areas {
            letter,
            owner,
            size,
            count,
        });
        push.map_err(modules::Reason::from)?;
        Ok(letter)
    }

    fn next_letter(&self, owner: Owner) -> u8 {
        if owner == Owner::Dynamic {
            return b'#';
        }
        let mut last = b'A' - 1;
        for areas in self.0.iter().filter(|areas| areas.owner != Owner::Dynamic) {
            last = last.max(areas.letter);
        }
        // Not the static part's letter.
        let next = if last + 1 == STATIC {
            last + 2
        } else {
            last + 1
        };
        next.min(b'A' + LETTERS as u8)
    }
}

/// A drawn page.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Drawn {
    is_populated: bool,
    cells: [u8; CELLS],
}

/// Draws one chunk, or all.
pub fn show<'line>(wanted: Option<usize>) -> Result<(), Error<'line>> {
    let mut legend = Legend::default();
    let (mut from, mut shown) = (0, 0);
    let mut static_bytes = 0;
    while let Some(part) = percpu::chunk_from(from) {
        from = part.number + 1;
        if wanted.is_some_and(|wanted| part.chunk != wanted) {
            continue;
        }
        // The first chunk is drawn with its second part, which knows where the first ends.
        if part.reserved {
            static_bytes = part.bytes.0;
            continue;
        }
        chunk(&part, static_bytes, &mut legend)?;
        static_bytes = 0;
        shown += 1;
    }
    if shown == 0 {
        return Err(Error::NoSuchChunk(wanted.unwrap_or(0)));
    }
    println!(
        "a letter is {CELL} bytes; {FREE} free",
        FREE = char::from(FREE)
    );
    println!("  {}  static variables of the kernel", char::from(STATIC));
    println!("  {}  free, kept by a CPU's magazine", char::from(KEPT));
    legend
        .0
        .sort_unstable_by_key(|areas| (areas.letter, areas.size));
    for areas in &legend.0 {
        let Areas {
            letter,
            owner,
            size,
            count,
        } = areas;
        row!(
            "  {}  {count} of {size} bytes, {owner}",
            char::from(*letter)
        );
    }
    println!("next: percpu chunks; percpu alloc 4096 x20; percpu balance");
    Ok(())
}

fn chunk<'line>(
    part: &ChunkPart,
    static_bytes: usize,
    legend: &mut Legend,
) -> Result<(), Error<'line>> {
    println!(
        "chunk {}: {} pages a unit, {} populated, {} of them empty",
        part.chunk, part.pages, part.populated, part.empty
    );
    row!("  units: {}", Units(part.handle));
    println!("  page handle");
    let mut last: Option<(usize, Drawn)> = None;
    let mut piece: Option<(Piece, u8)> = None;
    let mut same = 0;
    for page in 0..part.pages {
        interrupt::check()?;
        let drawn = draw(part, page, static_bytes, &mut piece, legend)?;
        if last.is_some_and(|(_, before)| before == drawn) {
            same += 1;
        } else {
            print_same(same);
            same = 0;
            print_page(part, page, &drawn);
        }
        last = Some((page, drawn));
    }
    print_same(same);
    Ok(())
}

fn print_same(same: usize) {
    if same > 0 {
        println!("       and {same} more like it");
    }
}

fn print_page(part: &ChunkPart, page: usize, drawn: &Drawn) {
    let handle = part.handle.0.wrapping_add(page * PAGE_SIZE);
    match (drawn.is_populated, core::str::from_utf8(&drawn.cells)) {
        (true, Ok(cells)) => println!("  {page:>4} {handle:#014x} |{cells}|"),
        _ => println!("  {page:>4} {handle:#014x} not populated"),
    }
}

/// Where the units of a chunk are.
struct Units(Handle);

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Units that are named.
        const SHOWN: u32 = 4;
        for cpu in 0..cpus::possible().min(SHOWN) {
            let comma = if cpu == 0 { "" } else { ", " };
            let start = self.0.0.wrapping_add(percpu::offset(cpu));
            write!(f, "{comma}cpu {cpu} {start:#x}")?;
        }
        match cpus::possible().checked_sub(SHOWN) {
            Some(more @ 1..) => write!(f, " and {more} more"),
            _ => Ok(()),
        }
    }
}

/// Draws a page; `current` is the piece that the last one ended in.
fn draw<'line>(
    part: &ChunkPart,
    page: usize,
    static_bytes: usize,
    current: &mut Option<(Piece, u8)>,
    legend: &mut Legend,
) -> Result<Drawn, Error<'line>> {
    let (start, end) = (page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
    let mut drawn = Drawn {
        is_populated: true,
        cells: [FREE; CELLS],
    };
    let mut byte = start;
    while byte < end {
        let piece = match *current {
            Some((piece, letter)) if piece.end > byte => Some((piece, letter)),
            _ => next(part, byte, static_bytes, legend)?,
        };
        *current = piece;
        let Some((piece, letter)) = piece else {
            // The chunk has gone meanwhile.
            drawn.is_populated = false;
            break;
        };
        drawn.is_populated &= piece.used != Use::Unpopulated;
        let stop = piece.end.min(end);
        let cells = (byte - start) / CELL..(stop - start).div_ceil(CELL);
        for cell in drawn.cells.get_mut(cells).into_iter().flatten() {
            // What is in use shows before what is free beside it.
            if letter != FREE && (*cell == FREE || *cell == KEPT) {
                *cell = letter;
            }
        }
        byte = stop.max(byte + 1);
    }
    Ok(drawn)
}

/// The piece that begins at a byte of a unit, and its letter.
fn next<'line>(
    part: &ChunkPart,
    byte: usize,
    static_bytes: usize,
    legend: &mut Legend,
) -> Result<Option<(Piece, u8)>, Error<'line>> {
    if byte < static_bytes {
        let piece = Piece {
            start: byte,
            end: static_bytes,
            used: Use::Live,
        };
        return Ok(Some((piece, STATIC)));
    }
    // The reserved part has the number before the dynamic one's.
    let number = match byte < part.bytes.0 {
        true => part.number - 1,
        false => part.number,
    };
    let Some(piece) = percpu::piece_from(number, byte) else {
        return Ok(None);
    };
    let letter = match piece.used {
        Use::Free | Use::Unpopulated => FREE,
        Use::Kept => KEPT,
        Use::Live => {
            let handle = Handle(part.handle.0.wrapping_add(byte));
            let owner = match modules::owner_of(handle.0 as u64) {
                Some(name) => Owner::Module(name),
                None if is_own(handle) => Owner::ByHand,
                None => Owner::Dynamic,
            };
            legend.count(owner, piece.end - piece.start)?
        }
    };
    Ok(Some((piece, letter)))
}
