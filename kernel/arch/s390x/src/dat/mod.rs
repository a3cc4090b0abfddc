//! Dynamic address translation: one address space for the whole kernel.
//!
//! The top table is a region-second table: 8 PiB. Tables come from page frames
//! and are never given back; frames are reached through the identity map, so a
//! table's address is its frame's (M1). A page changes by IPTE, which also
//! clears its TLB entries on every CPU before it ends (M3).

mod entries;
mod walk;

pub use entries::{Level, PAGE_TABLE_SIZE, PageEntry, TABLE_SIZE, TableEntry};
pub use walk::{Found, Step, Table, Walk, walk};

use crate::limits::PAGE_SIZE;
use bitflags::bitflags;
use core::arch::asm;
use core::fmt;
use entries::{PAGE_TABLE_ENTRIES, TABLE_ENTRIES, page_index};

/// First address beyond the top table's reach.
pub const END: usize = 1 << 53;

bitflags! {
    /// What a page allows beyond reading.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Protection: u8 {
        /// Stores.
        const WRITE = 1;
        /// Instruction fetches.
        const EXECUTE = 2;
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            match (self.contains(Self::WRITE), self.contains(Self::EXECUTE)) {
                (false, false) => "r--",
                (true, false) => "rw-",
                (false, true) => "r-x",
                (true, true) => "rwx",
            },
        )
    }
}

/// Where tables come from.
pub trait TableMemory {
    /// `bytes` (a page or four pages) of memory, aligned to their size, reached
    /// through the identity map. `None` when memory has run out.
    fn table(&mut self, bytes: usize) -> Option<usize>;
}

/// No memory for a translation table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTable;

/// The kernel's address space. There is one, behind the kernel's lock.
#[derive(Debug)]
pub struct AddressSpace {
    top: usize,
    execution_protection: bool,
    /// Half of a page taken for page tables, not used yet.
    spare_page_table: Option<usize>,
}

impl AddressSpace {
    /// An address space that maps nothing.
    ///
    /// `execution_protection`: whether the CPU knows the no-execute bit.
    pub fn new(memory: &mut dyn TableMemory, execution_protection: bool) -> Result<Self, NoTable> {
        Ok(Self {
            top: new_table(memory, Level::RegionSecond)?,
            execution_protection,
            spare_page_table: None,
        })
    }

    /// The element for control register 1.
    pub fn element(&self) -> u64 {
        TableEntry::element(self.top).into_bits()
    }

    /// Makes sure that page tables for `[start, start + bytes)` exist, so that
    /// mapping there cannot fail.
    pub fn prepare(
        &mut self,
        memory: &mut dyn TableMemory,
        start: usize,
        bytes: usize,
    ) -> Result<(), NoTable> {
        const SEGMENT: usize = PAGE_TABLE_ENTRIES * PAGE_SIZE;
        let mut address = start & !(SEGMENT - 1);
        while address < start + bytes {
            self.page_table(memory, address)?;
            address += SEGMENT;
        }
        Ok(())
    }

    /// Maps the page at `address` to the frame at `frame`, in place of nothing
    /// or of another mapping.
    pub fn map(
        &mut self,
        memory: &mut dyn TableMemory,
        address: usize,
        frame: usize,
        protection: Protection,
    ) -> Result<(), NoTable> {
        let table = self.page_table(memory, address)?;
        let entry = PageEntry::new()
            .with_frame((frame / PAGE_SIZE) as u64)
            .with_protected(!protection.contains(Protection::WRITE))
            .with_no_execute(
                self.execution_protection && !protection.contains(Protection::EXECUTE),
            );
        replace(table, address, entry);
        Ok(())
    }

    /// Maps `[start, start + bytes)` to itself, without looking at what was.
    /// For a space that no CPU uses yet: it does without IPTE.
    pub fn map_identity(
        &mut self,
        memory: &mut dyn TableMemory,
        (start, end): (usize, usize),
        protection: Protection,
    ) -> Result<(), NoTable> {
        let template = PageEntry::new()
            .with_protected(!protection.contains(Protection::WRITE))
            .with_no_execute(
                self.execution_protection && !protection.contains(Protection::EXECUTE),
            );
        let mut address = start;
        while address < end {
            let table = self.page_table(memory, address)?;
            for index in page_index(address)..PAGE_TABLE_ENTRIES {
                if address >= end {
                    break;
                }
                write(
                    table,
                    index,
                    template
                        .with_frame((address / PAGE_SIZE) as u64)
                        .into_bits(),
                );
                address += PAGE_SIZE;
            }
        }
        Ok(())
    }

    /// Changes what a mapped page allows. An unmapped page stays so.
    pub fn protect(&mut self, address: usize, protection: Protection) {
        if let Some((table, entry)) = self.lookup(address)
            && !entry.invalid()
        {
            let entry = entry
                .with_protected(!protection.contains(Protection::WRITE))
                .with_no_execute(
                    self.execution_protection && !protection.contains(Protection::EXECUTE),
                );
            replace(table, address, entry);
        }
    }

    /// Unmaps the page at `address`; returns the frame it was mapped to.
    pub fn unmap(&mut self, address: usize) -> Option<usize> {
        let (table, entry) = self.lookup(address)?;
        if entry.invalid() {
            return None;
        }
        replace(table, address, PageEntry::unmapped());
        Some(entry.frame() as usize * PAGE_SIZE)
    }

    /// The frame and protection of a mapped page.
    pub fn translate(&self, address: usize) -> Option<(usize, Protection)> {
        let (_, entry) = self.lookup(address)?;
        let mut protection = Protection::empty();
        protection.set(Protection::WRITE, !entry.protected());
        protection.set(Protection::EXECUTE, !entry.no_execute());
        (!entry.invalid()).then_some((entry.frame() as usize * PAGE_SIZE, protection))
    }

    fn lookup(&self, address: usize) -> Option<(usize, PageEntry)> {
        if address >= END {
            return None;
        }
        let mut table = self.top;
        for level in [Level::RegionSecond, Level::RegionThird, Level::Segment] {
            table = TableEntry::from_bits(read(table, level.index(address))).table()?;
        }
        Some((
            table,
            PageEntry::from_bits(read(table, page_index(address))),
        ))
    }

    fn page_table(
        &mut self,
        memory: &mut dyn TableMemory,
        address: usize,
    ) -> Result<usize, NoTable> {
        let mut table = self.top;
        let mut level = Level::RegionSecond;
        loop {
            let index = level.index(address);
            let entry = TableEntry::from_bits(read(table, index));
            let next = match entry.table() {
                Some(next) => next,
                None => {
                    let next = match level.below() {
                        Some(below) => new_table(memory, below)?,
                        None => self.new_page_table(memory)?,
                    };
                    write(table, index, TableEntry::to_table(level, next).into_bits());
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
    fn new_page_table(&mut self, memory: &mut dyn TableMemory) -> Result<usize, NoTable> {
        let table = match self.spare_page_table.take() {
            Some(table) => table,
            None => {
                let page = memory.table(PAGE_SIZE).ok_or(NoTable)?;
                self.spare_page_table = Some(page + PAGE_TABLE_SIZE);
                page
            }
        };
        for index in 0..PAGE_TABLE_ENTRIES {
            write(table, index, PageEntry::unmapped().into_bits());
        }
        Ok(table)
    }
}

fn new_table(memory: &mut dyn TableMemory, level: Level) -> Result<usize, NoTable> {
    let table = memory.table(TABLE_SIZE).ok_or(NoTable)?;
    for index in 0..TABLE_ENTRIES {
        write(table, index, TableEntry::nowhere(level).into_bits());
    }
    Ok(table)
}

fn read(table: usize, index: usize) -> u64 {
    let entry = core::ptr::with_exposed_provenance::<u64>(table + index * 8);
    // SAFETY: M1: a table is a frame of this address space's own, identity-mapped;
    // the index is below the table's entries.
    unsafe { entry.read_volatile() }
}

fn write(table: usize, index: usize, value: u64) {
    let entry = core::ptr::with_exposed_provenance_mut::<u64>(table + index * 8);
    // SAFETY: as in `read`; an eight-byte store is seen whole by every CPU.
    unsafe { entry.write_volatile(value) }
}

/// Puts `entry` in place of what the page table says of `address`. A valid old
/// entry is first invalidated, on every CPU (M3).
fn replace(table: usize, address: usize, entry: PageEntry) {
    let index = page_index(address);
    if !PageEntry::from_bits(read(table, index)).invalid() {
        // SAFETY: sets the invalid bit of this entry and clears its TLB entries.
        unsafe {
            asm!("ipte {}, {}", in(reg) table, in(reg) address, options(nostack));
        }
    }
    write(table, index, entry.into_bits());
}

/// The real address behind a virtual one, as the running CPU translates it
/// (LOAD REAL ADDRESS), or `None` if nothing is mapped there.
pub fn real_address(address: usize) -> Option<usize> {
    let mut real = address;
    let condition: u64;
    // SAFETY: translates without accessing the page.
    unsafe {
        asm!(
            "lra {real}, 0({real})",
            "ipm {condition}",
            "srl {condition}, 28",
            real = inout(reg_addr) real,
            condition = out(reg) condition,
            options(nostack),
        );
    }
    (condition as u32 == 0).then_some(real)
}
