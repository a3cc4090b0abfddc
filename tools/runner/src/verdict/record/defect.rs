//! What contradicts a record, and its words.

use crate::verdict::events::{CommandCounts, TestCounts};
use std::fmt;

/// A contradiction in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// A line that is no event.
    NotAnEvent {
        /// The line.
        line: String,
        /// The parser's reason.
        error: String,
    },
    /// An event that doesn't carry the run's token.
    Foreign {
        /// The line.
        line: String,
    },
    /// A plan within a run of self-tests that hasn't ended.
    PlanWithinRun,
    /// A result outside of a run of self-tests.
    TestWithoutPlan {
        /// The self-test.
        name: String,
    },
    /// A result whose number isn't the next one.
    TestOutOfOrder {
        /// The number that was due.
        expected: usize,
        /// The number that came.
        found: usize,
    },
    /// A result beyond the plan.
    TestBeyondPlan {
        /// Results planned.
        planned: usize,
    },
    /// A run of self-tests ended before its plan was complete.
    TestsMissing {
        /// Results that came.
        seen: usize,
        /// Results planned.
        planned: usize,
    },
    /// The counts at a run's end aren't those of its results.
    TestsDisagree {
        /// The guest's counts.
        stated: TestCounts,
        /// The results that came.
        seen: TestCounts,
    },
    /// A command whose number isn't the next one.
    CommandOutOfOrder {
        /// The number that was due.
        expected: usize,
        /// The number that came.
        found: usize,
    },
    /// The counts at the end of `--run` aren't those of its commands.
    CommandsDisagree {
        /// The guest's counts.
        stated: CommandCounts,
        /// The commands that came.
        seen: CommandCounts,
    },
    /// A command, or their counts, after the counts.
    AfterCommands,
    /// An event after the power-off.
    AfterPoweroff,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Defect::NotAnEvent { line, error } => write!(f, "{line:?} is no event: {error}"),
            Defect::Foreign { line } => {
                write!(f, "{line:?} doesn't carry the token of this run")
            }
            Defect::PlanWithinRun => write!(f, "a test plan within another"),
            Defect::TestWithoutPlan { name } => write!(f, "a result of {name} without a plan"),
            Defect::TestOutOfOrder { expected, found } => {
                write!(f, "test {found} came where test {expected} was due")
            }
            Defect::TestBeyondPlan { planned } => {
                write!(f, "more results than the {planned} that were planned")
            }
            Defect::TestsMissing { seen, planned } => {
                write!(f, "the self-tests ended after {seen} of {planned}")
            }
            Defect::TestsDisagree { stated, seen } => {
                write!(
                    f,
                    "the final counts ({stated}) aren't those of the results ({seen})"
                )
            }
            Defect::CommandOutOfOrder { expected, found } => {
                write!(f, "command {found} came where command {expected} was due")
            }
            Defect::CommandsDisagree { stated, seen } => {
                write!(
                    f,
                    "the final counts ({stated}) aren't those of the commands ({seen})"
                )
            }
            Defect::AfterCommands => write!(f, "a command after the counts of all"),
            Defect::AfterPoweroff => write!(f, "an event after the power-off"),
        }
    }
}
