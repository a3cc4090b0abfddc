//! Which bytes of memory are where in the file: pages that aren't zero, each once.

use super::bytes::ProgramHeader;
use super::error::Error;
use super::source::Counted;
use page_table::PAGE_SIZE;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::os::unix::fs::FileExt;

/// Bytes in a page.
pub const PAGE: u64 = PAGE_SIZE as u64;

/// So many pages of zeros between others are kept: a program header less.
const KEPT: u64 = 8;

/// Pages that are read at once.
const BATCH: usize = 256;

/// Memory that lies in the file in one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Real address.
    pub real: u64,
    /// Bytes.
    pub size: u64,
    /// Where it is in the file; `None` for zeros, which aren't.
    pub offset: Option<u64>,
}

/// Memory, and the file that has it.
#[derive(Debug)]
pub struct Pages<'file> {
    file: &'file File,
    /// In the order of real addresses, without gaps within what the machine has.
    runs: Vec<Run>,
    /// Where the file's next byte is.
    pub end: u64,
}

impl<'file> Pages<'file> {
    /// Copies memory to the file from `start` on.
    pub fn copy(
        from: &mut Counted<impl Read>,
        loads: &[ProgramHeader],
        file: &'file File,
        start: u64,
    ) -> Result<Self, Error> {
        let mut writer = BufWriter::with_capacity(1 << 20, file);
        let mut pages = Self {
            file,
            runs: Vec::new(),
            end: start,
        };
        let mut buffer = vec![0; BATCH * PAGE_SIZE];
        for load in loads {
            from.skip_to(load.offset)?;
            let (mut real, end) = (load.real, load.real + load.size);
            while real < end {
                let bytes = (end - real).min(buffer.len() as u64) as usize;
                let batch = &mut buffer[..bytes];
                from.fill(batch)?;
                for page in batch.chunks(PAGE_SIZE) {
                    pages.add(real, page, &mut writer)?;
                    real += page.len() as u64;
                }
            }
        }
        writer.flush()?;
        drop(writer);
        pages.runs.sort_by_key(|run| run.real);
        Ok(pages)
    }

    /// Adds a page behind those that came before.
    fn add(&mut self, real: u64, page: &[u8], to: &mut impl Write) -> Result<(), Error> {
        const ZEROS: [u8; PAGE_SIZE] = [0; PAGE_SIZE];
        let size = page.len() as u64;
        let is_zero = page == &ZEROS[..page.len()];
        let adjoins = |run: &Run| run.real + run.size == real;
        if is_zero {
            match self.runs.last_mut() {
                Some(run) if adjoins(run) && run.offset.is_none() => run.size += size,
                _ => self.push(real, size, None),
            }
            return Ok(());
        }
        // A short run of zeros between two others becomes part of the first.
        if let [.., before, zeros] = self.runs.as_mut_slice()
            && adjoins(zeros)
            && zeros.offset.is_none()
            && before.offset.is_some()
            && before.real + before.size == zeros.real
            && zeros.size <= KEPT * PAGE
        {
            before.size += zeros.size;
            self.end += zeros.size;
            for _ in 0..zeros.size / PAGE {
                to.write_all(&ZEROS)?;
            }
            self.runs.pop();
        }
        to.write_all(page)?;
        match self.runs.last_mut() {
            Some(run) if adjoins(run) && run.offset.is_some() => run.size += size,
            _ => self.push(real, size, Some(self.end)),
        }
        self.end += size;
        Ok(())
    }

    fn push(&mut self, real: u64, size: u64, offset: Option<u64>) {
        self.runs.push(Run { real, size, offset });
    }

    /// All of memory.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Bytes of the machine's memory.
    pub fn size(&self) -> u64 {
        self.runs.iter().map(|run| run.size).sum()
    }

    /// The bytes from a real address on, at most `size`, that are in one piece; `None` if the
    /// machine has none there.
    pub fn at(&self, real: u64, size: u64) -> Option<Run> {
        let after = self.runs.partition_point(|run| run.real <= real);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let into = real - run.real;
        (into < run.size).then(|| Run {
            real,
            size: size.min(run.size - into),
            offset: run.offset.map(|offset| offset + into),
        })
    }

    /// Reads from a real address on; what the machine doesn't have is an error.
    pub fn read(&self, mut real: u64, mut buffer: &mut [u8]) -> Result<(), Error> {
        while !buffer.is_empty() {
            let run = self.at(real, buffer.len() as u64);
            let run = run.ok_or(Error::Lacks("memory where a table should be"))?;
            let (part, rest) = buffer.split_at_mut(run.size as usize);
            match run.offset {
                Some(offset) => self.file.read_exact_at(part, offset)?,
                None => part.fill(0),
            }
            real += run.size;
            buffer = rest;
        }
        Ok(())
    }
}
