//! What the program headers say: memory at its real addresses, and far mappings.

use super::bytes::{PT_LOAD, ProgramHeader};
use super::mappings::Mapped;
use super::pages::{PAGE, Pages, Run};

/// Program headers for zeros of a memory, at most.
const MOST_OF_ZEROS: u64 = 8192;

/// Bytes of the hole, if it isn't larger for a large memory.
const HOLE: u64 = 16 << 20;

const READ: u32 = 4;
const WRITE: u32 = 2;
const EXECUTE: u32 = 1;

/// All segments of memory, and the bytes that they need of the hole, which is at `hole`.
pub fn segments(pages: &Pages<'_>, far: &[Mapped], hole: u64) -> (Vec<ProgramHeader>, u64) {
    let most = HOLE.max((pages.size() / MOST_OF_ZEROS).next_multiple_of(PAGE));
    let mut segments = Segments {
        found: Vec::new(),
        hole,
        most,
        used: 0,
    };
    for run in pages.runs() {
        // An address that leads elsewhere isn't this memory's.
        let mut start = run.real;
        let end = run.real + run.size;
        let first = far.partition_point(|mapped| mapped.address < start);
        for taken in far[first..]
            .iter()
            .take_while(|mapped| mapped.address < end)
        {
            let part = pages.at(start, taken.address - start);
            segments.add(start, part.filter(|_| taken.address > start), READ | WRITE);
            start = taken.address + PAGE;
        }
        let part = pages.at(start, end.saturating_sub(start));
        segments.add(start, part.filter(|_| end > start), READ | WRITE);
    }
    for mapped in far {
        let write = if mapped.writable { WRITE } else { 0 };
        let execute = if mapped.executable { EXECUTE } else { 0 };
        // A page without memory isn't there.
        segments.add(
            mapped.address,
            pages.at(mapped.real, PAGE),
            READ | write | execute,
        );
    }
    segments.found.sort_by_key(|segment| segment.address);
    (segments.found, segments.used)
}

struct Segments {
    found: Vec<ProgramHeader>,
    hole: u64,
    /// Bytes that one header has of the hole, at most.
    most: u64,
    used: u64,
}

impl Segments {
    /// Adds memory that is seen at an address; side by side with the last, it becomes part of
    /// that.
    fn add(&mut self, address: u64, run: Option<Run>, flags: u32) {
        let Some(mut run) = run else {
            return;
        };
        let mut address = address;
        while run.size > 0 {
            let size = match run.offset {
                Some(_) => run.size,
                None => run.size.min(self.most),
            };
            self.add_piece(address, run.real, size, run.offset, flags);
            (address, run.real, run.size) = (address + size, run.real + size, run.size - size);
        }
    }

    fn add_piece(&mut self, address: u64, real: u64, size: u64, offset: Option<u64>, flags: u32) {
        let from_hole = offset.is_none();
        let hole = self.hole;
        if let Some(last) = self.found.last_mut()
            && last.flags == flags
            && last.address + last.size == address
        {
            let joined = last.size + size;
            let fits = match offset {
                Some(offset) => last.offset < hole && last.offset + last.size == offset,
                None => last.offset == hole && joined <= self.most,
            };
            if fits && last.real + last.size == real {
                last.size = joined;
                if from_hole {
                    self.used = self.used.max(joined);
                }
                return;
            }
        }
        if from_hole {
            self.used = self.used.max(size);
        }
        self.found.push(ProgramHeader {
            kind: PT_LOAD,
            flags,
            offset: offset.unwrap_or(hole),
            address,
            real,
            size,
        });
    }
}
