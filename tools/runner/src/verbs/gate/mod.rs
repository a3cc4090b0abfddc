//! The verb `test`: one gate, the same on a desk and in CI.
//!
//! ```text
//!  stages       what is run, in which order
//!  schedule     which of them run at once
//!  stage        runs one, by its exit code and its tests
//!  test_output  reads what cargo test writes
//!  results      what all add up to, each test counted once
//!  times        which tests took longest
//! ```
//!
//! After a stage that fails no other starts. At its end stand a table of the stages, what
//! was skipped and why, and as the last line the counts.

mod results;
mod schedule;
mod stage;
mod stages;
mod test_output;
mod times;

use crate::build::layout;
use crate::build::toolchain::Toolchain;
use crate::screen::output;
use results::{Results, StageResult};
use std::process::ExitCode;
use std::time::Instant;

/// Runs all stages, and with `all` those that take longer.
pub fn run(toolchain: Toolchain, all: bool) -> ExitCode {
    let start = Instant::now();
    output::message!("{}", estimate(all));
    let times = times::Times::new();
    let stages = stages::stages(toolchain, all, times.path());
    let outcomes = schedule::run(stages, |outcome| {
        let (name, result) = (outcome.name, outcome.result());
        output::line!("== {name}: {result}, {:.1} s", outcome.time.as_secs_f64());
        let text = outcome.ended.as_ref().map_or("", |ended| &ended.text);
        text.lines().for_each(|line| output::line!("{line}"));
    });
    output::line!("\n== stages; some run side by side");
    let mut total = Results::default();
    let mut failed = false;
    for outcome in outcomes {
        let (name, result) = (outcome.name, outcome.result());
        output::line!("{result:<8} {:6.1} s  {name}", outcome.time.as_secs_f64());
        failed |= result == StageResult::Failed;
        // In their order: a test that is left to another stage is that stage's.
        if let Some(ended) = outcome.ended {
            total.add(ended.results, &ended.ran);
        }
    }
    output::line!("total    {:6.1} s", start.elapsed().as_secs_f64());
    if let Some(longest) = times.longest() {
        output::line!("longest  {longest}");
    }
    print_skipped(&total.skipped, failed);
    output::line!("\n== tests; a stage without tests counts as one");
    output::line!("{total}");
    match failed {
        true => {
            output::message!("the tests failed");
            ExitCode::FAILURE
        }
        false => {
            output::message!("all tests passed");
            ExitCode::SUCCESS
        }
    }
}

/// What was skipped, and why.
fn print_skipped(skipped: &[(String, String)], failed: bool) {
    if !skipped.is_empty() {
        output::line!("\n== skipped");
    }
    let (left, known): (Vec<_>, Vec<_>) = skipped.iter().partition(|(_, why)| why.is_empty());
    for (name, reason) in known {
        output::line!("{name}: {reason}");
    }
    match failed {
        true if left.is_empty() => {}
        true => output::line!("{} tests: an earlier stage failed", left.len()),
        false => left
            .iter()
            .for_each(|(name, _)| output::line!("{name}: no stage runs it")),
    }
}

/// How long it takes, measured on two cores.
fn estimate(all: bool) -> &'static str {
    match (layout::kernel().exists(), all) {
        (true, false) => "about 2 minutes on two cores",
        (false, false) => "about 4 minutes on two cores; later runs take 2",
        (_, true) => "about 8 minutes on two cores",
    }
}
