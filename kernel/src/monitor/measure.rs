//! Commands that run the self-tests and the benchmark.

use super::command::{Action, Command};
use super::error::Error;
use super::interrupt;
use crate::selftest::Summary;
use crate::{bench, command_line, selftest};

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "selftest",
        arguments: "[GLOB]",
        help: "runs self-tests",
        look: "GLOB has * for anything; a test's name is group.name.",
        example: "selftest percpu.*",
        action: Action::Run(self_tests),
    },
    Command {
        name: "bench",
        arguments: "[GROUP]",
        help: "measures; counts instructions under -icount",
        look: "GROUP: one of the groups that the lines name.",
        example: "bench percpu",
        action: Action::Run(benchmark),
    },
];

fn self_tests<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    let glob = match arguments {
        [] => None,
        [glob] => Some(*glob),
        _ => return Err(Error::Expected("one glob")),
    };
    let Summary { passed, failed, .. } =
        selftest::run_all(glob, command_line::Options::DEFAULT.seed);
    interrupt::check()?;
    match (passed, failed) {
        (0, 0) => Err(Error::NoTestRan),
        (_, 0) => Ok(()),
        (_, failed) => Err(Error::TestsFailed(failed)),
    }
}

fn benchmark<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    match arguments {
        [] => Ok(bench::run(None)?),
        [group] => Ok(bench::run(Some(group))?),
        _ => Err(Error::Expected("one group")),
    }
}
