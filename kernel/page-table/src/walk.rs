//! The walk that translates an address, level by level, as a person reads it.
//!
//! ```text
//!  region-second table 0x7f000000[   1]: 0x000000007f004007, to 0x7f004000
//!  region-third table 0x7f004000[   0]: 0x0000000000000024, invalid
//! ```
//!
//! It looks the tables up as the machine does, from an address-space-control element
//! on, with reads that may fail and without a lock: what another CPU changes meanwhile
//! may be seen or not. Principles of Operation, chapter 3, "Translation Process".

use crate::entries::{Level, PageEntry, TableEntry, page_index};
use crate::protection::Mapping;
use core::fmt;

/// A table's kind: what one step of a walk looks an entry up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// A region or segment table.
    Upper(Level),
    /// A page table.
    Page,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Table::Upper(Level::RegionSecond) => "region-second table",
            Table::Upper(Level::RegionThird) => "region-third table",
            Table::Upper(Level::Segment) => "segment table",
            Table::Page => "page table",
        })
    }
}

/// What an entry leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<E> {
    /// The table of the next level.
    Table(usize),
    /// The address's own page.
    Page(Mapping),
    /// Nothing: the entry is invalid.
    Invalid,
    /// Nothing: the entry is of another level than its table.
    WrongLevel(u8),
    /// Nothing: the entry lies beyond the table's length.
    BeyondTable,
    /// Nothing: the entry can't be read.
    Unreadable(E),
}

/// One step of a walk: an entry of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<E> {
    /// Which kind of table.
    pub table: Table,
    /// Real address of the table.
    pub origin: usize,
    /// Number of the entry in it.
    pub index: usize,
    /// The entry; 0 if it can't be read.
    pub entry: u64,
    /// What it leads to.
    pub found: Found<E>,
}

impl<E: fmt::Display> fmt::Display for Step<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            table,
            origin,
            index,
            entry,
            found,
        } = self;
        write!(f, "{table} {origin:#x}[{index:4}]: ")?;
        match found {
            Found::Table(next) => write!(f, "{entry:#018x}, to {next:#x}"),
            Found::Page(mapping) => write!(f, "{entry:#018x}, {mapping}"),
            Found::Invalid => write!(f, "{entry:#018x}, invalid"),
            Found::WrongLevel(level) => write!(f, "{entry:#018x}, of level {level}"),
            Found::BeyondTable => f.write_str("beyond the table's length"),
            Found::Unreadable(fault) => write!(f, "{fault}"),
        }
    }
}

/// The steps that translate an address; the last one says how it ends.
#[derive(Clone, Debug)]
pub struct Walk<R> {
    read: R,
    address: usize,
    /// Where the next step looks: kind of table, origin, length as in entries.
    next: Option<(Table, usize, u8)>,
}

/// Walks the tables that an address-space-control element names, for `address`; `read`
/// reads a doubleword of real memory. No step at all: there is no element, or the
/// address is beyond what the top table reaches.
pub fn walk<R, E>(element: u64, address: usize, read: R) -> Walk<R>
where
    R: Fn(usize) -> Result<u64, E>,
{
    let element = TableEntry::from_bits(element);
    let next = match Level::from_bits(element.level()) {
        Some(level) if element != TableEntry::new() && address < level.reach() => element
            .table()
            .map(|origin| (Table::Upper(level), origin, element.length())),
        _ => None,
    };
    Walk {
        read,
        address,
        next,
    }
}

impl<R, E> Walk<R>
where
    R: Fn(usize) -> Result<u64, E>,
{
    /// The step, and what the table of the next level is.
    fn look(
        &self,
        (table, origin, length): (Table, usize, u8),
    ) -> (Step<E>, Option<(Table, usize, u8)>) {
        let index = match table {
            Table::Upper(level) => level.index(self.address),
            Table::Page => page_index(self.address),
        };
        let mut step = Step {
            table,
            origin,
            index,
            entry: 0,
            found: Found::BeyondTable,
        };
        // Lengths count blocks of 512 entries, less one; a page table has one length.
        if table != Table::Page && index >> 9 > usize::from(length) {
            return (step, None);
        }
        step.entry = match (self.read)(origin + index * 8) {
            Ok(entry) => entry,
            Err(fault) => {
                step.found = Found::Unreadable(fault);
                return (step, None);
            }
        };
        match table {
            Table::Page => {
                let mapping = PageEntry::from_bits(step.entry).mapping();
                step.found = mapping.map_or(Found::Invalid, Found::Page);
                (step, None)
            }
            Table::Upper(level) => {
                let entry = TableEntry::from_bits(step.entry);
                let Some(next) = entry.table() else {
                    step.found = Found::Invalid;
                    return (step, None);
                };
                if entry.level() != level as u8 {
                    step.found = Found::WrongLevel(entry.level());
                    return (step, None);
                }
                step.found = Found::Table(next);
                let below = level.below().map_or(Table::Page, Table::Upper);
                (step, Some((below, next, entry.length())))
            }
        }
    }
}

impl<R, E> Iterator for Walk<R>
where
    R: Fn(usize) -> Result<u64, E>,
{
    type Item = Step<E>;

    fn next(&mut self) -> Option<Step<E>> {
        let table = self.next.take()?;
        let (step, next) = self.look(table);
        self.next = next;
        Some(step)
    }
}
