//! The verdict on a run.
//!
//! A guest must prove that it passed. QEMU's exit code alone proves nothing: it is 0 for
//! every orderly power-off, however early. So a pass needs all of it: a clean exit, and
//! by the control channel a record that is complete and agrees with itself. The
//! console's text decides nothing; a module may print what it likes.
//!
//! ```text
//!  panic event, exit code not 0   crashed     3     looked at first: what ended
//!  timeout, no panic before       timed out   4     the run explains the rest
//!  signal to this program         interrupted 128 + signal
//!  signal to QEMU                 killed      6
//!  record incomplete              ended early 5
//!  a test or command failed       failed      1
//!  nothing ran                    failed      1
//!  none of these                  passed      0
//! ```

use crate::verdict::events::PoweredOffBy;
use crate::verdict::record::Record;
use crate::verdict::{Incomplete, Pass, Timeout, Verdict};

/// How QEMU ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this code.
    Exit(i32),
    /// This signal ended it, from outside or by a fault of its own.
    Killed(i32),
    /// The guest ran past its limit, and was ended.
    TimedOut(Timeout),
    /// This program got this signal, and ended it.
    Interrupted(i32),
}

/// What the guest was started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// All self-tests, or those that `selftest=` names.
    SelfTests,
    /// This many commands of `--run`.
    Commands(usize),
    /// A person at the console or in gdb: only the end is judged.
    Session,
}

/// Judges a run by how it ended and what it recorded; `last_line` is the last of its
/// text, shown to people where the record has no reason.
pub fn judge(
    purpose: Purpose,
    ending: Ending,
    record: &Record,
    last_line: Option<&str>,
) -> Verdict {
    let last_line = last_line.map(str::to_owned);
    match (&record.panic, ending) {
        // A guest that was asked where it is answers by a panic.
        (_, Ending::TimedOut(timeout)) => return Verdict::TimedOut(timeout),
        (Some(panic), _) => {
            let panic = panic.clone();
            return Verdict::Panicked { panic };
        }
        (None, Ending::Interrupted(signal)) => return Verdict::Interrupted { signal },
        (None, Ending::Killed(signal)) => return Verdict::Killed { signal },
        (None, Ending::Exit(0)) => {}
        (None, Ending::Exit(_)) => return Verdict::Crashed { last_line },
    }
    let judged = match purpose {
        _ if record.lines == 0 => Err(Incomplete::NoEvents),
        Purpose::SelfTests => self_tests(record),
        Purpose::Commands(given) => commands(given, record),
        Purpose::Session => session(record),
    };
    judged.unwrap_or_else(Verdict::EndedEarly)
}

fn self_tests(record: &Record) -> Result<Verdict, Incomplete> {
    sound(record)?;
    let run = match record.test_runs.as_slice() {
        [] => return Err(Incomplete::NoPlan),
        [run] => run,
        _ => return Err(Incomplete::SecondPlan),
    };
    announced(record)?;
    let failures = record.failed_tests();
    Ok(if !failures.is_empty() {
        Verdict::TestsFailed(failures)
    } else if run.seen.passed == 0 {
        let skipped = run.seen.skipped;
        Verdict::NothingRan { skipped }
    } else {
        Verdict::Passed(Pass::Tests(run.seen))
    })
}

fn commands(given: usize, record: &Record) -> Result<Verdict, Incomplete> {
    let (done, failed) = (record.commands.len(), record.failed_commands());
    if record.poweroff.is_some() && done < given {
        return Err(Incomplete::CommandsMissing {
            done,
            failed,
            given,
        });
    }
    sound(record)?;
    if done > given {
        return Err(Incomplete::CommandsBeyond { done, given });
    }
    // A `poweroff` that was asked for is an end like any other.
    if record.poweroff != Some(PoweredOffBy::Command) && !record.commands_ended {
        return Err(Incomplete::NoCommandCounts);
    }
    announced(record)?;
    let failures = record.failed_tests();
    Ok(if failed > 0 {
        Verdict::CommandsFailed { given, failed }
    } else if !failures.is_empty() {
        Verdict::TestsFailed(failures)
    } else if record.subtests.total() > 0 {
        Verdict::Passed(Pass::CommandsAndSubtests(given, record.subtests))
    } else {
        Verdict::Passed(Pass::Commands(given))
    })
}

fn session(record: &Record) -> Result<Verdict, Incomplete> {
    if let Some(defect) = &record.defect {
        return Err(Incomplete::Defect(defect.clone()));
    }
    announced(record)?;
    Ok(Verdict::Passed(Pass::Session))
}

/// Nothing contradicts the record, and no run of self-tests in it was given up or left.
fn sound(record: &Record) -> Result<(), Incomplete> {
    if let Some(reason) = &record.bail_out {
        return Err(Incomplete::BailOut(reason.clone()));
    }
    if let Some(defect) = &record.defect {
        return Err(Incomplete::Defect(defect.clone()));
    }
    match record.test_runs.iter().find(|run| !run.ended) {
        None => Ok(()),
        Some(run) => match run.seen.total() {
            seen if seen < run.planned => Err(Incomplete::TestsMissing {
                seen,
                planned: run.planned,
            }),
            _ => Err(Incomplete::NoTestCounts),
        },
    }
}

/// The guest announced its power-off.
fn announced(record: &Record) -> Result<(), Incomplete> {
    match record.poweroff {
        Some(_) => Ok(()),
        None => Err(Incomplete::NoPoweroff),
    }
}

#[cfg(test)]
mod tests;
