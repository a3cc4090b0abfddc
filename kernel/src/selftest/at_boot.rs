//! The run that the machine was started for. That a module isn't there which boot should
//! have loaded fails it, whatever the glob: what was asked for wasn't shown.

use super::modules::is_near;
use super::{NotPassed, Summary};
use crate::modules::{Error, Lost, Reason, lost_at_boot};
use crate::selftest;
use alloc::string::String;
use alloc::vec::Vec;
use loader::LoadError;

/// Runs the tests that the glob names, and this file's if boot has lost a module.
pub fn run(glob: Option<&str>, seed: u64) -> Summary {
    let lost = !unexpected().is_empty();
    super::run(glob, seed, |test| lost && test.name == "boot.modules")
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

selftest!("boot.modules", none_is_lost);
