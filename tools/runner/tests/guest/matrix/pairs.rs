//! A covering set: rows of values, one of each parameter, so that each pair of values of two
//! parameters stands in at least one row.
//!
//! ```text
//!            a  b  c
//!     row 0  0  0  1     shows (a 0, b 0), (a 0, c 1), (b 0, c 1)
//!     row 1  1  0  0     shows (a 1, b 0), (a 1, c 0), (b 0, c 0)
//! ```
//!
//! A pair that can't go well hides what else its row has: such a row shows that pair alone,
//! and all others stand in rows without one.

use std::collections::{BTreeMap, BTreeSet};

/// A value of a parameter, by both's numbers.
pub type Value = (usize, usize);

/// Two values of different parameters, the lower parameter first.
pub type Pair = (Value, Value);

/// The values of a row, by parameter.
pub type Row = Vec<usize>;

/// All pairs of parameters with so many values.
pub fn all(sizes: &[usize]) -> Vec<Pair> {
    let values = |parameter: usize| (0..sizes[parameter]).map(move |value| (parameter, value));
    let parameters = 0..sizes.len();
    parameters
        .flat_map(|one| (one + 1..sizes.len()).map(move |other| (one, other)))
        .flat_map(|(one, other)| {
            values(one).flat_map(move |first| values(other).map(move |second| (first, second)))
        })
        .collect()
}

/// Pairs that a row shows.
pub fn shown(row: &[usize], hides: impl Fn(Pair) -> bool) -> Vec<Pair> {
    let value = |parameter| (parameter, row[parameter]);
    let pairs = (0..row.len())
        .flat_map(|one| (one + 1..row.len()).map(move |other| (value(one), value(other))));
    let (hiding, others): (Vec<Pair>, Vec<Pair>) = pairs.partition(|&pair| hides(pair));
    match &hiding[..] {
        [] => others,
        // Of two it isn't known which was it.
        [one] => vec![*one],
        _ => Vec::new(),
    }
}

/// Rows that show all pairs; `hides` knows those that hide others. Each is begun with a pair
/// that no row shows yet, and gets the values that show most of what is left; of equal ones
/// those that were used least.
pub fn cover(sizes: &[usize], hides: impl Fn(Pair) -> bool) -> Vec<Row> {
    let mut left: BTreeSet<Pair> = all(sizes).into_iter().collect();
    let mut used: BTreeMap<Value, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    while let Some(&begin) = left.first() {
        let mut values = BTreeMap::from([begin.0, begin.1]);
        for (parameter, &size) in sizes.iter().enumerate() {
            if values.contains_key(&parameter) {
                continue;
            }
            let pairs = |value| {
                let ordered = move |(&other, &its): (&usize, &usize)| match other < parameter {
                    true => ((other, its), (parameter, value)),
                    false => ((parameter, value), (other, its)),
                };
                values.iter().map(ordered)
            };
            let rank = |&value: &usize| {
                let hidden = pairs(value).filter(|&pair| hides(pair)).count();
                let new = pairs(value).filter(|pair| left.contains(pair)).count();
                let used = used.get(&(parameter, value)).copied().unwrap_or(0);
                (hidden, std::cmp::Reverse(new), used)
            };
            // A parameter has at least one value.
            let value = (0..size).min_by_key(rank).unwrap_or(0);
            values.insert(parameter, value);
        }
        let row: Row = values.into_values().collect();
        for pair in shown(&row, &hides) {
            left.remove(&pair);
        }
        // However the rest turned out.
        left.remove(&begin);
        for value in row.iter().copied().enumerate() {
            *used.entry(value).or_default() += 1;
        }
        rows.push(row);
    }
    rows
}
