//! A curve as SVG: its points joined by lines, y from 0 on, so that flat looks flat.
//!
//! ```text
//!  title
//!  TOP ┬ greatest y ───────────────┐
//!      │   grid      o─────o  series
//!      │ o────o──────              │
//!  0 ──┴───────────────────────────┘
//!      LEFT      x, linear or by powers of ten; 0 is left of the least power
//! ```

use super::curves::{Curve, Scale};
use super::data::{Point, Points};
use std::fmt::Write;

/// Of the picture, in pixels; and of the place in it where points lie.
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 560.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 340.0;

/// One for each series: distinguished by those, too, who don't see all colours.
const COLOURS: [&str; 3] = ["#0b62a4", "#c2571a", "#3a7d44"];

/// Lines of the grid, at the least, above 0.
const LINES: f64 = 4.0;

/// Where values lie in the picture.
struct Axes {
    scale: Scale,
    /// Powers of ten, or values.
    least: f64,
    greatest: f64,
    top: f64,
}

/// The curve as a document.
pub fn svg(curve: &Curve, points: &Points) -> String {
    let series: Vec<&[Point]> = curve
        .series
        .iter()
        .map(|name| points.of(curve.name, name))
        .collect();
    let all: Vec<Point> = series
        .iter()
        .flat_map(|points| points.iter().copied())
        .collect();
    let axes = Axes::of(curve.scale, &all);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{}</text>\n\
         <text x=\"{LEFT}\" y=\"40\" fill=\"#555\">{}</text>\n",
        curve.title, curve.y
    );
    axes.grid(&mut text, &all);
    // Writing to a string can't fail.
    let _ = writeln!(
        text,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#555\">{}</text>",
        (LEFT + RIGHT) / 2.0,
        BOTTOM + 40.0,
        curve.x
    );
    let mut labels = Vec::new();
    for ((name, points), colour) in curve.series.iter().zip(&series).zip(COLOURS) {
        axes.line(&mut text, points, colour);
        if let Some((_, y)) = points.last() {
            let label = format!("{name}: {}", number(*y));
            labels.push((axes.y(*y) + 4.0, label, colour));
        }
    }
    // From the top down; lines that end close together have theirs below each other.
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut least = 0.0;
    for (y, label, colour) in labels {
        let y = f64::max(y, least);
        least = y + 15.0;
        let x = RIGHT + 8.0;
        let _ = writeln!(
            text,
            "<text x=\"{x}\" y=\"{y:.1}\" fill=\"{colour}\">{label}</text>"
        );
    }
    text.push_str("</svg>\n");
    text
}

impl Axes {
    fn of(scale: Scale, points: &[Point]) -> Self {
        let xs = points.iter().map(|point| point.0);
        let greatest_x = xs.clone().fold(0.0, f64::max);
        let greatest_y = points.iter().map(|point| point.1).fold(0.0, f64::max);
        let step = step(greatest_y);
        let (least, greatest) = match scale {
            Scale::Linear => (0.0, greatest_x),
            Scale::Logarithmic => {
                let positive = xs.clone().filter(|&x| x > 0.0);
                let least = positive.fold(f64::INFINITY, f64::min).log10().floor();
                // 0 has a place of its own.
                let zero = if xs.clone().any(|x| x == 0.0) {
                    1.0
                } else {
                    0.0
                };
                (least - zero, greatest_x.log10())
            }
        };
        Self {
            scale,
            least,
            greatest,
            top: (greatest_y / step).ceil() * step,
        }
    }

    fn x(&self, x: f64) -> f64 {
        let at = match self.scale {
            Scale::Linear => x,
            Scale::Logarithmic if x == 0.0 => self.least,
            Scale::Logarithmic => x.log10(),
        };
        LEFT + (RIGHT - LEFT) * (at - self.least) / (self.greatest - self.least).max(f64::EPSILON)
    }

    fn y(&self, y: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * y / self.top.max(f64::EPSILON)
    }

    /// Lines at round values of y, marks at those of x.
    fn grid(&self, text: &mut String, points: &[Point]) {
        let step = step(self.top);
        let mut y = 0.0;
        while y <= self.top * 1.001 {
            let at = self.y(y);
            let _ = writeln!(
                text,
                "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{RIGHT}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 8.0,
                at + 4.0,
                number(y)
            );
            y += step;
        }
        for x in self.marks(points) {
            let at = self.x(x);
            let _ = writeln!(
                text,
                "<line x1=\"{at:.1}\" y1=\"{BOTTOM}\" x2=\"{at:.1}\" y2=\"{}\" stroke=\"#888\"/>\
                 <text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                BOTTOM + 5.0,
                BOTTOM + 20.0,
                number(x)
            );
        }
    }

    /// Round values of x.
    fn marks(&self, points: &[Point]) -> Vec<f64> {
        match self.scale {
            Scale::Linear => {
                let step = step(self.greatest);
                let count = (self.greatest / step * 1.001).floor() as u32;
                (0..=count).map(|mark| f64::from(mark) * step).collect()
            }
            Scale::Logarithmic => {
                let has_zero = points.iter().any(|point| point.0 == 0.0);
                let first = self.least as i32 + i32::from(has_zero);
                let powers = (first..=self.greatest.floor() as i32).map(|power| 10f64.powi(power));
                has_zero.then_some(0.0).into_iter().chain(powers).collect()
            }
        }
    }

    fn line(&self, text: &mut String, points: &[Point], colour: &str) {
        let mut path = String::new();
        let mut marks = String::new();
        for (x, y) in points {
            let (at_x, at_y) = (self.x(*x), self.y(*y));
            let _ = write!(path, "{at_x:.1},{at_y:.1} ");
            // A browser shows the title where the pointer is.
            let _ = writeln!(
                marks,
                "<circle cx=\"{at_x:.1}\" cy=\"{at_y:.1}\" r=\"3.5\" fill=\"{colour}\">\
                 <title>{x}: {y}</title></circle>"
            );
        }
        let path = path.trim_end();
        let _ = writeln!(
            text,
            "<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"
        );
        text.push_str(&marks);
    }
}

/// A round distance between lines, of which the greatest value has some.
fn step(greatest: f64) -> f64 {
    let rough = (greatest / LINES).max(f64::MIN_POSITIVE);
    let power = 10f64.powf(rough.log10().floor());
    let round = [5.0, 2.0, 1.0].iter().find(|round| *round * power <= rough);
    round.unwrap_or(&1.0) * power
}

/// A number as it is read most easily: 300, 1.5k, 92M.
fn number(value: f64) -> String {
    let (value, unit) = match value {
        1e6.. => (value / 1e6, "M"),
        1e4.. => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let digits = if value >= 100.0 || value == value.round() {
        0
    } else {
        1
    };
    format!("{value:.digits$}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::bench::growth::curves::CURVES;

    #[test]
    fn steps_are_round() {
        for (greatest, expected) in [(320.0, 50.0), (1.0, 0.2), (93e6, 20e6), (4.0, 1.0)] {
            assert!(
                (step(greatest) - expected).abs() < expected / 1e6,
                "{greatest}"
            );
        }
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (310.04, "310"),
            (26.5, "26.5"),
            (1000.0, "1000"),
            (100_000.0, "100k"),
            (2_330_000.0, "2.3M"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn zero_lies_left_of_the_powers_and_flat_is_flat() {
        let mut points = Points::default();
        for x in [0.0, 10.0, 1000.0] {
            points.add("live", "pair", (x, 200.0));
        }
        let svg = svg(&CURVES[0], &points);
        let line = svg
            .lines()
            .find(|line| line.starts_with("<polyline"))
            .unwrap();
        assert!(
            line.contains("\"80.0,50.0 240.0,50.0 560.0,50.0\""),
            "{line}"
        );
        assert_eq!(svg.matches("<circle").count(), 3);
    }
}
