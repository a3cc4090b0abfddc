//! The walk that translates an address, level by level, as a person reads it.
//!
//! ```text
//!  region-second table 0x7f000000[   1]: 0x000000007f004007, to 0x7f004000
//!  region-third table 0x7f004000[   0]: 0x0000000000000024, invalid
//! ```
//!
//! It looks the tables up as the machine does, from the primary address-space-control
//! element on, with fault-safe reads and without a lock: what another CPU changes
//! meanwhile may be seen or not. Principles of Operation, chapter 3, "Translation
//! Process".

use super::entries::{Level, PageEntry, TableEntry, page_index};
use crate::control;
use crate::fault_safe::{self, Fault};
use crate::limits::PAGE_SIZE;
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
pub enum Found {
    /// The table of the next level.
    Table(usize),
    /// The address's own page: real address of its frame, and what it allows.
    Page {
        /// First byte of the frame.
        frame: usize,
        /// Stores are refused.
        protected: bool,
        /// Instruction fetches are refused, where the CPU has the facility.
        no_execute: bool,
    },
    /// Nothing: the entry is invalid.
    Invalid,
    /// Nothing: the entry is of another level than its table.
    WrongLevel(u8),
    /// Nothing: the entry lies beyond the table's length.
    BeyondTable,
    /// Nothing: the entry can't be read.
    Unreadable(Fault),
}

/// One step of a walk: an entry of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which kind of table.
    pub table: Table,
    /// Real address of the table.
    pub origin: usize,
    /// Number of the entry in it.
    pub index: usize,
    /// The entry; 0 if it can't be read.
    pub entry: u64,
    /// What it leads to.
    pub found: Found,
}

impl fmt::Display for Step {
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
            Found::Page {
                frame,
                protected,
                no_execute,
            } => {
                let write = if *protected { '-' } else { 'w' };
                let execute = if *no_execute { '-' } else { 'x' };
                write!(f, "{entry:#018x}, frame {frame:#x} r{write}{execute}")
            }
            Found::Invalid => write!(f, "{entry:#018x}, invalid"),
            Found::WrongLevel(level) => write!(f, "{entry:#018x}, of level {level}"),
            Found::BeyondTable => f.write_str("beyond the table's length"),
            Found::Unreadable(fault) => write!(f, "{fault}"),
        }
    }
}

/// The steps that translate an address; the last one says how it ends.
#[derive(Clone, Debug)]
pub struct Walk {
    address: usize,
    /// Where the next step looks: kind of table, origin, length as in entries.
    next: Option<(Table, usize, u8)>,
}

/// Walks the running CPU's tables for `address`. No step at all: translation isn't
/// set up, or the address is beyond what the top table reaches.
pub fn walk(address: usize) -> Walk {
    let element = TableEntry::from_bits(control::translation_tables());
    let top = match Level::from_bits(element.level()) {
        Some(level) if element != TableEntry::new() && address < level.reach() => element
            .table()
            .map(|origin| (Table::Upper(level), origin, element.length())),
        _ => None,
    };
    Walk { address, next: top }
}

impl Walk {
    /// The step, and what the table of the next level is.
    fn look(&self, table: Table, origin: usize, length: u8) -> (Step, Option<(Table, usize, u8)>) {
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
        step.entry = match fault_safe::read_u64(origin + index * 8) {
            Ok(entry) => entry,
            Err(fault) => {
                step.found = Found::Unreadable(fault);
                return (step, None);
            }
        };
        match table {
            Table::Page => {
                let entry = PageEntry::from_bits(step.entry);
                step.found = if entry.invalid() {
                    Found::Invalid
                } else {
                    Found::Page {
                        frame: entry.frame() as usize * PAGE_SIZE,
                        protected: entry.protected(),
                        no_execute: entry.no_execute(),
                    }
                };
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

impl Iterator for Walk {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let (table, origin, length) = self.next.take()?;
        let (step, next) = self.look(table, origin, length);
        self.next = next;
        Some(step)
    }
}
