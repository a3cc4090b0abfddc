//! Numbers of an ELF file of this machine: ELF64, big-endian.

use super::error::Error;

/// Bytes of an ELF header and of a program header.
pub const HEADER: usize = 64;
/// Bytes of a program header.
pub const PROGRAM_HEADER: usize = 56;

/// Loaded memory.
pub const PT_LOAD: u32 = 1;
/// Notes.
pub const PT_NOTE: u32 = 4;

/// Bytes at an offset, as a number.
pub fn number<const N: usize>(data: &[u8], at: usize) -> Result<u64, Error> {
    let field: [u8; N] = field(data, at)?;
    Ok(field
        .iter()
        .fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

fn field<const N: usize>(data: &[u8], at: usize) -> Result<[u8; N], Error> {
    let end = at.checked_add(N).ok_or(Error::NotACore)?;
    let field = data.get(at..end).ok_or(Error::NotACore)?;
    field.try_into().map_err(|_| Error::NotACore)
}

/// A program header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramHeader {
    /// `PT_...`
    pub kind: u32,
    /// `PF_...`
    pub flags: u32,
    /// Where its bytes begin in the file.
    pub offset: u64,
    /// Virtual address.
    pub address: u64,
    /// Real address.
    pub real: u64,
    /// Bytes.
    pub size: u64,
}

impl ProgramHeader {
    /// Reads one.
    pub fn read(data: &[u8]) -> Result<Self, Error> {
        Ok(Self {
            kind: number::<4>(data, 0)? as u32,
            flags: number::<4>(data, 4)? as u32,
            offset: number::<8>(data, 8)?,
            address: number::<8>(data, 16)?,
            real: number::<8>(data, 24)?,
            size: number::<8>(data, 32)?,
        })
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(PROGRAM_HEADER);
        bytes.extend(self.kind.to_be_bytes());
        bytes.extend(self.flags.to_be_bytes());
        for word in [
            self.offset,
            self.address,
            self.real,
            self.size,
            self.size,
            0,
        ] {
            bytes.extend(word.to_be_bytes());
        }
        bytes
    }
}

/// An ELF header of a core, whose program headers are at an offset.
pub fn core_header(offset: u64, count: u16) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    // ELF64, big-endian, version 1; ET_CORE, EM_S390.
    header[..7].copy_from_slice(b"\x7fELF\x02\x02\x01");
    header[16..24].copy_from_slice(&[0, 4, 0, 22, 0, 0, 0, 1]);
    header[32..40].copy_from_slice(&offset.to_be_bytes());
    header[52..54].copy_from_slice(&(HEADER as u16).to_be_bytes());
    header[54..56].copy_from_slice(&(PROGRAM_HEADER as u16).to_be_bytes());
    header[56..58].copy_from_slice(&count.to_be_bytes());
    header
}

/// Whether these are the first bytes of a core of this machine.
pub fn is_core(header: &[u8]) -> bool {
    header.starts_with(b"\x7fELF\x02\x02") && header.get(16..20) == Some(&[0, 4, 0, 22])
}

/// A note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note<'data> {
    /// Who has defined it.
    pub owner: &'data [u8],
    /// Its kind, to its owner.
    pub kind: u32,
    /// Where its content begins in the notes.
    pub at: usize,
    /// Its content.
    pub content: &'data [u8],
}

/// All notes of a segment.
pub fn notes(data: &[u8]) -> Result<Vec<Note<'_>>, Error> {
    let mut notes = Vec::new();
    let mut at = 0;
    while at < data.len() {
        let owner = number::<4>(data, at)? as usize;
        let size = number::<4>(data, at + 4)? as usize;
        let kind = number::<4>(data, at + 8)? as u32;
        let start = at + 12 + owner.next_multiple_of(4);
        let slice = |from: usize, bytes: usize| data.get(from..from + bytes).ok_or(Error::NotACore);
        notes.push(Note {
            owner: slice(at + 12, owner)?,
            kind,
            at: start,
            content: slice(start, size)?,
        });
        at = start + size.next_multiple_of(4);
    }
    Ok(notes)
}

/// A note's bytes.
pub fn note(owner: &[u8], kind: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in [owner.len() as u32, content.len() as u32, kind] {
        bytes.extend(word.to_be_bytes());
    }
    for part in [owner, content] {
        bytes.extend(part);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}
