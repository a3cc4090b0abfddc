//! The figures of `bench` beside those that were accepted: a change of more than 1 % fails
//! the run, until `bench --accept` has put the new ones into the table.
//!
//! ```text
//!  docs/figures.tsv:  # compiler  rustc 1.97.0 ...
//!                     name        accepted
//! ```
//!
//! Figures are guest instructions an operation with 4 CPUs, the same at each run. Another
//! compiler makes other code: then the table is shown, and decides nothing.

use super::comparison::Comparison;
use super::measured::{Measured, measured};
use super::{guest, rows};
use crate::build::Guest;
use crate::build::{layout, toolchain};
use crate::error::Error;
use crate::options::memory_size::Memory;
use crate::options::{Options, Verb};
use crate::screen::output;
use std::fmt;
use std::fs;
use std::path::PathBuf;

/// CPUs that the table is for.
const CPUS: u32 = 4;

/// The largest change that isn't one: 1 %.
const TOLERANCE: f64 = 0.01;

/// A figure that isn't what was accepted.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    name: String,
    accepted: Option<f64>,
    now: Option<f64>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match (self.accepted, self.now) {
            (Some(accepted), Some(now)) => {
                let percent = 100.0 * (now / accepted - 1.0);
                write!(f, "{name} {percent:+.1} %")
            }
            (None, _) => write!(f, "{name} is new"),
            (_, None) => write!(f, "{name} is missing"),
        }
    }
}

/// Looks at the figures among the lines of a run that passed; returns what changed. With
/// `--accept` they go into the table.
///
/// # Errors
/// If the table can't be read or written.
pub fn check(options: &Options, lines: &[String]) -> Result<Vec<String>, Error> {
    let Some(Verb::Bench { accept, .. }) = options.verb else {
        return Ok(Vec::new());
    };
    if options.cpus() != CPUS || options.memory() != Memory::DEFAULT {
        output::message!("the table of docs/figures.tsv is for --cpus {CPUS} and the usual memory");
        return Ok(Vec::new());
    }
    let mut table = Table::read()?;
    let measured = measured(lines);
    let is_all = options.run.is_none();
    let peer = Comparison::read()?;
    output::line!("{}", Shown(&table, &measured, &peer));
    let compiler = toolchain::compiler()?;
    if accept {
        table.accept(&measured, compiler, is_all);
        table.write()?;
        return Ok(Vec::new());
    }
    let changes = table.changes(&measured, is_all);
    if table.compiler == compiler {
        return Ok(changes.iter().map(Change::to_string).collect());
    }
    let accepted_by = &table.compiler;
    output::message!("the table is of another compiler, {accepted_by}, and decides nothing here");
    Ok(Vec::new())
}

fn path() -> PathBuf {
    layout::root().join("docs/figures.tsv")
}

/// Measures all of it anew, and accepts it.
pub fn accept(guest: &Guest, options: &Options) -> Result<(), Error> {
    let options = Options {
        cpus: Some(CPUS),
        ..guest::options(options, "bench", Vec::new())
    };
    let measured = guest::figures(guest, &options)?;
    let mut table = Table::read()?;
    table.accept(&measured, toolchain::compiler()?, true);
    table.write()
}

#[derive(Debug)]
struct Row {
    name: String,
    accepted: f64,
}

#[derive(Debug, Default)]
struct Table {
    compiler: String,
    rows: Vec<Row>,
}

const COMPILER: &str = "# compiler\t";

const HEAD: &str = "\
# Guest instructions an operation: `./qemu-run.sh bench --cpus 4` looks at them, --accept sets them.
# name\taccepted
";

impl Table {
    fn read() -> Result<Self, Error> {
        let path = path();
        let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
        Ok(Self::parse(&text))
    }

    fn write(&self) -> Result<(), Error> {
        let path = path();
        fs::write(&path, self.to_string()).map_err(Error::file("write", &path))
    }

    fn parse(text: &str) -> Self {
        let mut table = Self::default();
        for line in text.lines() {
            if let Some(compiler) = line.strip_prefix(COMPILER) {
                table.compiler = compiler.to_owned();
            }
            let words: Vec<&str> = line.split('\t').collect();
            let number = |at: usize| words.get(at).and_then(|word| word.parse().ok());
            if let (false, Some(accepted)) = (line.starts_with('#'), number(1)) {
                table.rows.push(Row {
                    name: words[0].to_owned(),
                    accepted,
                });
            }
        }
        table
    }

    fn changes(&self, measured: &Measured, is_all: bool) -> Vec<Change> {
        let change = |name: &str, accepted, now| Change {
            name: name.to_owned(),
            accepted,
            now,
        };
        let mut changes = Vec::new();
        for row in &self.rows {
            match measured.get(&row.name) {
                Some(&now) if (now / row.accepted - 1.0).abs() <= TOLERANCE => {}
                Some(&now) => changes.push(change(&row.name, Some(row.accepted), Some(now))),
                None if is_all => changes.push(change(&row.name, Some(row.accepted), None)),
                None => {}
            }
        }
        let is_new = |name: &&String| !self.rows.iter().any(|row| row.name == **name);
        // Groups that are run by name alone aren't in the table.
        let new = measured.keys().filter(|name| is_all && is_new(name));
        changes.extend(new.map(|name| change(name, None, measured.get(name).copied())));
        changes
    }

    fn accept(&mut self, measured: &Measured, compiler: String, is_all: bool) {
        self.compiler = compiler;
        self.rows
            .retain(|row| !is_all || measured.contains_key(&row.name));
        for (name, &now) in measured {
            match self.rows.iter_mut().find(|row| row.name == *name) {
                Some(row) => row.accepted = now,
                None => self.rows.push(Row {
                    name: name.clone(),
                    accepted: now,
                }),
            }
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}{COMPILER}{}", self.compiler)?;
        for Row { name, accepted } in &self.rows {
            writeln!(f, "{name}\t{accepted}")?;
        }
        Ok(())
    }
}

/// The table with what was measured, and Linux's figures.
struct Shown<'a>(&'a Table, &'a Measured, &'a Comparison);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<28} {:>12} {:>12} {:>8} {:>12} {:>6} {:>6}",
            "figure", "now", "accepted", "change", "Linux", "ratio", "goal"
        )?;
        for row in &self.0.rows {
            let Some(now) = self.1.get(&row.name) else {
                continue;
            };
            let percent = 100.0 * (now / row.accepted - 1.0);
            write!(
                f,
                "\n{:<28} {now:>12.1} {:>12.1} {percent:>+7.1}%",
                row.name, row.accepted
            )?;
            let linux = self.2.linux.get(&row.name);
            if let (Some(linux), Some(peer)) = (linux, rows::find(&row.name)) {
                let (ratio, goal) = (now / linux, peer.goal);
                write!(f, " {linux:>12.1} {ratio:>6.2} {goal:>6.2}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# compiler\trustc 1\n# name\ta\nfree\t100\nload\t5000\n";

    fn changes(lines: &[&str], is_all: bool) -> Vec<String> {
        let lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
        let changes = Table::parse(TEXT).changes(&measured(&lines), is_all);
        changes.iter().map(Change::to_string).collect()
    }

    #[test]
    fn a_change_of_more_than_a_percent_is_seen() {
        let same = ["BENCH free 10 1009 100.900", "BENCH load 1 4951 4951.000"];
        assert_eq!(changes(&same, true), [""; 0]);
        let other = ["BENCH free 10 1011 101.100", "BENCH load 1 4949 4949.000"];
        assert_eq!(changes(&other, true), ["free +1.1 %", "load -1.0 %"]);
    }

    #[test]
    fn new_and_missing_figures_are_seen() {
        let lines = ["BENCH free 10 1000 100.000", "BENCH other 1 1 1.000"];
        assert_eq!(changes(&lines, true), ["load is missing", "other is new"]);
        // One group alone was asked for.
        assert_eq!(changes(&lines, false), [""; 0]);
    }

    #[test]
    fn what_is_accepted_reads_back() {
        let mut table = Table::parse(TEXT);
        let lines = ["BENCH load 1 4000 4000.000", "BENCH other 3 4 1.333"];
        let measured = measured(&lines.map(str::to_owned));
        table.accept(&measured, "rustc 2".to_owned(), false);
        let again = Table::parse(&table.to_string());
        assert_eq!(again.compiler, "rustc 2");
        assert_eq!(again.to_string(), table.to_string());
        assert_eq!(again.changes(&measured, false), []);
        assert_eq!(again.rows.len(), 3);
        table.accept(&measured, "rustc 2".to_owned(), true);
        assert_eq!(table.rows.len(), 2);
    }

    /// What was accepted, of a block of kmalloc: with a million it costs a tenth more at most
    /// than with a thousand.
    #[test]
    fn a_block_of_kmalloc_costs_the_same_among_many() {
        let table = Table::read().unwrap();
        let of = |name: &str| {
            let row = table.rows.iter().find(|row| row.name == name);
            row.expect("bench has these rows").accepted
        };
        let few = of("kmalloc_kfree_1k");
        for name in [
            "kmalloc_kfree_10k",
            "kmalloc_kfree_100k",
            "kmalloc_kfree_1m",
        ] {
            assert!(of(name) <= few * 1.1, "{name}: {few} and {}", of(name));
        }
    }
}
