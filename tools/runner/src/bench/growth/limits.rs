//! What the curves must show.

use super::data::{Point, Points};

/// What a curve must show between two places.
pub struct Limit {
    what: &'static str,
    curve: &'static str,
    series: &'static str,
    /// The first x that counts.
    from: f64,
    bound: Bound,
}

enum Bound {
    /// The greatest y is at most so much above the least, as a part of it.
    Spread(f64),
    /// No more for each x than that.
    Slope(f64),
    /// At most that.
    Most(f64),
}

const fn limit(
    what: &'static str,
    curve: &'static str,
    series: &'static str,
    from: f64,
    bound: Bound,
) -> Limit {
    Limit {
        what,
        curve,
        series,
        from,
        bound,
    }
}

/// What they must show.
pub const LIMITS: [Limit; 7] = [
    limit(
        "pair, 100 to 100,000 live areas",
        "live",
        "pair",
        100.0,
        Bound::Spread(0.05),
    ),
    limit(
        "a relocation, of 1,000 to 100,000",
        "relocations",
        "load",
        1000.0,
        Bound::Spread(0.15),
    ),
    limit(
        "the same without what an empty module costs",
        "relocations",
        "beyond an empty one",
        1000.0,
        Bound::Spread(0.15),
    ),
    limit(
        "load with 100 imports, 100 to 111,100 exports known",
        "exports",
        "load with 100 imports",
        100.0,
        Bound::Spread(0.05),
    ),
    limit(
        "unload, 100 to 111,100 exports known",
        "exports",
        "unload",
        100.0,
        Bound::Spread(0.10),
    ),
    limit(
        "an export of a provider, of 100,000",
        "provider",
        "load",
        100_000.0,
        Bound::Most(300.0),
    ),
    limit(
        "boot, for each GiB from 1 to 64",
        "memory",
        "boot",
        1.0,
        Bound::Slope(1_500_000.0),
    ),
];

impl Limit {
    /// A line: what it is, what was found, what it may be, whether that is so.
    pub fn judged(&self, points: &Points) -> String {
        let all = points.of(self.curve, self.series).iter();
        let within: Vec<Point> = all.copied().filter(|point| point.0 >= self.from).collect();
        let [first, .., last] = within.as_slice() else {
            let only = within.first().map(|point| point.1);
            return match (&self.bound, only) {
                (Bound::Most(most), Some(y)) => self.line(y, *most, ""),
                _ => format!("{:<52} no point", self.what),
            };
        };
        match self.bound {
            Bound::Spread(most) => {
                let values = within.iter().map(|point| point.1);
                let least = values.clone().fold(f64::INFINITY, f64::min);
                let greatest = values.fold(0.0, f64::max);
                self.line(100.0 * (greatest / least - 1.0), 100.0 * most, " %")
            }
            Bound::Slope(most) => self.line((last.1 - first.1) / (last.0 - first.0), most, ""),
            Bound::Most(most) => self.line(last.1, most, ""),
        }
    }

    fn line(&self, found: f64, most: f64, unit: &str) -> String {
        let is_so = if found <= most { "yes" } else { "no" };
        let what = self.what;
        format!("{what:<52} {found:>10.1}{unit:<2} of at most {most:>9}{unit:<2} {is_so}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_judged() {
        let mut points = Points::default();
        for point in [(0.0, 90.0), (100.0, 100.0), (1000.0, 104.0)] {
            points.add("live", "pair", point);
        }
        points.add("memory", "boot", (1.0, 0.0));
        points.add("memory", "boot", (3.0, 4e6));
        points.add("provider", "load", (100_000.0, 299.0));
        let judged = |at: usize| LIMITS[at].judged(&points);
        assert!(judged(0).contains(" 4.0 % of at most"), "{}", judged(0));
        assert!(judged(0).ends_with("yes") && judged(5).ends_with("yes"));
        assert!(judged(6).contains("2000000.0") && judged(6).ends_with("no"));
        assert!(judged(1).ends_with("no point"));
    }
}
