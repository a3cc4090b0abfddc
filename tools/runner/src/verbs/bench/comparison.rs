//! Ours and Linux's, side by side, and in `docs/peer.tsv`.
//!
//! ```text
//!  docs/peer.tsv:  # what both are
//!                  name  ours  Linux's
//! ```

use super::measured::Measured;
use super::rows::{ROWS, Row};
use crate::build::layout;
use crate::error::Error;
use serde_json::{Value, json};
use std::fmt::{self, Write};
use std::fs;
use std::path::PathBuf;

/// Both systems' figures.
#[derive(Debug, Default, PartialEq)]
pub struct Comparison {
    /// What was measured, in words: versions, CPUs, memory.
    pub of: String,
    /// Ours; also what Linux has no figure for.
    pub ours: Measured,
    /// Linux's.
    pub linux: Measured,
}

const HEAD: &str = "\
# Guest instructions an operation, ours and Linux's: `./qemu-run.sh bench --peer` measures
# both, --accept puts them here.
";

const OF: &str = "# of\t";

fn path() -> PathBuf {
    layout::root().join("docs/peer.tsv")
}

impl Comparison {
    /// What was accepted.
    pub fn read() -> Result<Self, Error> {
        let path = path();
        let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
        Ok(Self::parse(&text))
    }

    /// Accepts this.
    pub fn write(&self) -> Result<(), Error> {
        let path = path();
        fs::write(&path, self.to_text()).map_err(Error::file("write", &path))
    }

    fn parse(text: &str) -> Self {
        let mut read = Self::default();
        for line in text.lines() {
            if let Some(of) = line.strip_prefix(OF) {
                of.clone_into(&mut read.of);
            }
            let mut words = line.split('\t');
            let name = words.next().filter(|name| !name.starts_with('#'));
            let mut number = || words.next()?.parse().ok();
            if let (Some(name), Some(ours)) = (name, number()) {
                read.ours.insert(name.to_owned(), ours);
                if let Some(linux) = number() {
                    read.linux.insert(name.to_owned(), linux);
                }
            }
        }
        read
    }

    /// The rows of the comparison first, then what only we have.
    fn to_text(&self) -> String {
        let mut text = format!("{HEAD}{OF}{}\n# name\tours\tLinux's\n", self.of);
        let others = self.ours.keys().map(String::as_str);
        let others = others.filter(|name| super::rows::find(name).is_none());
        for name in ROWS.iter().map(|row| row.name).chain(others) {
            if let Some(ours) = self.ours.get(name) {
                // Writing to a string can't fail.
                let _ = write!(text, "{name}\t{ours}");
                if let Some(linux) = self.linux.get(name) {
                    let _ = write!(text, "\t{linux}");
                }
                text.push('\n');
            }
        }
        text
    }

    /// A row's figures, where both are there.
    fn pair(&self, row: &Row) -> Option<(f64, f64)> {
        let ours = *self.ours.get(row.name)?;
        Some((ours, *self.linux.get(row.name)?))
    }

    /// The rows, for a page.
    pub fn to_json(&self) -> Value {
        let rows = ROWS.iter().filter_map(|row| {
            let (ours, linux) = self.pair(row)?;
            Some(json!({"name": row.name, "ours": ours, "linux": linux}))
        });
        json!({"of": self.of, "rows": rows.collect::<Vec<_>>()})
    }

    /// Names of the rows that lack a figure.
    pub fn missing(&self) -> Vec<&'static str> {
        let rows = ROWS.iter().filter(|row| self.pair(row).is_none());
        rows.map(|row| row.name).collect()
    }
}

/// The comparison as people read it.
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.of)?;
        write!(
            f,
            "{:<26} {:>11} {:>12} {:>12} {:>6} {:>5}",
            "figure", "floor", "ours", "Linux", "ratio", "goal"
        )?;
        for row in &ROWS {
            let Some((ours, linux)) = self.pair(row) else {
                continue;
            };
            let (floor, ratio) = (row.floor, ours / linux);
            // As it is shown.
            let is_off = (ratio * 1000.0).round() > row.goal * 1000.0;
            write!(
                f,
                "\n{:<26} {floor:>11.0} {ours:>12.1} {linux:>12.1} {ratio:>6.3} {:>5.2}{}",
                row.name,
                row.goal,
                if is_off { "  off" } else { "" }
            )?;
        }
        for (name, ours) in &self.ours {
            if super::rows::find(name).is_none() {
                write!(f, "\n{name:<26} {:>11} {ours:>12.1}", "")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison() -> Comparison {
        let figures = |figures: &[(&str, f64)]| {
            let figures = figures.iter();
            figures
                .map(|&(name, value)| (name.to_owned(), value))
                .collect()
        };
        Comparison {
            of: "Linux 6.1, 4 CPUs".to_owned(),
            ours: figures(&[("alloc_free_8", 80.5), ("boot", 4.0), ("boot_16g", 5.0)]),
            linux: figures(&[("alloc_free_8", 1000.0), ("boot", 399.0)]),
        }
    }

    #[test]
    fn what_is_accepted_reads_back() {
        let comparison = comparison();
        assert_eq!(Comparison::parse(&comparison.to_text()), comparison);
        assert_eq!(comparison.missing().len(), ROWS.len() - 2);
    }

    #[test]
    fn a_row_off_its_goal_is_marked() {
        let text = comparison().to_string();
        let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap();
        let words = |name: &str| line(name).split_whitespace().skip(2).collect::<Vec<_>>();
        assert_eq!(
            words("alloc_free_8"),
            ["80.5", "1000.0", "0.081", "0.08", "off"]
        );
        assert_eq!(words("boot "), ["4.0", "399.0", "0.010", "0.01"]);
        assert!(line("boot_16g").ends_with(" 5.0"));
    }
}
