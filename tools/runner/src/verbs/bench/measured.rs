//! What a guest printed of what it measured, ours or Linux.

use std::collections::BTreeMap;

/// Guest instructions an operation, by the figure's name.
pub type Measured = BTreeMap<String, f64>;

/// `BENCH name operations total per_operation`, on the log behind its time: the last of
/// each name.
pub fn measured(lines: &[String]) -> Measured {
    lines.iter().filter_map(|line| figure(line)).collect()
}

fn figure(line: &str) -> Option<(String, f64)> {
    let logged = line
        .strip_prefix('[')
        .and_then(|line| line.split_once("] "));
    let line = logged.map_or(line, |(_, rest)| rest);
    let mut words = line.strip_prefix("BENCH ")?.split(' ');
    let name = words.next()?.to_owned();
    let operations: f64 = words.next()?.parse().ok()?;
    let total: f64 = words.next()?.parse().ok()?;
    let per_operation: f64 = words.next()?.parse().ok()?;
    // What is printed has three decimals.
    let is_consistent = (total / operations - per_operation).abs() < 0.002;
    is_consistent.then_some((name, per_operation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_on_both_channels() {
        let lines = [
            "BENCH free 10 1009 100.900",
            "[    0.245786] BENCH pair 3 4 1.333",
            "BENCH free 10 1010 101.000",
            "BENCH wrong 10 1010 99.000",
            "BENCHINFO possible_cpus=4",
            "> bench",
        ];
        let measured = measured(&lines.map(str::to_owned));
        let expected = [("free".to_owned(), 101.0), ("pair".to_owned(), 1.333)];
        assert_eq!(measured, BTreeMap::from(expected));
    }
}
