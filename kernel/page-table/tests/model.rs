//! Random operations, beside a map of what is mapped where; after each of them every
//! CPU sees what the map says, whatever its TLB held before.

mod common;

use common::{Access, BASE, CPUS, Emulated, Exception};
use page_table::{
    AddressSpace, END, Found, MapError, Mapping, NoTable, PAGE_SIZE, Protection, SEGMENT_SIZE, walk,
};
use std::collections::BTreeMap;
use std::ops::Range;

const ALL: [Protection; 3] = [
    Protection::ReadOnly,
    Protection::ReadWrite,
    Protection::ReadExecute,
];

/// xorshift64*
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as usize % limit
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// Pages at the ends of tables of every level, and beside them.
fn pages() -> Vec<usize> {
    let edges = [
        0,
        SEGMENT_SIZE,
        2 * SEGMENT_SIZE,
        1 << 31,
        1 << 42,
        (1 << 42) + (1 << 31) + SEGMENT_SIZE,
        END,
    ];
    let around = |edge: usize| {
        [
            edge.wrapping_sub(2 * PAGE_SIZE),
            edge.wrapping_sub(PAGE_SIZE),
            edge,
        ]
    };
    let pages = edges.into_iter().flat_map(around);
    pages.filter(|&page| page < END).collect()
}

/// The space and what it should be.
struct Case {
    machine: Emulated,
    space: AddressSpace<Emulated>,
    model: BTreeMap<usize, (usize, Protection)>,
    execution_protection: bool,
}

impl Case {
    fn new(tables: usize, execution_protection: bool) -> Self {
        let machine = Emulated::new(tables);
        let space = AddressSpace::new(machine.clone(), &mut machine.clone(), execution_protection);
        Self {
            machine,
            space: space.unwrap(),
            model: BTreeMap::new(),
            execution_protection,
        }
    }

    fn map(&mut self, page: usize, frame: usize, protection: Protection) -> Result<(), MapError> {
        let memory = &mut self.machine.clone();
        let result = self.space.map(memory, page, frame, protection);
        if result.is_ok() {
            assert_eq!(self.model.insert(page, (frame, protection)), None);
        }
        result
    }

    fn mapping(&self, page: usize) -> Option<Mapping> {
        let &(frame, protection) = self.model.get(&page)?;
        Some(Mapping {
            frame,
            writable: protection == Protection::ReadWrite,
            executable: !self.execution_protection || protection == Protection::ReadExecute,
        })
    }

    fn unmap(&mut self, page: usize) {
        let mapping = self.mapping(page);
        self.model.remove(&page);
        assert_eq!(self.space.unmap(page), mapping);
    }

    fn unmap_all(&mut self, pages: Range<usize>) {
        let mapped: Vec<_> = { self.model.range(pages.clone()) }
            .map(|(&page, _)| page)
            .collect();
        let expected: Vec<_> = mapped
            .iter()
            .map(|&page| self.mapping(page).unwrap())
            .collect();
        let mut unmapped = Vec::new();
        self.space
            .unmap_all([pages].into_iter(), |mapping| unmapped.push(mapping));
        assert_eq!(unmapped, expected);
        for page in mapped {
            self.model.remove(&page);
        }
    }

    fn protect(&mut self, page: usize, protection: Protection) {
        let entry = self.model.get_mut(&page);
        let is_mapped = entry.map(|entry| entry.1 = protection).is_some();
        // Both ways come to the same.
        let changed = match page / PAGE_SIZE % 2 {
            0 => self.space.protect(page, protection),
            _ => self.space.protect_in_use(page, protection),
        };
        assert_eq!(changed, is_mapped);
    }

    /// What an access of a CPU should come to.
    fn expected(&self, address: usize, access: Access) -> Result<usize, Exception> {
        let page = address / PAGE_SIZE * PAGE_SIZE;
        let &(frame, protection) = self.model.get(&page).ok_or(Exception::Translation)?;
        let allowed = match access {
            Access::Load => true,
            Access::Store => protection == Protection::ReadWrite,
            Access::Fetch => !self.execution_protection || protection == Protection::ReadExecute,
        };
        if allowed {
            Ok(frame + address - page)
        } else {
            Err(Exception::Protection)
        }
    }

    /// A CPU's access, and a look-up of the kernel, and a walk, agree with the model.
    fn compare(&self, cpu: usize, address: usize, access: Access) {
        let found = self.machine.access(cpu, address, access);
        assert_eq!(
            found,
            self.expected(address, access),
            "cpu {cpu}: {access:?} at {address:#x}"
        );
        let page = address / PAGE_SIZE * PAGE_SIZE;
        let mapping = self.mapping(page);
        assert_eq!(self.space.translate(address), mapping);
        let read = |address: usize| self.machine.doubleword(address).ok_or(());
        let last = walk(self.space.element(), address, read).last();
        let walked = match last.unwrap().found {
            Found::Page(mapping) => Some(mapping),
            Found::Invalid => None,
            found => panic!("{address:#x}: {found:?}"),
        };
        assert_eq!(walked, mapping);
    }
}

/// Random operations; returns how often memory for a table ran out.
fn run(seed: u64, tables: usize, execution_protection: bool) -> usize {
    let pages = pages();
    let mut random = Random(seed);
    let mut case = Case::new(tables, execution_protection);
    let mut refused = 0;
    case.machine.activate(case.space.element());
    for _ in 0..3000 {
        let page = random.of(&pages);
        let frame = (1 + random.below(1 << 20)) * PAGE_SIZE;
        let protection = random.of(&ALL);
        match random.below(6) {
            0 | 1 => match case.map(page, frame, protection) {
                Ok(()) => {}
                Err(MapError::NoTable) => refused += 1,
                Err(error) => {
                    assert_eq!(error, MapError::Mapped { address: page });
                    assert!(case.model.contains_key(&page));
                }
            },
            2 => case.unmap(page),
            3 => case.protect(page, protection),
            4 => case.unmap_all(page..page + random.below(600) * PAGE_SIZE),
            _ => {
                let memory = &mut case.machine.clone();
                if case.space.prepare(memory, page).is_ok() && !case.model.contains_key(&page) {
                    let before = case.machine.tables_left();
                    case.map(page, frame, protection).unwrap();
                    assert_eq!(case.machine.tables_left(), before, "it was prepared");
                }
            }
        }
        for _ in 0..4 {
            let address = random.of(&pages) + random.below(PAGE_SIZE);
            let access = random.of(&[Access::Load, Access::Store, Access::Fetch]);
            case.compare(random.below(CPUS), address, access);
        }
        if random.below(50) == 0 {
            case.machine.forget(random.below(CPUS));
        }
    }
    for cpu in 0..CPUS {
        for &page in &pages {
            case.compare(cpu, page, Access::Store);
            case.compare(cpu, page, Access::Fetch);
        }
    }
    refused
}

#[test]
fn every_cpu_sees_what_is_mapped() {
    for seed in 1..=20 {
        assert_eq!(run(seed, 1000, true), 0);
    }
}

#[test]
fn every_cpu_sees_what_is_mapped_without_execution_protection() {
    assert_eq!(run(1, 1000, false), 0);
}

#[test]
fn memory_for_tables_that_runs_out_changes_nothing_else() {
    for tables in 1..12 {
        assert!(run(tables as u64, tables, true) > 0);
    }
    let memory = &mut Emulated::new(0);
    let space = AddressSpace::new(memory.clone(), memory, true);
    assert_eq!(space.err(), Some(NoTable));
}

#[test]
fn tables_are_taken_as_they_are_needed() {
    let mut case = Case::new(100, true);
    assert_eq!(case.machine.tables_left(), 99);
    // A region-third and a segment table, and a page that holds two page tables.
    case.map(0, PAGE_SIZE, Protection::ReadOnly).unwrap();
    assert_eq!(case.machine.tables_left(), 96);
    case.map(SEGMENT_SIZE, PAGE_SIZE, Protection::ReadOnly)
        .unwrap();
    assert_eq!(case.machine.tables_left(), 96);
    case.map(2 * SEGMENT_SIZE, PAGE_SIZE, Protection::ReadOnly)
        .unwrap();
    assert_eq!(case.machine.tables_left(), 95);
    // They are kept.
    case.unmap(0);
    case.map(PAGE_SIZE, PAGE_SIZE, Protection::ReadOnly)
        .unwrap();
    assert_eq!(case.machine.tables_left(), 95);
}

#[test]
fn a_range_is_mapped_to_itself() {
    for (start, end) in [
        (0, PAGE_SIZE),
        (3 * PAGE_SIZE, SEGMENT_SIZE),
        (SEGMENT_SIZE - PAGE_SIZE, 3 * SEGMENT_SIZE + 2 * PAGE_SIZE),
        ((1 << 31) - PAGE_SIZE, (1 << 31) + PAGE_SIZE),
        (PAGE_SIZE, PAGE_SIZE),
    ] {
        let mut case = Case::new(1000, true);
        let memory = &mut case.machine.clone();
        let protection = Protection::ReadExecute;
        case.space
            .map_identity(memory, (start, end), protection)
            .unwrap();
        let pages = (start..end).step_by(PAGE_SIZE);
        case.model
            .extend(pages.map(|page| (page, (page, protection))));
        // Parts of it, once more: a page, and whole segments that have their tables.
        for (bytes, protection) in [
            (2 * SEGMENT_SIZE, Protection::ReadOnly),
            (PAGE_SIZE, Protection::ReadWrite),
        ] {
            let part = (start, (start + bytes).min(end));
            case.space.map_identity(memory, part, protection).unwrap();
            let pages = (part.0..part.1).step_by(PAGE_SIZE);
            case.model
                .extend(pages.map(|page| (page, (page, protection))));
        }
        case.machine.activate(case.space.element());
        for address in [
            start.wrapping_sub(1),
            start,
            start + PAGE_SIZE,
            start + 2 * PAGE_SIZE,
            start + 2 * SEGMENT_SIZE - 1,
            start + 2 * SEGMENT_SIZE,
            end - 1,
            end,
        ] {
            for access in [Access::Load, Access::Store, Access::Fetch] {
                if address < END {
                    case.compare(0, address, access);
                }
            }
        }
    }
}

/// A store to any page of the machine's tables is refused on every CPU, a load isn't.
fn tables_are_read_only(case: &Case) {
    let tables = case.machine.tables().into_iter();
    for page in tables.flat_map(|table| table.step_by(PAGE_SIZE)) {
        for cpu in 0..CPUS {
            let access = |access| case.machine.access(cpu, page, access);
            assert_eq!(access(Access::Store), Err(Exception::Protection));
            assert_eq!(access(Access::Load), Ok(page));
        }
    }
}

#[test]
fn sealed_tables_are_read_only() {
    let mut case = Case::new(200, true);
    let memory = &mut case.machine.clone();
    let space = (BASE, 4 * SEGMENT_SIZE);
    let writable = Protection::ReadWrite;
    case.space.map_identity(memory, space, writable).unwrap();
    let first = BASE..case.machine.tables_end();
    let part = (first.start, first.end);
    let tables = Protection::ReadOnly;
    case.space.map_identity(memory, part, tables).unwrap();
    case.space.seal();
    case.machine.activate(case.space.element());
    tables_are_read_only(&case);
    assert_eq!(
        case.machine.access(1, first.end, Access::Store),
        Ok(first.end)
    );
    // New ones, of every level; every CPU has had their memory as it was.
    for address in [1 << 21, 1 << 31, 1 << 42, (1 << 42) + (1 << 31), 1 << 43] {
        for page in (first.end..4 * SEGMENT_SIZE).step_by(PAGE_SIZE) {
            for cpu in 0..CPUS {
                let _ = case.machine.access(cpu, page, Access::Store);
            }
        }
        let segments = (address..address + 20 * SEGMENT_SIZE).step_by(SEGMENT_SIZE);
        for page in segments.filter(|&page| page >= 4 * SEGMENT_SIZE) {
            case.map(page, 0x7000, writable).unwrap();
            tables_are_read_only(&case);
        }
    }
    let end = case.machine.tables_end();
    assert_eq!(case.machine.access(0, end, Access::Store), Ok(end));
}

#[test]
#[should_panic = "memory is mapped to itself before CPUs use the tables"]
fn a_sealed_space_is_used() {
    let mut case = Case::new(100, true);
    case.space.seal();
    let memory = &mut case.machine.clone();
    let range = (0, PAGE_SIZE);
    let _ = case.space.map_identity(memory, range, Protection::ReadOnly);
}

#[test]
fn beyond_the_end_nothing_is_mapped() {
    let mut case = Case::new(100, true);
    let beyond = Err(MapError::BeyondEnd { address: END });
    assert_eq!(case.map(END, 0, Protection::ReadOnly), beyond);
    assert_eq!(case.space.prepare(&mut case.machine.clone(), END), beyond);
    let memory = &mut case.machine.clone();
    let range = (END, END + PAGE_SIZE);
    assert_eq!(
        case.space.map_identity(memory, range, Protection::ReadOnly),
        beyond
    );
    assert_eq!(case.machine.tables_left(), 99);
    // Whose lower bits are those of a page that is mapped.
    case.map(0, PAGE_SIZE, Protection::ReadWrite).unwrap();
    assert_eq!(case.space.unmap(END), None);
    assert!(!case.space.protect(END, Protection::ReadOnly));
    assert_eq!(case.space.translate(END), None);
}

#[test]
fn a_walk_is_printed_level_by_level() {
    let mut case = Case::new(100, true);
    let address = (1 << 42) + SEGMENT_SIZE + 5 * PAGE_SIZE;
    case.map(address, 0x7000, Protection::ReadExecute).unwrap();
    let read = |address: usize| case.machine.doubleword(address).ok_or("not a table");
    let text = |address| -> Vec<String> {
        let steps = walk(case.space.element(), address, read);
        steps.map(|step| step.to_string()).collect()
    };
    assert_eq!(
        text(address),
        [
            "region-second table 0x100000[   1]: 0x000000000010400b, to 0x104000",
            "region-third table 0x104000[   0]: 0x0000000000108007, to 0x108000",
            "segment table 0x108000[   1]: 0x000000000010c000, to 0x10c000",
            "page table 0x10c000[   5]: 0x0000000000007200, frame 0x7000 r-x",
        ]
    );
    let invalid = text(address + PAGE_SIZE);
    assert_eq!(
        invalid[3],
        "page table 0x10c000[   6]: 0x0000000000000400, invalid"
    );
    assert_eq!(
        text(0),
        ["region-second table 0x100000[   0]: 0x0000000000000028, invalid"]
    );
    assert_eq!(text(END), [""; 0]);
    let nothing = |_: usize| Err::<u64, _>("no memory");
    let step = walk(case.space.element(), address, nothing).last().unwrap();
    assert_eq!(
        step.to_string(),
        "region-second table 0x100000[   1]: no memory"
    );
    assert!(walk(0, address, nothing).next().is_none());
}

#[test]
fn a_walk_ends_where_the_machine_would_refuse_an_entry() {
    // A region-third table of one block, which leads to a table of its own level.
    let element = 0x1000 | 0b01_00;
    let read = |_: usize| Ok::<_, ()>(0x2000 | 0b01_11);
    let last = |address| walk(element, address, read).last().map(|step| step.found);
    assert_eq!(last(0), Some(Found::WrongLevel(1)));
    let segment = |address: usize| Ok::<_, ()>(if address < 0x2000 { 0x2007 } else { 0x3003 });
    let mut steps = walk(element, 0, segment).map(|step| step.found);
    assert_eq!(steps.next(), Some(Found::Table(0x2000)));
    assert_eq!(steps.next(), Some(Found::Table(0x3000)));
    assert_eq!(last(511 << 31), Some(Found::WrongLevel(1)));
    assert_eq!(last(512 << 31), Some(Found::BeyondTable));
    assert_eq!(last(2048 << 31), None);
}
