//! QEMU's dump, as far as it comes before memory.
//!
//! The notes of a CPU begin with its NT_PRSTATUS; QEMU numbers the LWPs from 0 or 1 on, by
//! version, and writes the numbers in the host's byte order. Here CPU n is LWP n + 1: to gdb
//! no thread is 0.

use super::bytes::{
    HEADER, PROGRAM_HEADER, PT_LOAD, PT_NOTE, ProgramHeader, is_core, notes, number,
};
use super::error::Error;
use std::io::{self, Read};

/// The owner of most CPU notes is CORE or LINUX; their kinds: general registers and PSW.
const NT_PRSTATUS: u32 = 1;
/// Control registers.
const NT_S390_CTRS: u32 = 0x304;
/// The prefix register.
const NT_S390_PREFIX: u32 = 0x305;

/// Where `elf_prstatus` of s390x has the LWP id.
const PR_PID: usize = 32;

/// A CPU, as its notes have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cpu {
    /// Absolute address of its prefix area.
    pub prefix: u64,
    /// Control registers 0 to 15.
    pub control: [u64; 16],
}

/// What comes before memory.
#[derive(Debug)]
pub struct Source {
    /// The notes, with LWP ids that are right.
    pub notes: Vec<u8>,
    /// The CPUs, by number.
    pub cpus: Vec<Cpu>,
    /// What memory follows, in this order.
    pub loads: Vec<ProgramHeader>,
}

/// A reader that knows how far it is.
pub struct Counted<R> {
    from: R,
    at: u64,
}

impl<R: Read> Counted<R> {
    /// At the beginning.
    pub fn new(from: R) -> Self {
        Self { from, at: 0 }
    }

    /// Fills a buffer.
    pub fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        self.from.read_exact(buffer)?;
        self.at += buffer.len() as u64;
        Ok(())
    }

    /// Leaves out what comes before a place of the file.
    pub fn skip_to(&mut self, offset: u64) -> Result<(), Error> {
        let bytes = offset.checked_sub(self.at).ok_or(Error::NotACore)?;
        let skipped = io::copy(&mut self.from.by_ref().take(bytes), &mut io::sink())?;
        self.at += skipped;
        match skipped == bytes {
            true => Ok(()),
            false => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        }
    }
}

/// Most bytes of notes: of hundreds of CPUs, less than a megabyte.
const MOST_NOTES: u64 = 16 << 20;

impl Source {
    /// Reads up to where memory begins.
    pub fn read(from: &mut Counted<impl Read>) -> Result<Self, Error> {
        let mut header = [0; HEADER];
        from.fill(&mut header)?;
        if !is_core(&header) {
            return Err(Error::NotACore);
        }
        from.skip_to(number::<8>(&header, 32)?)?;
        let (mut of_notes, mut loads) = (None, Vec::new());
        for _ in 0..number::<2>(&header, 56)? {
            let mut entry = [0; PROGRAM_HEADER];
            from.fill(&mut entry)?;
            let entry = ProgramHeader::read(&entry)?;
            match entry.kind {
                PT_NOTE => of_notes = Some(entry),
                PT_LOAD if entry.size > 0 => loads.push(entry),
                _ => {}
            }
        }
        loads.sort_by_key(|load| load.offset);
        let of_notes = of_notes.filter(|notes| notes.size <= MOST_NOTES);
        let of_notes = of_notes.ok_or(Error::Lacks("notes"))?;
        let mut notes = vec![0; of_notes.size as usize];
        from.skip_to(of_notes.offset)?;
        from.fill(&mut notes)?;
        let cpus = number_cpus(&mut notes)?;
        Ok(Self { notes, cpus, loads })
    }
}

/// Numbers the LWPs by their order, and reads what translation needs of each CPU.
fn number_cpus(data: &mut [u8]) -> Result<Vec<Cpu>, Error> {
    let mut cpus: Vec<Cpu> = Vec::new();
    let mut ids = Vec::new();
    for note in notes(data)? {
        if note.kind == NT_PRSTATUS && note.owner.starts_with(b"CORE") {
            ids.push(note.at + PR_PID);
            cpus.push(Cpu::default());
        }
        let Some(cpu) = cpus.last_mut() else {
            continue;
        };
        match note.kind {
            NT_S390_CTRS => {
                for (n, register) in cpu.control.iter_mut().enumerate() {
                    *register = number::<8>(note.content, n * 8)?;
                }
            }
            NT_S390_PREFIX => cpu.prefix = number::<4>(note.content, 0)?,
            _ => {}
        }
    }
    for (id, at) in (1u32..).zip(ids) {
        let field = data.get_mut(at..at + 4).ok_or(Error::NotACore)?;
        field.copy_from_slice(&id.to_be_bytes());
    }
    Ok(cpus)
}
