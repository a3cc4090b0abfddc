//! The address space: mapping pages, unmapping them, changing what they allow.

use crate::entries::{
    Level, PAGE_SIZE, PAGE_TABLE_ENTRIES, PAGE_TABLE_SIZE, PageEntry, SEGMENT_SIZE, TABLE_ENTRIES,
    TABLE_SIZE, TableEntry, page_index,
};
use crate::error::{MapError, NoTable};
use crate::machine::{Machine, TableMemory};
use crate::protection::{Mapping, Protection};
use core::ops::Range;

/// First address beyond the top table's reach: 8 PiB.
pub const END: usize = 1 << 53;

/// An address space, whose top table is a region-second table.
#[derive(Debug)]
pub struct AddressSpace<M> {
    machine: M,
    top: usize,
    execution_protection: bool,
    /// Half of a page taken for page tables, not used yet. Once the space is sealed it is full
    /// of unmapped pages.
    spare_page_table: Option<usize>,
    /// Whether tables lie in pages that are read-only.
    is_sealed: bool,
}

impl<M: Machine> AddressSpace<M> {
    /// An address space that maps nothing.
    ///
    /// `execution_protection`: whether the CPUs know the no-execute bit.
    pub fn new(
        mut machine: M,
        memory: &mut dyn TableMemory,
        execution_protection: bool,
    ) -> Result<Self, NoTable> {
        let top = new_table(&mut machine, memory, Level::RegionSecond)?;
        Ok(Self {
            machine,
            top,
            execution_protection,
            spare_page_table: None,
            is_sealed: false,
        })
    }

    /// Ends the time in which tables lie in memory that may be written. Those that there are
    /// lie in pages that the caller has mapped read-only; those to come are made so, wherever
    /// their memory is mapped to itself. Before any CPU uses the space.
    pub fn seal(&mut self) {
        if let Some(table) = self.spare_page_table {
            Run::UNMAPPED.fill(&mut self.machine, table, 0..PAGE_TABLE_ENTRIES);
        }
        self.is_sealed = true;
    }

    /// The address-space-control element, for control register 1 (primary).
    pub fn element(&self) -> u64 {
        TableEntry::element(self.top).into_bits()
    }

    /// Makes sure that the page table of `address` exists, so that mapping in its
    /// segment can't fail for want of memory.
    pub fn prepare(
        &mut self,
        memory: &mut dyn TableMemory,
        address: usize,
    ) -> Result<(), MapError> {
        self.page_table(memory, address, Run::UNMAPPED)?;
        Ok(())
    }

    /// Maps the page at `address`, which isn't mapped, to the frame at `frame`.
    pub fn map(
        &mut self,
        memory: &mut dyn TableMemory,
        address: usize,
        frame: usize,
        protection: Protection,
    ) -> Result<(), MapError> {
        let table = self.page_table(memory, address, Run::UNMAPPED)?;
        let index = page_index(address);
        // An invalid entry is in no TLB: a store is enough.
        if !PageEntry::from_bits(self.machine.read(table, index)).invalid() {
            return Err(MapError::Mapped { address });
        }
        let entry = self.entry(frame, protection);
        self.machine.write(table, index, entry.into_bits());
        Ok(())
    }

    /// Maps `[start, end)` to itself, in place of whatever was. Only in a space that no
    /// CPU uses yet: it does without invalidation.
    ///
    /// # Panics
    /// If the space is sealed.
    pub fn map_identity(
        &mut self,
        memory: &mut dyn TableMemory,
        (start, end): (usize, usize),
        protection: Protection,
    ) -> Result<(), MapError> {
        assert!(
            !self.is_sealed,
            "memory is mapped to itself before CPUs use the tables"
        );
        let mut address = start;
        while address < end {
            let segment_end = (address / SEGMENT_SIZE + 1) * SEGMENT_SIZE;
            let stop = end.min(segment_end);
            let entries = Run::identity(self.entry(address, protection));
            let is_whole = stop - address == SEGMENT_SIZE;
            if is_whole && self.find_page_table(address).is_none() {
                self.page_table(memory, address, entries)?;
            } else {
                let table = self.page_table(memory, address, Run::UNMAPPED)?;
                let first = page_index(address);
                let pages = (stop - address).div_ceil(PAGE_SIZE);
                entries.fill(&mut self.machine, table, first..first + pages);
            }
            address = segment_end;
        }
        Ok(())
    }

    /// Changes what a mapped page allows; `false` if it isn't mapped. While it changes,
    /// the page isn't mapped for a moment: a CPU that uses it then takes a
    /// page-translation exception.
    pub fn protect(&mut self, address: usize, protection: Protection) -> bool {
        let Some((table, old)) = self.lookup(address).filter(|(_, old)| !old.invalid()) else {
            return false;
        };
        let entry = self.entry(old.frame() as usize * PAGE_SIZE, protection);
        self.machine.invalidate_page(table, address);
        self.machine
            .write(table, page_index(address), entry.into_bits());
        true
    }

    /// Changes what a mapped page allows, while CPUs use it: there is no moment in which it isn't
    /// mapped, and CPUs see the old protection or the new one until this has returned. `false` if
    /// it isn't mapped.
    pub fn protect_in_use(&mut self, address: usize, protection: Protection) -> bool {
        let Some((table, old)) = self.lookup(address).filter(|(_, old)| !old.invalid()) else {
            return false;
        };
        let new = self.entry(old.frame() as usize * PAGE_SIZE, protection);
        let index = page_index(address);
        self.machine
            .replace(table, index, old.into_bits(), new.into_bits());
        true
    }

    /// Unmaps the page at `address`, on every CPU (M3); returns what it was mapped to.
    pub fn unmap(&mut self, address: usize) -> Option<Mapping> {
        let (table, old) = self.lookup(address)?;
        let mapping = old.mapping()?;
        // The frame's number stays there: an invalid entry says nothing else.
        self.machine.invalidate_page(table, address);
        Some(mapping)
    }

    /// Unmaps those of the pages that are mapped, on every CPU (M3), and says what each was
    /// mapped to: as long as this hasn't returned, CPUs may still reach it. They are asked
    /// once for all pages: each time costs a machine of many CPUs a look by every one. The
    /// way to a page table is walked once.
    pub fn unmap_all(
        &mut self,
        ranges: impl Iterator<Item = Range<usize>>,
        mut unmapped: impl FnMut(Mapping),
    ) {
        let mut some = false;
        for range in ranges {
            let mut start = range.start;
            while start < range.end {
                let segment_end = (start / SEGMENT_SIZE + 1) * SEGMENT_SIZE;
                if let Some(table) = self.find_page_table(start) {
                    for page in (start..range.end.min(segment_end)).step_by(PAGE_SIZE) {
                        let index = page_index(page);
                        let entry = PageEntry::from_bits(self.machine.read(table, index));
                        let Some(mapping) = entry.mapping() else {
                            continue;
                        };
                        self.machine.invalidate_page_here(table, page);
                        unmapped(mapping);
                        some = true;
                    }
                }
                start = segment_end;
            }
        }
        if some {
            self.machine.flush(self.element());
        }
    }

    /// What the page of `address` is mapped to.
    pub fn translate(&self, address: usize) -> Option<Mapping> {
        let (_, entry) = self.lookup(address)?;
        entry.mapping()
    }

    fn entry(&self, frame: usize, protection: Protection) -> PageEntry {
        PageEntry::new()
            .with_frame((frame / PAGE_SIZE) as u64)
            .with_protected(!protection.is_writable())
            .with_no_execute(self.execution_protection && !protection.is_executable())
    }

    /// The page table of an address, and its entry there.
    fn lookup(&self, address: usize) -> Option<(usize, PageEntry)> {
        let table = self.find_page_table(address)?;
        let entry = self.machine.read(table, page_index(address));
        Some((table, PageEntry::from_bits(entry)))
    }

    /// The page table of an address, if there is one.
    fn find_page_table(&self, address: usize) -> Option<usize> {
        if address >= END {
            return None;
        }
        let mut table = self.top;
        for level in [Level::RegionSecond, Level::RegionThird, Level::Segment] {
            let entry = self.machine.read(table, level.index(address));
            table = TableEntry::from_bits(entry).table()?;
        }
        Some(table)
    }

    /// The page table of an address; makes the tables that lead to it. A page table that is
    /// made is full of `entries`.
    fn page_table(
        &mut self,
        memory: &mut dyn TableMemory,
        address: usize,
        entries: Run,
    ) -> Result<usize, MapError> {
        if address >= END {
            return Err(MapError::BeyondEnd { address });
        }
        let mut table = self.top;
        let mut level = Level::RegionSecond;
        loop {
            let index = level.index(address);
            let entry = TableEntry::from_bits(self.machine.read(table, index));
            let next = match entry.table() {
                Some(next) => next,
                None => {
                    let next = match level.below() {
                        Some(below) => {
                            let next = new_table(&mut self.machine, memory, below)?;
                            self.protect_table(next, TABLE_SIZE);
                            next
                        }
                        None => self.new_page_table(memory, entries)?,
                    };
                    let entry = TableEntry::to_table(level, next).into_bits();
                    self.machine.write(table, index, entry);
                    next
                }
            };
            match level.below() {
                Some(below) => (table, level) = (next, below),
                None => return Ok(next),
            }
        }
    }

    /// Page tables are half a page: they come in pairs.
    fn new_page_table(
        &mut self,
        memory: &mut dyn TableMemory,
        entries: Run,
    ) -> Result<usize, NoTable> {
        const ALL: Range<usize> = 0..PAGE_TABLE_ENTRIES;
        if let Some(table) = self.spare_page_table.take() {
            if !self.is_sealed {
                entries.fill(&mut self.machine, table, ALL);
            }
            return Ok(table);
        }
        let table = memory.table(PAGE_SIZE).ok_or(NoTable)?;
        let spare = table + PAGE_TABLE_SIZE;
        entries.fill(&mut self.machine, table, ALL);
        if self.is_sealed {
            Run::UNMAPPED.fill(&mut self.machine, spare, ALL);
            self.protect_table(table, PAGE_SIZE);
        }
        self.spare_page_table = Some(spare);
        Ok(table)
    }

    /// Makes the pages of a new table read-only, where memory is mapped to itself, if the space
    /// is sealed. Nothing leads to the table yet, and nobody else uses its memory.
    fn protect_table(&mut self, table: usize, bytes: usize) {
        if !self.is_sealed {
            return;
        }
        let pages = (table..table + bytes).step_by(PAGE_SIZE);
        let is_mapped = |page| self.translate(page).is_some_and(|it| it.frame == page);
        if !pages.clone().all(is_mapped) {
            return;
        }
        for page in pages.clone() {
            if let Some((page_table, _)) = self.lookup(page) {
                self.machine.invalidate_page_here(page_table, page);
            }
        }
        self.machine.flush(self.element());
        let entry = self.entry(table, Protection::ReadOnly);
        for (page, entry) in pages.zip(Run::identity(entry).entries()) {
            if let Some((page_table, _)) = self.lookup(page) {
                self.machine.write(page_table, page_index(page), entry);
            }
        }
    }
}

/// Entries of a page table, one after another: each is the one before and a `step` more.
/// To put an entry together takes several times what it takes to store it.
#[derive(Clone, Copy)]
struct Run {
    first: PageEntry,
    step: u64,
}

impl Run {
    /// Those of unmapped pages.
    const UNMAPPED: Run = Run {
        first: PageEntry::unmapped(),
        step: 0,
    };

    /// Those of a page and the ones behind it, to frames behind one another: the frame's
    /// number is the part of an entry from the size of a page on.
    const fn identity(first: PageEntry) -> Run {
        Run {
            first,
            step: PAGE_SIZE as u64,
        }
    }

    fn entries(self) -> impl Iterator<Item = u64> {
        let first = self.first.into_bits();
        core::iter::successors(Some(first), move |entry| {
            Some(entry.wrapping_add(self.step))
        })
    }

    fn fill(self, machine: &mut impl Machine, table: usize, indices: Range<usize>) {
        for (index, entry) in indices.zip(self.entries()) {
            machine.fill(table, index, entry);
        }
    }
}

fn new_table(
    machine: &mut impl Machine,
    memory: &mut dyn TableMemory,
    level: Level,
) -> Result<usize, NoTable> {
    let table = memory.table(TABLE_SIZE).ok_or(NoTable)?;
    let entry = TableEntry::nowhere(level).into_bits();
    for index in 0..TABLE_ENTRIES {
        machine.fill(table, index, entry);
    }
    Ok(table)
}
