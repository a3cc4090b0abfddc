//! The translation tables: which virtual pages lead elsewhere than to the real page of the
//! same number.

use super::error::Error;
use page_table::{Level, PAGE_SIZE, PAGE_TABLE_ENTRIES, PageEntry, TABLE_ENTRIES, TableEntry};

/// A page that is mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// Virtual address.
    pub address: u64,
    /// Real address.
    pub real: u64,
    /// Whether it can be written.
    pub writable: bool,
    /// Whether instructions may be fetched from it.
    pub executable: bool,
}

/// Tables that are looked at, at most: those of 64 GiB. A crashed kernel's may lead anywhere.
const MOST_TABLES: usize = 1 << 16;

/// The pages, in the order of their addresses, by the tables that an address-space-control
/// element names; `read` reads real memory. Tables that lie in no memory lead nowhere.
pub fn mappings(
    element: u64,
    mut read: impl FnMut(u64, &mut [u8]) -> Result<(), Error>,
) -> Vec<Mapped> {
    let mut found = Vec::new();
    let element = TableEntry::from_bits(element);
    let top = Level::from_bits(element.level()).zip(element.table());
    // Tables to look at, the one with the lowest addresses last.
    let mut left: Vec<(Option<Level>, u64, u64)> = Vec::new();
    if element != TableEntry::new() {
        left.extend(top.map(|(level, table)| (Some(level), table as u64, 0)));
    }
    let mut looked_at = 0;
    while let Some((level, table, start)) = left.pop() {
        looked_at += 1;
        if looked_at > MOST_TABLES {
            break;
        }
        let entries = level.map_or(PAGE_TABLE_ENTRIES, |_| TABLE_ENTRIES);
        let mut bytes = vec![0; entries * 8];
        if read(table, &mut bytes).is_err() {
            continue;
        }
        let words = bytes.chunks_exact(8).map(|word| {
            word.iter()
                .fold(0, |word, &byte| word << 8 | u64::from(byte))
        });
        match level {
            None => found.extend((0..).zip(words).filter_map(|(index, word)| {
                mapped(start + index * PAGE_SIZE as u64, PageEntry::from_bits(word))
            })),
            Some(level) => {
                let span = level.reach() as u64 / TABLE_ENTRIES as u64;
                let below = (0..).zip(words).filter_map(|(index, word)| {
                    let entry = TableEntry::from_bits(word);
                    let table = entry.table().filter(|_| entry.level() == level as u8)?;
                    Some((level.below(), table as u64, start + index * span))
                });
                let below: Vec<_> = below.collect();
                left.extend(below.into_iter().rev());
            }
        }
    }
    found
}

fn mapped(address: u64, entry: PageEntry) -> Option<Mapped> {
    let mapping = entry.mapping()?;
    let real = mapping.frame as u64;
    (real != address).then_some(Mapped {
        address,
        real,
        writable: mapping.writable,
        executable: mapping.executable,
    })
}
