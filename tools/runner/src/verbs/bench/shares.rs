//! Where a row's instructions go, by function: what lies between the least that its work
//! needs and what it takes.

use crate::build::Guest;
use crate::error::Error;
use crate::options::Options;
use crate::options::workload::Workload;
use crate::verbs::profile::{self, Row};
use std::fmt::Write;

/// A row that is looked into: the block's name, the workload, operations in it.
struct Shares {
    block: &'static str,
    workload: &'static str,
    operations: f64,
}

const fn shares(block: &'static str, workload: &'static str, operations: f64) -> Shares {
    Shares {
        block,
        workload,
        operations,
    }
}

const SHARES: [Shares; 7] = [
    shares("by function: pair", "pair", 10_000.0),
    // Of both ways, for each area.
    shares("by function: batch", "batch", 65_536.0),
    shares("by function: mixed", "mixed", 4096.0),
    shares("by function: insmod", "insmod", 100_000.0),
    shares("by function: provider", "provider", 100_000.0),
    shares("by function: rmmod", "rmmod", 1.0),
    shares("by function: boot", "boot", 1.0),
];

/// CPUs of the guests.
const CPUS: u32 = 4;

/// Functions below this part of the total are one together.
const LEAST: f64 = 0.02;

/// Names of the blocks.
#[cfg(test)]
pub fn names() -> impl Iterator<Item = &'static str> {
    SHARES.iter().map(|shares| shares.block)
}

/// The blocks, measured.
pub fn measure(guest: &Guest, options: &Options) -> Result<Vec<(&'static str, String)>, Error> {
    let mut blocks = Vec::new();
    for shares in &SHARES {
        let Ok(workload) = shares.workload.parse::<Workload>();
        let options = Options {
            cpus: Some(CPUS),
            ..options.clone()
        };
        let rows = profile::rows(guest, &options, &workload)?;
        blocks.push((shares.block, text(&rows, shares.operations)));
    }
    Ok(blocks)
}

/// The functions, with instructions an operation.
fn text(rows: &[Row], operations: f64) -> String {
    let total: u64 = rows.iter().map(|(_, own)| own).sum();
    let mut text = format!("{:>12}   share  function", "instructions");
    let mut line = |own: u64, name: &str| {
        let each = own as f64 / operations;
        let share = 100.0 * own as f64 / total.max(1) as f64;
        // Writing to a string can't fail.
        let _ = write!(text, "\n{each:>12.1}  {share:>4.0} %  {name}");
    };
    let shown = rows.partition_point(|(_, own)| *own as f64 >= LEAST * total as f64);
    for (name, own) in &rows[..shown] {
        line(*own, name);
    }
    let rest: u64 = rows[shown..].iter().map(|(_, own)| own).sum();
    if rest != 0 {
        line(rest, &format!("({} others)", rows.len() - shown));
    }
    line(total, "in all");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        let rows = [("free", 600), ("alloc", 390), ("a", 6), ("b", 4)];
        let rows = rows.map(|(name, own)| (name.to_owned(), own));
        let expected = "instructions   share  function
        60.0    60 %  free
        39.0    39 %  alloc
         1.0     1 %  (2 others)
       100.0   100 %  in all";
        assert_eq!(text(&rows, 10.0), expected);
    }
}
