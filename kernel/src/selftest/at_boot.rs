//! The run that the machine was started for. That a module isn't there which boot should
//! have loaded, or a CPU that it should have started, fails it, whatever the glob: what
//! was asked for wasn't shown.

use super::modules::is_near;
use super::{NotPassed, Summary};
use crate::command_line::Options;
use crate::modules::{Error, Lost, Reason, lost_at_boot};
use crate::{check, cpus, selftest};
use alloc::string::String;
use alloc::vec::Vec;
use loader::LoadError;
use spin::Once;

/// CPUs that boot should have started, its own included.
static WANTED_CPUS: Once<u32> = Once::new();

/// Runs the tests that `selftest=` names, and those of this file whose matter boot has
/// lost.
pub fn run(options: &Options) -> Summary {
    let max = options.max_cpus.unwrap_or(u32::MAX);
    WANTED_CPUS.call_once(|| cpus::present().min(max));
    let modules = none_is_lost().is_err();
    let cpus = all_are_online().is_err();
    super::run(options.selftest, options.seed, |test| match test.name {
        "boot.modules" => modules,
        "boot.cpus" => cpus,
        _ => false,
    })
}

fn all_are_online() -> Result<(), NotPassed> {
    let online = cpus::online_count();
    match WANTED_CPUS.get() {
        None => return Err(NotPassed::Skipped("only for the tests of a whole run")),
        Some(wanted) => check!(online >= *wanted, "{online} of {wanted} CPUs are online"),
    }
    Ok(())
}

/// What boot has lost and should not have, a line each.
fn unexpected() -> Vec<String> {
    let Some(lost) = lost_at_boot() else {
        return Vec::new();
    };
    let errors = lost.errors.iter().filter(|error| !is_lesson(lost, error));
    let mut lines: Vec<String> = errors.map(|error| alloc::format!("{error}")).collect();
    if lost.more > 0 {
        lines.push(alloc::format!(
            "{} more, for whose errors there was no memory",
            lost.more
        ));
    }
    lines
}

/// Whether it is the refusal that the tree's modules are there to show: of `direct`, when
/// far, unless it was asked for by name.
fn is_lesson(lost: &Lost, error: &Error<'_>) -> bool {
    let overflow = matches!(error.reason, Reason::Object(LoadError::Overflow(_)));
    !lost.chosen && error.name == "direct" && overflow && !is_near()
}

fn none_is_lost() -> Result<(), NotPassed> {
    if lost_at_boot().is_none() {
        return Err(NotPassed::Skipped("boot loads no modules"));
    }
    match unexpected() {
        lines if lines.is_empty() => Ok(()),
        lines => Err(NotPassed::Failed(lines.join("\n"))),
    }
}

selftest!("boot.cpus", all_are_online);
selftest!("boot.modules", none_is_lost);
