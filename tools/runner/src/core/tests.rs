//! A made-up machine of 64 pages: QEMU's dump of it is rewritten, and read by another
//! reader of ELF files.

use super::bytes::{
    HEADER, PROGRAM_HEADER, PT_LOAD, PT_NOTE, ProgramHeader, core_header, note, notes,
};
use super::error::Error;
use super::pages::PAGE;
use super::{build_id_of, rewrite};
use object::read::elf::{ElfFile64, FileHeader, ProgramHeader as _};
use object::{BigEndian, Object, ObjectSegment, elf};
use page_table::{Level, PageEntry, TableEntry};
use std::fs::File;

const PAGES: usize = 64;
const FAR: u64 = 0x200_0000_0000;
/// A virtual address that real memory has, too, mapped to another page.
const NEAR: u64 = 30 * PAGE;

/// Real addresses of tables, 16 KiB each but for the page tables.
const SECOND: usize = 4 << 12;
const THIRD: usize = 8 << 12;
const SEGMENT: usize = 12 << 12;
const FAR_SEGMENT: usize = 16 << 12;
const PAGE_TABLE: usize = 20 << 12;
const FAR_PAGE_TABLE: usize = 21 << 12;

struct Machine {
    memory: Vec<u8>,
    element: u64,
}

impl Machine {
    fn new() -> Self {
        let mut machine = Self {
            memory: vec![0; PAGES << 12],
            element: TableEntry::element(SECOND).into_bits(),
        };
        let nowhere = |level| TableEntry::nowhere(level).into_bits();
        for (table, level) in [
            (SECOND, Level::RegionSecond),
            (THIRD, Level::RegionThird),
            (SEGMENT, Level::Segment),
            (FAR_SEGMENT, Level::Segment),
        ] {
            (0..2048).for_each(|index| machine.word(table + index * 8, nowhere(level)));
        }
        for table in [PAGE_TABLE, FAR_PAGE_TABLE] {
            let unmapped = PageEntry::unmapped().into_bits();
            (0..256).for_each(|index| machine.word(table + index * 8, unmapped));
        }
        let to = |level, table| TableEntry::to_table(level, table).into_bits();
        machine.word(SECOND, to(Level::RegionSecond, THIRD));
        machine.word(THIRD, to(Level::RegionThird, SEGMENT));
        let far = Level::RegionThird.index(FAR as usize);
        machine.word(THIRD + far * 8, to(Level::RegionThird, FAR_SEGMENT));
        machine.word(SEGMENT, to(Level::Segment, PAGE_TABLE));
        machine.word(FAR_SEGMENT, to(Level::Segment, FAR_PAGE_TABLE));
        (0..PAGES as u64).for_each(|page| machine.map(PAGE_TABLE, page, page));
        // Two side by side, backwards, and one that is zero.
        machine.map(FAR_PAGE_TABLE, 0, 41);
        machine.map(FAR_PAGE_TABLE, 1, 40);
        machine.map(FAR_PAGE_TABLE, 5, 50);
        // Beyond what the machine has.
        machine.map(FAR_PAGE_TABLE, 7, 1 << 30);
        machine.map(PAGE_TABLE, NEAR / PAGE, 42);
        for (page, text) in [
            (40, "forty"),
            (41, "forty-one"),
            (42, "near"),
            (30, "thirty"),
        ] {
            machine.memory[page << 12..][..text.len()].copy_from_slice(text.as_bytes());
        }
        machine
    }

    fn map(&mut self, table: usize, index: u64, frame: u64) {
        let entry = PageEntry::new().with_frame(frame).into_bits();
        self.word(table + index as usize * 8, entry);
    }

    fn word(&mut self, at: usize, word: u64) {
        self.memory[at..at + 8].copy_from_slice(&word.to_be_bytes());
    }

    /// QEMU's dump, of CPUs with these LWP ids as they are in the file.
    fn dump(&self, ids: &[u32]) -> Vec<u8> {
        let mut notes = Vec::new();
        for (number, id) in (0u64..).zip(ids) {
            let mut status = [0; 336];
            status[32..36].copy_from_slice(&id.to_be_bytes());
            notes.extend(note(b"CORE\0", 1, &status));
            let mut control = [0; 128];
            control[8..16].copy_from_slice(&self.element.to_be_bytes());
            notes.extend(note(b"LINUX\0", 0x304, &control));
            let prefix = (number as u32 * 0x2000).to_be_bytes();
            notes.extend(note(b"LINUX\0", 0x305, &prefix));
        }
        let start = (HEADER + 2 * PROGRAM_HEADER) as u64;
        let header = |kind, offset, size| ProgramHeader {
            kind,
            flags: 0,
            offset,
            address: 0,
            real: 0,
            size,
        };
        let mut dump = core_header(HEADER as u64, 2).to_vec();
        dump.extend(header(PT_NOTE, start, notes.len() as u64).bytes());
        let memory = start + notes.len() as u64;
        dump.extend(header(PT_LOAD, memory, self.memory.len() as u64).bytes());
        dump.extend(notes);
        dump.extend(&self.memory);
        dump
    }
}

/// Eight bytes as a debugger reads them; `None` where there is no memory.
fn read(file: &ElfFile64<'_, BigEndian>, address: u64) -> Option<[u8; 8]> {
    let mut found = file.segments().filter_map(|segment| {
        let bytes = segment.data_range(address, 8).ok()??;
        bytes.try_into().ok()
    });
    let first = found.next();
    assert!(found.next().is_none(), "{address:#x} is there twice");
    first
}

fn rewritten(dump: &[u8]) -> Result<(File, Vec<u8>), Error> {
    let file = tempfile::tempfile()?;
    rewrite(dump, &file, "c0ffee")?;
    let mut data = Vec::new();
    std::io::Seek::seek(&mut &file, std::io::SeekFrom::Start(0))?;
    std::io::Read::read_to_end(&mut &file, &mut data)?;
    Ok((file, data))
}

#[test]
fn memory_is_seen_as_the_cpu_sees_it() {
    let (_, data) = rewritten(&Machine::new().dump(&[0x0100_0000])).unwrap();
    let file = ElfFile64::<BigEndian>::parse(&*data).unwrap();
    let text = |address| read(&file, address);
    assert_eq!(text(40 * PAGE), Some(*b"forty\0\0\0"));
    assert_eq!(text(FAR), Some(*b"forty-on"));
    assert_eq!(text(FAR + PAGE), Some(*b"forty\0\0\0"));
    assert_eq!(text(FAR + 5 * PAGE), Some([0; 8]));
    assert_eq!(text(FAR + 2 * PAGE), None);
    assert_eq!(text(FAR + 7 * PAGE), None);
    // What leads elsewhere isn't what lies there.
    assert_eq!(text(NEAR), Some(*b"near\0\0\0\0"));
    for page in [0, 29, 31, 60, 63] {
        assert_eq!(text(page * PAGE), Some([0; 8]), "page {page}");
    }
    assert_eq!(text(PAGES as u64 * PAGE), None);
}

#[test]
fn each_page_is_there_once_and_zeros_are_not() {
    let (_, data) = rewritten(&Machine::new().dump(&[0])).unwrap();
    let copies = data
        .windows(9)
        .filter(|window| window == b"forty-one")
        .count();
    assert_eq!(copies, 1);
    // 18 pages of tables and four of text, zeros between; what comes behind is a hole.
    let file = ElfFile64::<BigEndian>::parse(&*data).unwrap();
    let endian = file.endian();
    let headers = file.elf_header().program_headers(endian, &*data).unwrap();
    let loads = headers
        .iter()
        .filter(|header| header.p_type(endian) == elf::PT_LOAD);
    let hole = loads.map(|load| load.p_offset(endian)).max().unwrap();
    assert!(hole < 50 * PAGE, "{hole:#x}");
    assert_eq!(data[hole as usize..][..PAGE as usize], [0; PAGE as usize]);
}

#[test]
fn cpus_are_numbered_from_1() {
    let dump = Machine::new().dump(&[0, 0x0100_0000, 0x0200_0000]);
    let (file, data) = rewritten(&dump).unwrap();
    let table = super::bytes::number::<8>(&data, 32).unwrap() as usize;
    let header = ProgramHeader::read(&data[table..]).unwrap();
    let data = &data[header.offset as usize..][..header.size as usize];
    let status = notes(data)
        .unwrap()
        .into_iter()
        .filter(|note| note.kind == 1);
    let ids: Vec<u8> = status
        .filter(|note| note.owner == b"CORE\0")
        .map(|note| note.content[35])
        .collect();
    assert_eq!(ids, [1, 2, 3]);
    assert_eq!(build_id_of(&file).unwrap(), "c0ffee");
}

#[test]
fn what_is_no_dump_is_refused() {
    let dump = Machine::new().dump(&[0]);
    // Cut anywhere, it is an error and no panic.
    for bytes in (0..dump.len()).step_by(997).chain(0..600) {
        assert!(rewritten(&dump[..bytes]).is_err(), "{bytes} bytes");
    }
    let mut other = dump.clone();
    other[18..20].copy_from_slice(&[0, 62]);
    assert!(matches!(rewritten(&other), Err(Error::NotACore)));
    let none = tempfile::tempfile().unwrap();
    assert!(matches!(build_id_of(&none), Err(Error::NotACore)));
}

/// Tables that lead in circles, or nowhere, end nothing but themselves.
#[test]
fn broken_tables_come_to_an_end() {
    let mut machine = Machine::new();
    for index in 0..2048 {
        let again = TableEntry::to_table(Level::RegionSecond, SECOND);
        machine.word(SECOND + index * 8, again.into_bits());
        let level = TableEntry::to_table(Level::RegionThird, THIRD);
        machine.word(THIRD + index * 8, level.into_bits());
    }
    assert!(rewritten(&machine.dump(&[0])).is_ok());
    machine.element = TableEntry::element(1 << 40).into_bits();
    assert!(rewritten(&machine.dump(&[0])).is_ok());
    machine.element = u64::MAX;
    assert!(rewritten(&machine.dump(&[0])).is_ok());
}
