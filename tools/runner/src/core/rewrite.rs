//! From QEMU's dump to one that debuggers can use.

use super::bytes::{PT_NOTE, ProgramHeader, core_header};
use super::error::Error;
use super::mappings::mappings;
use super::note;
use super::pages::{PAGE, Pages};
use super::segments::segments;
use super::source::{Counted, Source};
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

/// What a dump has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// CPUs.
    pub cpus: usize,
    /// Bytes of the machine's memory.
    pub memory: u64,
    /// Those of them that the file has.
    pub kept: u64,
    /// Pages that are mapped elsewhere than at their real addresses.
    pub far: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} CPUs, {} of {} MiB of memory, the rest is zeros, {} pages mapped far",
            self.cpus,
            self.kept.div_ceil(1 << 20),
            self.memory >> 20,
            self.far
        )
    }
}

/// Copies QEMU's dump as it comes to an empty file that can be read, too.
pub fn rewrite(from: impl Read, to: &File, build_id: &str) -> Result<Summary, Error> {
    let mut from = Counted::new(from);
    let source = Source::read(&mut from)?;
    let boot_cpu = source.cpus.first().ok_or(Error::Lacks("CPU"))?;
    // Pages are as aligned in the file as in memory.
    { to }.seek(SeekFrom::Start(PAGE))?;
    let pages = Pages::copy(&mut from, &source.loads, to, PAGE)?;
    let read = |real, buffer: &mut [u8]| pages.read(real, buffer);
    let far = mappings(boot_cpu.control[1], read);
    let hole = pages.end;
    let (loads, hole_size) = segments(&pages, &far, hole);
    let mut notes = source.notes;
    notes.extend(note::of(build_id, &source.cpus)?);
    let of_notes = ProgramHeader {
        kind: PT_NOTE,
        flags: 0,
        offset: hole + hole_size,
        address: 0,
        real: 0,
        size: notes.len() as u64,
    };
    let table = (of_notes.offset + of_notes.size).next_multiple_of(8);
    let count = 1 + loads.len();
    let count = u16::try_from(count).ok().filter(|&count| count < u16::MAX);
    let count = count.ok_or(Error::TooManySegments(loads.len()))?;
    let mut headers = of_notes.bytes();
    loads.iter().for_each(|load| headers.extend(load.bytes()));
    to.write_all_at(&notes, of_notes.offset)?;
    to.write_all_at(&headers, table)?;
    to.write_all_at(&core_header(table, count), 0)?;
    Ok(Summary {
        cpus: source.cpus.len(),
        memory: pages.size(),
        kept: pages.end - PAGE,
        far: far.len(),
    })
}
