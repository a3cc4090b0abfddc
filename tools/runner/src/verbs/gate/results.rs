//! What the stages add up to: how each ended, and each test counted once.

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
    /// Test cases that didn't run: names, which tests of two programs may share, and
    /// reasons.
    pub skipped: Vec<(String, String)>,
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
            skipped: vec![(name.to_owned(), reason.to_owned())],
            ..Self::default()
        }
    }

    /// Adds what a stage came to. Tests that an earlier stage left to this one are no
    /// longer skipped: `ran` names those that it ran.
    pub fn add(&mut self, stage: Self, ran: &[String]) {
        self.passed += stage.passed;
        self.failed += stage.failed;
        for name in ran {
            if let Some(at) = self.position(name) {
                self.skipped.remove(at);
            }
        }
        let mut added = Vec::new();
        for (name, reason) in stage.skipped {
            match self.position(&name) {
                Some(at) if reason.is_empty() => added.push(self.skipped.remove(at)),
                Some(at) => added.push((self.skipped.remove(at).0, reason)),
                None => added.push((name, reason)),
            }
        }
        self.skipped.append(&mut added);
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.skipped.iter().position(|(known, _)| known == name)
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
        host.skipped.push(("long".into(), "hours".into()));
        host.skipped.push(("long".into(), "minutes".into()));
        host.skipped.push(("real".into(), String::new()));
        all.add(host, &[]);
        assert_eq!(all.to_string(), "3 passed, 0 failed, 4 skipped");
        let guests = Results {
            passed: 1,
            failed: 0,
            skipped: vec![("real".to_owned(), "no network".to_owned())],
        };
        all.add(guests, &["shape::cpus_1".to_owned()]);
        assert_eq!(all.to_string(), "4 passed, 0 failed, 3 skipped");
        let skipped = |name: &str, reason: &str| (name.to_owned(), reason.to_owned());
        let real = skipped("real", "no network");
        assert_eq!(
            all.skipped,
            [skipped("long", "hours"), skipped("long", "minutes"), real]
        );
    }
}
