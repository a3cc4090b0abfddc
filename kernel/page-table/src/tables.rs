//! All tables that an address-space-control element leads to.

use crate::entries::{Level, TABLE_ENTRIES, TableEntry};
use crate::walk::Table;

/// A table, and where what it translates begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Which kind of table.
    pub table: Table,
    /// Its real address.
    pub origin: usize,
    /// First address that it translates.
    pub address: usize,
}

/// The tables that an element of a region-second table leads to, each before those below it,
/// by addresses. `read` reads a doubleword of real memory; what it can't read leads nowhere.
pub fn tables<R>(element: u64, read: R) -> Tables<R>
where
    R: Fn(usize) -> Option<u64>,
{
    let origin = TableEntry::from_bits(element).table();
    Tables {
        read,
        first: origin.filter(|_| element != 0),
        ways: [(0, 0, TABLE_ENTRIES); 3],
        depth: 0,
    }
}

/// [`tables`], one after another.
#[derive(Clone, Debug)]
pub struct Tables<R> {
    read: R,
    first: Option<usize>,
    /// By level from the top: the table that is looked through, where what it translates
    /// begins, and its next entry.
    ways: [(usize, usize, usize); 3],
    depth: usize,
}

/// Levels of the tables that are looked through.
const LEVELS: [Level; 3] = [Level::RegionSecond, Level::RegionThird, Level::Segment];

impl<R> Iterator for Tables<R>
where
    R: Fn(usize) -> Option<u64>,
{
    type Item = Reached;

    fn next(&mut self) -> Option<Reached> {
        if let Some(origin) = self.first.take() {
            self.ways[0] = (origin, 0, 0);
            return Some(Reached {
                table: Table::Upper(LEVELS[0]),
                origin,
                address: 0,
            });
        }
        loop {
            let level = LEVELS[self.depth];
            let (table, start, next) = &mut self.ways[self.depth];
            if *next == TABLE_ENTRIES {
                self.depth = self.depth.checked_sub(1)?;
                continue;
            }
            let index = *next;
            *next += 1;
            let entry = (self.read)(*table + index * 8).map(TableEntry::from_bits);
            let Some(origin) = entry.and_then(TableEntry::table) else {
                continue;
            };
            let address = *start + index * (level.reach() / TABLE_ENTRIES);
            let table = match level.below() {
                None => Table::Page,
                Some(below) => {
                    self.depth += 1;
                    self.ways[self.depth] = (origin, address, 0);
                    Table::Upper(below)
                }
            };
            return Some(Reached {
                table,
                origin,
                address,
            });
        }
    }
}
