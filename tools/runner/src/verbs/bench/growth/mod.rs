//! How costs grow: measured by guests of several sizes, kept in `docs/growth.tsv`, drawn
//! into `docs/plots`.
//!
//! ```text
//!  measure.rs  guests of several sizes ──► points
//!  curves.rs   what belongs together, and how it is drawn
//!  limits.rs   what the curves must show
//!  data.rs     docs/growth.tsv:  curve  series  x  y
//!  plot.rs     a curve as SVG
//! ```

mod curves;
mod data;
mod limits;
mod measure;
mod plot;

use crate::build::Guest;
use crate::build::layout;
use crate::error::Error;
use crate::options::Options;
use curves::{CURVES, Scale};
use data::Points;
use limits::LIMITS;
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// All curves.
#[derive(Debug, PartialEq)]
pub struct Growth(Points);

/// Measures all curves.
pub fn measure(guest: &Guest, options: &Options) -> Result<Growth, Error> {
    measure::all(guest, options).map(Growth)
}

fn table() -> PathBuf {
    layout::root().join("docs/growth.tsv")
}

fn plots() -> PathBuf {
    layout::root().join("docs/plots")
}

impl Growth {
    /// What was measured last.
    pub fn read() -> Result<Self, Error> {
        let path = table();
        let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
        Ok(Self(Points::parse(&text)))
    }

    /// Keeps the points, and draws them.
    pub fn write(&self) -> Result<(), Error> {
        let folder = plots();
        fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
        let write =
            |path: &Path, text: &str| fs::write(path, text).map_err(Error::file("write", path));
        write(&table(), &self.0.to_string())?;
        for (path, svg) in self.pictures() {
            write(&path, &svg)?;
        }
        Ok(())
    }

    /// The plots, by where they lie.
    fn pictures(&self) -> Vec<(PathBuf, String)> {
        let pictures = CURVES.iter().map(|curve| {
            let path = plots().join(format!("{}.svg", curve.name));
            (path, plot::svg(curve, &self.0))
        });
        pictures.collect()
    }

    /// What the curves must show, and whether they do.
    pub fn limits(&self) -> String {
        let mut text = String::new();
        for limit in &LIMITS {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{}", limit.judged(&self.0));
        }
        text.trim_end().to_owned()
    }

    /// The limits that aren't kept, beyond what is put up with; and those of which more is put
    /// up with than need be.
    pub fn broken(&self) -> Vec<String> {
        let broken = LIMITS.iter().filter(|limit| limit.is_broken(&self.0));
        broken.map(|limit| limit.judged(&self.0)).collect()
    }

    /// A curve's points as a table.
    pub fn table(&self, curve: &str) -> String {
        let curve = CURVES.iter().find(|known| known.name == curve);
        curve.map_or_else(String::new, |curve| self.0.table(curve))
    }

    /// The curves, for a page.
    pub fn to_json(&self) -> Value {
        let curves = CURVES.iter().map(|curve| {
            let series = curve.series.iter();
            let series =
                series.map(|name| json!({"name": name, "points": self.0.of(curve.name, name)}));
            json!({
                "title": curve.title,
                "x": curve.x,
                "y": curve.y,
                "logarithmic": curve.scale == Scale::Logarithmic,
                "series": series.collect::<Vec<_>>(),
            })
        });
        curves.collect()
    }

    /// Names of the curves.
    pub fn names() -> impl Iterator<Item = &'static str> {
        CURVES.iter().map(|curve| curve.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plots_are_of_the_table() {
        let growth = Growth::read().unwrap();
        for (path, svg) in growth.pictures() {
            let drawn = fs::read_to_string(&path).unwrap();
            assert_eq!(
                drawn,
                svg,
                "{}: bench --plots draws it anew",
                path.display()
            );
        }
    }

    #[test]
    fn every_curve_has_its_points() {
        let growth = Growth::read().unwrap();
        for curve in &CURVES {
            for series in curve.series {
                assert!(
                    growth.0.of(curve.name, series).len() >= 4,
                    "{} {series}",
                    curve.name
                );
            }
        }
        assert_eq!(growth.broken(), [""; 0]);
    }
}
