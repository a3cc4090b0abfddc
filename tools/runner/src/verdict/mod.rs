//! The verdicts that a run can get: their exit codes and their words.
//!
//! ```text
//!  events/   the control channel's lines
//!  token     what shows that they are this run's
//!  record/   what they add up to
//!  judge     from the record to a verdict
//! ```
//!
//! Nothing here reads, writes or waits: what a run was is handed in.

pub mod events;
pub mod judge;
pub mod record;
pub mod token;

use events::TestCounts;
use record::Defect;
use std::fmt;
use std::time::Duration;

/// Why the guest's record is no proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// Nothing came by the control channel.
    NoEvents,
    /// No test plan.
    NoPlan,
    /// The power-off came within the self-tests.
    TestsMissing {
        /// Results that came.
        seen: usize,
        /// Results planned.
        planned: usize,
    },
    /// All results came, but not their counts.
    NoTestCounts,
    /// The self-tests ran more than once.
    SecondPlan,
    /// The record contradicts itself.
    Defect(Defect),
    /// The guest gave up its self-tests.
    BailOut(String),
    /// Not all commands of `--run` were carried out.
    CommandsMissing {
        /// Commands carried out.
        done: usize,
        /// Those of them that failed.
        failed: usize,
        /// Commands given.
        given: usize,
    },
    /// All commands were carried out, but the end of `--run` didn't come.
    NoCommandCounts,
    /// More commands than were given.
    CommandsBeyond {
        /// Commands carried out.
        done: usize,
        /// Commands given.
        given: usize,
    },
    /// The guest's end wasn't announced.
    NoPoweroff,
}

/// What to print, and to exit with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The guest proved that it passed.
    Passed(Pass),
    /// Self-tests failed, by name.
    TestsFailed(Vec<String>),
    /// Commands of `--run` failed.
    CommandsFailed {
        /// Commands given.
        given: usize,
        /// Those of them that failed.
        failed: usize,
    },
    /// Figures of `bench` aren't what was accepted.
    FiguresChanged(Vec<String>),
    /// A complete record in which nothing ran.
    NothingRan {
        /// Test cases skipped.
        skipped: usize,
    },
    /// The guest crashed, with a panic event.
    Panicked {
        /// The panic, in the console's words.
        panic: String,
    },
    /// The guest crashed without one.
    Crashed {
        /// The last line that it printed.
        last_line: Option<String>,
    },
    /// The guest ran past its limit.
    TimedOut(Timeout),
    /// The guest powered off too soon, or contradicted itself.
    EndedEarly(Incomplete),
    /// A signal to this program ended the run: Ctrl-C, for one.
    Interrupted {
        /// The signal's number.
        signal: i32,
    },
    /// QEMU was ended from outside, or by a fault of its own.
    Killed {
        /// The signal's number.
        signal: i32,
    },
}

/// A guest that ran past its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeout {
    /// The limit.
    pub limit: Duration,
    /// The last line that it printed by itself.
    pub last_line: Option<String>,
    /// Where it was.
    pub place: Place,
}

/// Where a guest was whose time was up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It answered the NMI: its report's first line, and where the CPU was that took it.
    Reported {
        /// The panic, in the console's words.
        panic: String,
        /// An address with its name, of the report's backtrace.
        address: Option<String>,
    },
    /// It didn't; QEMU says where its CPUs were, a text each.
    Cpus(Vec<String>),
    /// gdb had paused the machine, or it was never let go.
    Paused(Vec<String>),
    /// QEMU itself didn't answer: it is stopped, or at its end.
    Unknown,
}

/// What exactly passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Self-tests.
    Tests(TestCounts),
    /// This many commands.
    Commands(usize),
    /// This many commands, and test cases of modules'.
    CommandsAndSubtests(usize, TestCounts),
    /// A session that ended with a power-off.
    Session,
}

impl Verdict {
    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Verdict::Passed(_) => 0,
            Verdict::TestsFailed(_)
            | Verdict::FiguresChanged(_)
            | Verdict::CommandsFailed { .. }
            | Verdict::NothingRan { .. } => 1,
            Verdict::Panicked { .. } | Verdict::Crashed { .. } => 3,
            Verdict::TimedOut(_) => 4,
            Verdict::EndedEarly(_) => 5,
            Verdict::Killed { .. } => 6,
            // As a shell has it; signals that can be caught are all below 128.
            Verdict::Interrupted { signal } => 128 + u8::try_from(*signal).unwrap_or(0),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Passed(Pass::Tests(counts)) => {
                let TestCounts {
                    passed, skipped, ..
                } = counts;
                write!(f, "passed: {passed} self-tests, {skipped} skipped")
            }
            Verdict::Passed(Pass::Commands(count)) => write!(f, "passed: {count} commands"),
            Verdict::Passed(Pass::CommandsAndSubtests(count, subtests)) => {
                let TestCounts {
                    passed, skipped, ..
                } = subtests;
                write!(
                    f,
                    "passed: {count} commands, {passed} sub-tests, {skipped} skipped"
                )
            }
            Verdict::Passed(Pass::Session) => write!(f, "the guest powered off"),
            Verdict::FiguresChanged(changes) => write!(
                f,
                "{} figures changed by more than 1 %: {}; bench --accept accepts them",
                changes.len(),
                changes.join(", ")
            ),
            Verdict::TestsFailed(names) => {
                write!(f, "{} self-tests failed: {}", names.len(), names.join(", "))
            }
            Verdict::CommandsFailed { given, failed } => {
                write!(f, "{failed} of {given} commands failed")
            }
            Verdict::NothingRan { skipped } => write!(f, "no self-test ran ({skipped} skipped)"),
            Verdict::Panicked { panic } => write!(f, "the guest crashed: {panic}"),
            Verdict::Crashed { last_line } => {
                write!(f, "the guest crashed: a disabled wait without a panic; ")?;
                write_last_line(f, last_line.as_deref())
            }
            Verdict::TimedOut(timeout) => {
                let seconds = timeout.limit.as_secs();
                let place = &timeout.place;
                write!(
                    f,
                    "the guest ran past its {seconds} s and was stopped; {place}; "
                )?;
                write_last_line(f, timeout.last_line.as_deref())
            }
            Verdict::EndedEarly(incomplete) => write!(f, "{incomplete}"),
            Verdict::Interrupted { signal: 2 } => write!(f, "stopped by Ctrl-C"),
            Verdict::Interrupted { signal } => write!(f, "stopped by signal {signal}"),
            Verdict::Killed { signal } => {
                let name = signal_hook::low_level::signal_name(*signal);
                let name = name.unwrap_or("unknown");
                write!(f, "QEMU was ended by signal {signal} ({name})")
            }
        }
    }
}

/// CPUs that a verdict names, of those that do something.
const NAMED_CPUS: usize = 4;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let write = |f: &mut fmt::Formatter<'_>, cpus: &[String]| {
            let named = &cpus[..cpus.len().min(NAMED_CPUS)];
            write!(f, "{}", named.join(", "))?;
            match cpus.len() - named.len() {
                0 => Ok(()),
                others => write!(f, ", and {others} others"),
            }
        };
        match self {
            Place::Reported { panic, address } => {
                let panic = panic.strip_prefix("panic: ").unwrap_or(panic);
                write!(f, "asked by an NMI it says: {panic}")?;
                match address {
                    Some(address) => write!(f, ", at {address}"),
                    None => Ok(()),
                }
            }
            Place::Cpus(cpus) => {
                write!(f, "it doesn't answer an NMI: ")?;
                write(f, cpus)
            }
            Place::Paused(cpus) => {
                write!(f, "the machine was paused: ")?;
                write(f, cpus)
            }
            Place::Unknown => write!(f, "QEMU doesn't answer either"),
        }
    }
}

fn write_last_line(f: &mut fmt::Formatter<'_>, line: Option<&str>) -> fmt::Result {
    match line {
        Some(line) => write!(f, "its last line: {line}"),
        None => write!(f, "it printed nothing"),
    }
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Incomplete::NoEvents => write!(
                f,
                "the guest ended without a word on its control channel; is the kernel older \
                 than docs/control-channel.md?"
            ),
            Incomplete::NoPlan => write!(f, "the guest powered off without a test plan"),
            Incomplete::TestsMissing { seen, planned } => write!(
                f,
                "the guest powered off before its test plan was complete ({seen} of {planned})"
            ),
            Incomplete::NoTestCounts => {
                write!(
                    f,
                    "the guest powered off before the counts of its self-tests"
                )
            }
            Incomplete::SecondPlan => write!(f, "the guest ran its self-tests more than once"),
            Incomplete::Defect(defect) => write!(f, "the guest's record is unsound: {defect}"),
            Incomplete::BailOut(reason) => write!(f, "the guest gave up its tests: {reason}"),
            Incomplete::CommandsMissing {
                done,
                failed,
                given,
            } => {
                write!(f, "the guest powered off after {done} of {given} commands")?;
                match failed {
                    0 => Ok(()),
                    failed => write!(f, ", {failed} failed"),
                }
            }
            Incomplete::NoCommandCounts => {
                write!(f, "the guest powered off before the counts of its commands")
            }
            Incomplete::CommandsBeyond { done, given } => {
                write!(
                    f,
                    "the guest carried out {done} commands where {given} were given"
                )
            }
            Incomplete::NoPoweroff => {
                write!(f, "the guest ended without announcing its power-off")
            }
        }
    }
}
