//! Points of curves, and the table that keeps them.

use super::curves::Curve;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

const HEAD: &str = "\
# Guest instructions by how much there is: `./qemu-run.sh bench --plots` measures them.
# curve\tseries\tx\ty
";

/// A point: how much there is, and what the work costs then.
pub type Point = (f64, f64);

/// Points by curve and series.
#[derive(Debug, Default, PartialEq)]
pub struct Points(BTreeMap<(String, String), Vec<Point>>);

impl Points {
    /// Adds a point behind those of its series.
    pub fn add(&mut self, curve: &str, series: &str, point: Point) {
        let key = (curve.to_owned(), series.to_owned());
        self.0.entry(key).or_default().push(point);
    }

    /// A series.
    pub fn of(&self, curve: &str, series: &str) -> &[Point] {
        let key = (curve.to_owned(), series.to_owned());
        self.0.get(&key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn parse(text: &str) -> Self {
        let mut points = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split('\t').collect();
            if let [curve, series, x, y] = words[..]
                && let (Ok(x), Ok(y)) = (x.parse(), y.parse())
            {
                points.add(curve, series, (x, y));
            }
        }
        points
    }

    /// A curve for people: a line for each x, a column for each series.
    pub fn table(&self, curve: &Curve) -> String {
        let mut text = format!("{:>14}", curve.x);
        for series in curve.series {
            // Writing to a string can't fail.
            let _ = write!(text, "  {series:>14}");
        }
        for (x, _) in self.of(curve.name, curve.series[0]) {
            let _ = write!(text, "\n{x:>14}");
            for series in curve.series {
                let mut points = self.of(curve.name, series).iter();
                match points.find(|point| point.0 == *x) {
                    Some((_, y)) => {
                        let _ = write!(text, "  {y:>14.1}");
                    }
                    None => {
                        let _ = write!(text, "  {:>14}", "");
                    }
                }
            }
        }
        text
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        for ((curve, series), points) in &self.0 {
            for (x, y) in points {
                writeln!(f, "{curve}\t{series}\t{x}\t{y}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_reads_back() {
        let mut points = Points::default();
        points.add("memory", "boot", (0.25, 2_000_000.0));
        points.add("memory", "boot", (64.0, 90_000_000.5));
        points.add("live", "pair", (1.0, 310.125));
        assert_eq!(Points::parse(&points.to_string()), points);
    }
}
