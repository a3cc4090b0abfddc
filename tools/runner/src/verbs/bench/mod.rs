//! The verb `bench`: what a guest measured beside what was accepted, beside Linux on the
//! same work, and as it grows.
//!
//! ```text
//!  measured.rs    `BENCH name operations total per_operation` ──► figures by name
//!  figures.rs     docs/figures.tsv: accepted figures; what has changed
//!  rows.rs        what Linux is compared by: names, floors, goals
//!  comparison.rs  docs/peer.tsv: ours and Linux's
//!  peer/          --peer: both are measured
//!  growth/        --plots: docs/growth.tsv, docs/plots
//!  shares.rs      where a row's instructions go, by function
//!  document.rs    docs/performance.md: its tables are those of the files
//!  contention.rs  --contention: pairs a second, CPUs in each other's way
//!  sanity.rs      what catching misuse of memory costs
//!  guest.rs       a guest of ours that is run for its figures
//! ```

mod comparison;
pub mod contention;
mod document;
mod figures;
mod growth;
mod guest;
mod measured;
mod peer;
mod rows;
pub mod sanity;
mod shares;

use crate::build;
use crate::build::c::compiler::Compiler;
use crate::build::toolchain::Toolchain;
use crate::error::Error;
use crate::options::{Options, Verb};
use crate::screen::output;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Looks at the figures among the lines of a run that passed; returns what changed since
/// they were accepted. With `--accept` they are now.
///
/// # Errors
/// If a file of docs can't be read or written.
pub fn check(options: &Options, lines: &[String]) -> Result<Vec<String>, Error> {
    let changes = figures::check(options, lines)?;
    if matches!(options.verb, Some(Verb::Bench { accept: true, .. })) {
        document::update(Vec::new())?;
    }
    Ok(changes)
}

/// What was measured last, for a page: beside Linux, and as it grows.
///
/// # Errors
/// If a file of docs can't be read.
pub fn kept_figures() -> Result<Value, Error> {
    let comparison = comparison::Comparison::read()?.to_json();
    let growth = growth::Growth::read()?.to_json();
    Ok(json!({"comparison": comparison, "growth": growth}))
}

/// What is measured by guests of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// Linux, too, on the same work; whether that is accepted.
    Peer { accept: bool },
    /// How costs grow.
    Plots,
    /// Everything that docs/performance.md is made of.
    Document,
}

/// Measures it. That a figure is off its goal is shown, and is no failure; a broken limit of
/// growth is.
pub fn run(toolchain: Toolchain, options: &Options, more: More) -> Result<ExitCode, Error> {
    let guest = build::guest(toolchain, Compiler::default())?;
    if more == More::Document {
        figures::accept(&guest, options)?;
    }
    if let More::Peer { .. } | More::Document = more {
        let comparison = peer::measure(&guest, options)?;
        output::line!("{comparison}");
        match more {
            More::Peer { accept: false } => {}
            _ => comparison.write()?,
        }
    }
    let mut broken = Vec::new();
    if let More::Plots | More::Document = more {
        let growth = growth::measure(&guest, options)?;
        growth.write()?;
        output::line!("{}", growth.limits());
        broken = growth.broken();
    }
    let measured = match more {
        More::Document => shares::measure(&guest, options)?,
        _ => Vec::new(),
    };
    if more != (More::Peer { accept: false }) {
        document::update(measured)?;
    }
    for limit in &broken {
        output::message!("more than is put up with, or less: {limit}");
    }
    Ok(match broken.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
