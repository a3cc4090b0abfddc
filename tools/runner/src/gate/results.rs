//! What the stages add up to: how each ended, and each test counted once.

use std::collections::BTreeMap;
use std::fmt;

/// How a stage ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageResult {
    /// It succeeded; at least one test ran, if it has tests.
    Passed,
    /// It failed, or couldn't be started.
    Failed,
    /// What it needs isn't here: none of its tests ran.
    Skipped,
    /// An earlier stage failed.
    NotRun,
}

/// Test cases that ended so; a stage without tests counts as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Test cases that passed.
    pub passed: usize,
    /// Test cases that failed.
    pub failed: usize,
    /// Test cases that didn't run, by name, with the reason.
    pub skipped: BTreeMap<String, String>,
}

impl Results {
    /// A stage without tests that passed.
    pub fn passed() -> Self {
        Self {
            passed: 1,
            ..Self::default()
        }
    }

    /// A stage without tests that failed.
    pub fn failed() -> Self {
        Self {
            failed: 1,
            ..Self::default()
        }
    }

    /// A stage that was skipped.
    pub fn skipped(name: &str, reason: &str) -> Self {
        Self {
            skipped: [(name.to_owned(), reason.to_owned())].into(),
            ..Self::default()
        }
    }

    /// Adds what a stage came to. Tests that an earlier stage left to this one are no
    /// longer skipped: `ran` names those that it ran.
    pub fn add(&mut self, stage: Self, ran: &[String]) {
        self.passed += stage.passed;
        self.failed += stage.failed;
        for name in ran {
            self.skipped.remove(name);
        }
        for (name, reason) in stage.skipped {
            let known = self.skipped.entry(name).or_default();
            if !reason.is_empty() {
                *known = reason;
            }
        }
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        let skipped = skipped.len();
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

impl fmt::Display for StageResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            StageResult::Passed => "passed",
            StageResult::Failed => "FAILED",
            StageResult::Skipped => "skipped",
            StageResult::NotRun => "not run",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_a_later_stage_runs_is_counted_once() {
        let mut all = Results::default();
        let mut host = Results::skipped("shape::cpus_1", "");
        host.passed = 3;
        host.skipped.insert("long".into(), "hours".into());
        host.skipped.insert("real".into(), String::new());
        all.add(host, &[]);
        assert_eq!(all.to_string(), "3 passed, 0 failed, 3 skipped");
        let guests = Results {
            passed: 1,
            failed: 0,
            skipped: [("real".to_owned(), "no network".to_owned())].into(),
        };
        all.add(guests, &["shape::cpus_1".to_owned()]);
        assert_eq!(all.to_string(), "4 passed, 0 failed, 2 skipped");
        assert_eq!(all.skipped["long"], "hours");
        assert_eq!(all.skipped["real"], "no network");
    }
}
