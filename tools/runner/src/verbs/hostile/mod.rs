//! The verb `hostile`: what becomes of guests that are given broken things.
//!
//! ```text
//!  archives.rs  initrds: bytes, lengths and names changed, parts lost or doubled
//!  lines.rs     kernel command lines: right words and wrong ones, many and long
//!  objects.rs   modules: bits, and fields of headers, tables and entries
//!  change.rs    a change that is one
//!  trials.rs    a guest each, of modules many; how each trial ended
//!  ending.rs    the kinds of endings, of which some must not be
//!  extent.rs    how many, from which on
//! ```
//!
//! Every trial has to end by name: refused, failed, crashed with a report. It must not
//! hang, end without a word, or pass as if nothing were wrong. A trial comes from the
//! seed and its number, so `--first N --trials 1` has it again.

mod archives;
mod change;
mod ending;
mod extent;
mod lines;
mod objects;
mod trials;

use crate::build;
use crate::build::c::compiler::Compiler;
use crate::build::layout;
use crate::build::toolchain::Toolchain;
use crate::error::Error;
use crate::guest::initrd;
use crate::options::Options;
use crate::screen::output;
use ending::KINDS;
pub use extent::Extent;
use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;
use trials::{Machine, Trial};

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Initrd,
    CommandLine,
    Module,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Initrd, Self::CommandLine, Self::Module];

    fn name(self) -> &'static str {
        match self {
            Self::Initrd => "initrd",
            Self::CommandLine => "command line",
            Self::Module => "module",
        }
    }
}

/// Runs the trials and prints how they ended; fails if one ended as none may.
pub fn run(toolchain: Toolchain, options: &Options, extent: Extent) -> Result<ExitCode, Error> {
    let guest = build::guest(toolchain, Compiler::default())?;
    let archive = initrd::archive(&guest, options)?;
    let machine = Machine::new(options, &guest, &archive, extent.seed)?;
    let mut trials = Vec::new();
    for kind in Kind::ALL {
        let ended = match kind {
            Kind::Initrd => machine.archives(extent)?,
            Kind::CommandLine => machine.lines(extent)?,
            Kind::Module => machine.modules(extent)?,
        };
        trials.extend(ended.into_iter().map(|trial| (kind, trial)));
    }
    table(&trials);
    let list = layout::release().join("hostile.txt");
    let lines = trials.iter().map(|(kind, trial)| {
        let Trial {
            number,
            what,
            ending,
            last_lines: _,
        } = trial;
        format!("{} {number}\t{ending:?}\t{what:?}\n", kind.name())
    });
    fs::write(&list, lines.collect::<String>()).map_err(Error::file("write", &list))?;
    output::line!("\neach trial: {}", list.display());
    let wrong: Vec<_> = trials
        .iter()
        .filter(|(_, trial)| trial.ending.is_wrong())
        .collect();
    for (kind, trial) in &wrong {
        output::line!(
            "\n{} {}: {}\n  {}",
            kind.name(),
            trial.number,
            trial.ending,
            trial.what
        );
        for line in &trial.last_lines {
            output::line!("    {line}");
        }
    }
    let sum = trials.len();
    if wrong.is_empty() {
        output::message!("all {sum} hostile trials ended by name");
        return Ok(ExitCode::SUCCESS);
    }
    output::message!(
        "{} of {sum} hostile trials ended as none may, of seed {}",
        wrong.len(),
        extent.seed
    );
    Ok(ExitCode::FAILURE)
}

/// Prints a row for each kind of ending, and the commonest of its words.
fn table(trials: &[(Kind, Trial)]) {
    let [initrd, line, module] = Kind::ALL.map(Kind::name);
    output::line!("{:30} {initrd:>8} {line:>14} {module:>8}", "ended");
    for name in KINDS {
        let of = |wanted: Kind| {
            let ended = trials.iter().filter(|(kind, _)| *kind == wanted);
            ended
                .filter(|(_, trial)| trial.ending.kind() == name)
                .count()
        };
        let [initrds, lines, modules] = Kind::ALL.map(of);
        if initrds + lines + modules != 0 {
            output::line!("{name:30} {initrds:>8} {lines:>14} {modules:>8}");
        }
    }
    for kind in Kind::ALL {
        let mut words: BTreeMap<String, u64> = BTreeMap::new();
        for (_, trial) in trials.iter().filter(|(other, _)| *other == kind) {
            *words.entry(ending::shape(&trial.ending)).or_insert(0) += 1;
        }
        let mut words: Vec<_> = words.into_iter().collect();
        words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        output::line!("\n{}:", kind.name());
        for (words, count) in words.into_iter().take(12) {
            output::line!("  {count:4} {words}");
        }
    }
}
