//! Instructions by function, most expensive first.

use super::counts::Counts;
use super::names::Names;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A function, and the instructions that it executed itself.
pub type Row = (String, u64);

/// Rows under a thousandth of the total are one together.
const LEAST: u64 = 1000;

/// The functions; of equal ones by name.
pub fn rows(counts: &Counts, names: &Names) -> Vec<Row> {
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    for count in &counts.counts {
        *rows.entry(names.name(count.address)).or_default() += count.instructions;
    }
    let mut rows: Vec<Row> = rows.into_iter().filter(|&(_, own)| own != 0).collect();
    rows.sort_by_key(|&(_, own)| Reverse(own));
    rows
}

/// A share of `total`, in tenths of a per cent, rounded.
pub fn tenths(part: u64, total: u64) -> u64 {
    let part = u128::from(part) * 1000 + u128::from(total) / 2;
    (part / u128::from(total.max(1))) as u64
}

/// The table. Its numbers add up to its last line's.
pub fn text(rows: &[Row], total: u64, parts: usize) -> String {
    let mut text = format!("{:>14}   share  function\n", "instructions");
    let mut line = |instructions: u64, name: &str| {
        let tenths = tenths(instructions, total);
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "{instructions:>14} {:>5}.{} %  {name}",
            tenths / 10,
            tenths % 10
        );
    };
    let shown = rows.partition_point(|&(_, own)| own >= total.div_ceil(LEAST));
    for (name, own) in &rows[..shown] {
        line(*own, name);
    }
    let rest: u64 = rows[shown..].iter().map(|(_, own)| own).sum();
    if rest != 0 {
        line(
            rest,
            &format!("({} functions below 0.1 %)", rows.len() - shown),
        );
    }
    let parts = match parts {
        1 => "1 part".to_owned(),
        parts => format!("{parts} parts"),
    };
    line(total, &format!("total, of {parts}"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_expensive_is_first_and_all_adds_up() {
        let map = "0000000000000064 T f\n0000000000000190 T _ZN1k1g17h0123456789abcdefE\n\
                   0000000000000258 T h\n0000000000000300 R end\n";
        let text = "part 5000\nframe 1 0 110\ncount 0 100 4\ncount 1 400 3000\n\
                    count 0 404 1995\ncount 0 600 1\nwhole\n";
        let counts = Counts::parse(text).unwrap();
        let rows = rows(&counts, &Names::of_kernel(map));
        let expected = [("k::g", 4995), ("f", 4), ("h", 1)];
        assert!(rows.iter().map(|(name, own)| (&**name, *own)).eq(expected));
        let table = super::text(&rows, 5000, 1);
        let expected = "  instructions   share  function\n          \
                        4995  99.9 %  k::g\n             \
                        5   0.1 %  (2 functions below 0.1 %)\n          \
                        5000 100.0 %  total, of 1 part\n";
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&table), words(expected));
    }
}
