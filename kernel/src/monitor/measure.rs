//! Commands that run the self-tests and the benchmark.

use super::command::{Command, text};
use crate::{bench, command_line, selftest};
use alloc::format;
use alloc::string::String;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "selftest",
        arguments: "[GLOB]",
        help: "runs self-tests",
        run: self_tests,
    },
    Command {
        name: "bench",
        arguments: "[GROUP]",
        help: "measures; counts instructions under -icount",
        run: benchmark,
    },
];

fn self_tests(arguments: &[&'static str]) -> Result<(), String> {
    let glob = match arguments {
        [] => None,
        [glob] => Some(*glob),
        _ => return Err("expected one glob".into()),
    };
    let summary = selftest::run_all(glob, command_line::Options::DEFAULT.seed);
    match summary {
        selftest::Summary {
            failed: 0,
            passed: 1..,
            ..
        } => Ok(()),
        selftest::Summary { failed: 0, .. } => Err("no self-test ran".into()),
        selftest::Summary { failed, .. } => Err(format!("{failed} self-tests failed")),
    }
}

fn benchmark(arguments: &[&'static str]) -> Result<(), String> {
    match arguments {
        [] => text(bench::run(None)),
        [group] => text(bench::run(Some(group))),
        _ => Err("expected one group".into()),
    }
}
