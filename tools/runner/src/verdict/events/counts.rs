//! Counts of results, as the guest states them and as they are counted here.

use super::words::TestResult;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Results of a run of self-tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct TestCounts {
    /// Test cases that passed.
    pub passed: usize,
    /// Test cases that failed.
    pub failed: usize,
    /// Test cases that were skipped.
    pub skipped: usize,
}

/// Results of `--run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct CommandCounts {
    /// Commands carried out.
    pub run: usize,
    /// Those of them that failed.
    pub failed: usize,
}

impl TestCounts {
    /// Counts one more.
    pub fn add(&mut self, result: TestResult) {
        match result {
            TestResult::Passed => self.passed += 1,
            TestResult::Failed => self.failed += 1,
            TestResult::Skipped => self.skipped += 1,
        }
    }

    /// Test cases of every result.
    pub fn total(self) -> usize {
        self.passed + self.failed + self.skipped
    }
}

impl fmt::Display for TestCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

impl fmt::Display for CommandCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} commands, {} failed", self.run, self.failed)
    }
}
