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
    /// What is put up with as long as the bound isn't kept.
    tolerated: Option<f64>,
}

enum Bound {
    /// The greatest y is at most so much above the least, in hundredths of it.
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
        tolerated: None,
    }
}

impl Limit {
    /// The same, of which the bound is a goal that isn't reached.
    const fn tolerating(self, most: f64) -> Self {
        Self {
            tolerated: Some(most),
            ..self
        }
    }
}

/// What they must show.
pub const LIMITS: [Limit; 8] = [
    limit(
        "pair, 100 to 100,000 live areas",
        "live",
        "pair",
        100.0,
        Bound::Spread(5.0),
    ),
    limit(
        "a relocation, of 1,000 to 100,000",
        "relocations",
        "load",
        1000.0,
        Bound::Spread(15.0),
    )
    .tolerating(78.0),
    limit(
        "the same without what an empty module costs",
        "relocations",
        "beyond an empty one",
        1000.0,
        Bound::Spread(15.0),
    )
    .tolerating(38.0),
    limit(
        "a further relocation, after 1,000 to 100,000",
        "relocations",
        "a further one",
        1000.0,
        Bound::Spread(15.0),
    ),
    limit(
        "load with 100 imports, 100 to 111,100 exports known",
        "exports",
        "load with 100 imports",
        100.0,
        Bound::Spread(5.0),
    ),
    limit(
        "unload, 100 to 111,100 exports known",
        "exports",
        "unload",
        100.0,
        Bound::Spread(10.0),
    ),
    limit(
        "an export of a provider, of 100,000",
        "provider",
        "load",
        100_000.0,
        Bound::Most(300.0),
    )
    .tolerating(420.0),
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
        let what = self.what;
        let Some(found) = self.found(points) else {
            return format!("{what:<52} no point");
        };
        let (most, unit) = self.most();
        let is_so = if found <= most { "yes" } else { "no" };
        format!("{what:<52} {found:>10.1}{unit:<2} of at most {most:>9}{unit:<2} {is_so}")
    }

    /// Whether what was found is more than is put up with; or the goal is reached, and nothing
    /// needs to be put up with any more.
    pub fn is_broken(&self, points: &Points) -> bool {
        let (most, _) = self.most();
        let found = self.found(points);
        found.is_none_or(|found| match self.tolerated {
            None => found > most,
            Some(tolerated) => found > tolerated || found <= most,
        })
    }

    fn found(&self, points: &Points) -> Option<f64> {
        let all = points.of(self.curve, self.series).iter();
        let within: Vec<Point> = all.copied().filter(|point| point.0 >= self.from).collect();
        let (first, last) = (within.first()?, within.last()?);
        match self.bound {
            Bound::Most(_) => Some(last.1),
            _ if within.len() < 2 => None,
            Bound::Spread(_) => {
                let values = within.iter().map(|point| point.1);
                let least = values.clone().fold(f64::INFINITY, f64::min);
                let greatest = values.fold(0.0, f64::max);
                Some(100.0 * (greatest / least - 1.0))
            }
            Bound::Slope(_) => Some((last.1 - first.1) / (last.0 - first.0)),
        }
    }

    /// The bound, and its unit.
    fn most(&self) -> (f64, &'static str) {
        match self.bound {
            Bound::Spread(most) => (most, " %"),
            Bound::Slope(most) | Bound::Most(most) => (most, ""),
        }
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
        assert!(judged(0).ends_with("yes") && judged(6).ends_with("yes"));
        assert!(judged(7).contains("2000000.0") && judged(7).ends_with("no"));
        assert!(judged(1).ends_with("no point"));
        assert!(LIMITS[7].is_broken(&points) && LIMITS[1].is_broken(&points));
        assert!(!LIMITS[0].is_broken(&points));
    }

    #[test]
    fn a_goal_that_is_reached_tolerates_no_more() {
        let limit = || limit("", "boot", "boot", 1.0, Bound::Most(100.0)).tolerating(150.0);
        for (found, is_broken) in [(160.0, true), (140.0, false), (90.0, true)] {
            let mut points = Points::default();
            points.add("boot", "boot", (1.0, found));
            assert_eq!(limit().is_broken(&points), is_broken, "{found}");
        }
    }
}
