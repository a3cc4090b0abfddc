//! The tables that translate an address, as a walk through them.

use super::row::row;
use crate::println;
use arch::dat::{Table, walk};

/// Shows the tables that translate an address, and what each says.
pub fn print_walk(place: usize) {
    let index = |shift: usize, bits: u32| place >> shift & ((1 << bits) - 1);
    println!(
        "  {place:#018x}: region 1 {}, 2 {}, 3 {}, segment {}, page {}, byte {:#x}",
        index(53, 11),
        index(42, 11),
        index(31, 11),
        index(20, 11),
        index(12, 8),
        index(0, 12)
    );
    println!("  bits              0-10      11-21 22-32     33-43     44-51   52-63");
    let mut last = None;
    for step in walk(place) {
        let entry = step.entry;
        let bit = |mask: u64| u8::from(entry & mask != 0);
        match step.table {
            Table::Upper(_) => row!(
                "  {step}  (I {}, TT {}, TL {})",
                bit(0x20),
                entry >> 2 & 3,
                entry & 3
            ),
            Table::Page => row!(
                "  {step}  (I {}, P {}, IEP {})",
                bit(0x400),
                bit(0x200),
                bit(0x100)
            ),
        }
        last = Some(step.table);
    }
    if last.is_none() {
        println!("  beyond what the top table reaches");
    }
}
