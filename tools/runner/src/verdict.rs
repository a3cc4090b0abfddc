//! The verdicts that a run can get: their exit codes and their words.

use crate::ktap::Defect;
use crate::transcript::{RunSummary, Summary};
use std::fmt;
use std::time::Duration;

/// Why a report can't be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// No plan line.
    NoPlan,
    /// Fewer results than planned.
    Short {
        /// Results seen.
        seen: usize,
        /// Results planned.
        planned: usize,
    },
    /// More results than planned.
    Long {
        /// Results seen.
        seen: usize,
        /// Results planned.
        planned: usize,
    },
    /// The report contradicts itself.
    Defect(Defect),
    /// `Bail out!`
    BailOut(String),
    /// No final summary line.
    NoSummary,
    /// The summary and the report disagree.
    Disagree(Summary),
    /// The summary of `--run` never came.
    NoRunSummary {
        /// Commands given.
        given: usize,
    },
    /// Not all commands of `--run` were carried out.
    CommandsLeft {
        /// Commands carried out.
        done: usize,
        /// Commands given.
        given: usize,
    },
}

/// What to say, and to exit with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The guest proved that it passed.
    Passed(Pass),
    /// Self-tests failed, by name.
    TestsFailed(Vec<String>),
    /// Commands of `--run` failed.
    CommandsFailed(RunSummary),
    /// A complete report in which nothing ran.
    NothingRan {
        /// Test cases skipped.
        skipped: usize,
    },
    /// The guest crashed; its panic line, if it got to print one.
    Crashed(Option<String>),
    /// The guest ran past its limit.
    TimedOut {
        /// The limit.
        limit: Duration,
        /// The last line it printed.
        last_line: Option<String>,
    },
    /// The guest powered off too soon, or told nonsense.
    EndedEarly(Incomplete),
    /// QEMU was ended from outside.
    Killed,
}

/// What exactly passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Self-tests.
    Tests(Summary),
    /// Commands.
    Commands(usize),
    /// A session ended in an orderly way.
    Session,
}

impl Verdict {
    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Verdict::Passed(_) => 0,
            Verdict::TestsFailed(_) | Verdict::CommandsFailed(_) | Verdict::NothingRan { .. } => 1,
            Verdict::Crashed(_) => 3,
            Verdict::TimedOut { .. } => 4,
            Verdict::EndedEarly(_) => 5,
            Verdict::Killed => 6,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Passed(Pass::Tests(summary)) => {
                let Summary {
                    passed, skipped, ..
                } = summary;
                write!(f, "passed: {passed} self-tests, {skipped} skipped")
            }
            Verdict::Passed(Pass::Commands(count)) => write!(f, "passed: {count} commands"),
            Verdict::Passed(Pass::Session) => write!(f, "the guest powered off"),
            Verdict::TestsFailed(names) => {
                write!(f, "{} self-tests failed: {}", names.len(), names.join(", "))
            }
            Verdict::CommandsFailed(RunSummary { commands, failed }) => {
                write!(f, "{failed} of {commands} commands failed")
            }
            Verdict::NothingRan { skipped } => {
                write!(f, "no self-test ran ({skipped} skipped)")
            }
            Verdict::Crashed(Some(line)) => write!(f, "the guest crashed: {line}"),
            Verdict::Crashed(None) => {
                write!(
                    f,
                    "the guest crashed: a disabled wait without a panic message"
                )
            }
            Verdict::TimedOut { limit, last_line } => {
                write!(
                    f,
                    "the guest ran past its {} s and was stopped; ",
                    limit.as_secs()
                )?;
                match last_line {
                    Some(line) => write!(f, "its last line: {line}"),
                    None => write!(f, "it printed nothing"),
                }
            }
            Verdict::EndedEarly(incomplete) => write!(f, "{incomplete}"),
            Verdict::Killed => write!(f, "QEMU was ended by a signal"),
        }
    }
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Incomplete::NoPlan => write!(f, "the guest powered off without a test plan"),
            Incomplete::Short { seen, planned } => write!(
                f,
                "the guest powered off before its test plan was complete ({seen} of {planned})"
            ),
            Incomplete::Long { seen, planned } => {
                write!(
                    f,
                    "the guest reported {seen} results for a plan of {planned}"
                )
            }
            Incomplete::Defect(defect) => write!(f, "the test report is unsound: {defect}"),
            Incomplete::BailOut(reason) => write!(f, "the guest gave up its tests: {reason}"),
            Incomplete::NoSummary => {
                write!(f, "the guest powered off before its final summary line")
            }
            Incomplete::Disagree(Summary {
                passed,
                failed,
                skipped,
            }) => write!(
                f,
                "the final summary ({passed} passed, {failed} failed, {skipped} skipped) \
                 disagrees with the test report"
            ),
            Incomplete::NoRunSummary { given } => write!(
                f,
                "the guest powered off before it had carried out its {given} commands"
            ),
            Incomplete::CommandsLeft { done, given } => {
                write!(f, "the guest powered off after {done} of {given} commands")
            }
        }
    }
}
