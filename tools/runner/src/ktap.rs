//! Reads KTAP version 1 from the guest's console.
//!
//! ```text
//!  KTAP version 1
//!  1..3
//!  ok 1 boot.machine
//!    # Subtest: a line that is indented belongs to a test case's own report
//!    ok 1 inner
//!  not ok 2 memory.guard_pages
//!  # a diagnostic
//!  ok 3 smp.signals # SKIP only one CPU
//! ```
//!
//! Log lines stand between them: what isn't a KTAP line is passed over. Only
//! lines that start in the first column count, so nested reports don't.

use std::fmt;

/// How one test case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `ok`
    Passed,
    /// `not ok`
    Failed,
    /// `ok ... # SKIP`
    Skipped,
}

/// What a report has that it must not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// Two plans.
    SecondPlan,
    /// A result whose number isn't the next one.
    OutOfOrder {
        /// The number that should have come.
        expected: usize,
        /// The number that came.
        found: usize,
    },
    /// A result line without a number.
    NoNumber {
        /// The line.
        line: String,
    },
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Defect::SecondPlan => write!(f, "a second test plan"),
            Defect::OutOfOrder { expected, found } => {
                write!(f, "test {found} came where test {expected} was due")
            }
            Defect::NoNumber { line } => write!(f, "a result without a number: {line}"),
        }
    }
}

/// Everything the top level of the report said.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Test cases announced by `1..N`.
    pub plan: Option<usize>,
    /// Results so far.
    pub passed: usize,
    /// Results so far.
    pub failed: usize,
    /// Results so far.
    pub skipped: usize,
    /// Names of the failed ones.
    pub failures: Vec<String>,
    /// Reason of a `Bail out!`.
    pub bail_out: Option<String>,
    /// The first defect.
    pub defect: Option<Defect>,
}

impl Report {
    /// Results so far, of every kind.
    pub fn results(&self) -> usize {
        self.passed + self.failed + self.skipped
    }

    /// Takes one line of the console.
    pub fn line(&mut self, line: &str) {
        if let Some(reason) = line.strip_prefix("Bail out!") {
            self.bail_out.get_or_insert(reason.trim().to_owned());
        } else if let Some(count) = plan(line) {
            if self.plan.replace(count).is_some() {
                self.defect.get_or_insert(Defect::SecondPlan);
            }
        } else if let Some((outcome, rest)) = result(line) {
            self.result(outcome, rest, line);
        }
    }

    fn result(&mut self, outcome: Outcome, rest: &str, line: &str) {
        let (number, name) = rest.split_once(' ').unwrap_or((rest, ""));
        let expected = self.results() + 1;
        match number.parse() {
            Ok(found) if found == expected => {}
            Ok(found) => {
                self.defect
                    .get_or_insert(Defect::OutOfOrder { expected, found });
            }
            Err(_) => {
                let line = line.to_owned();
                self.defect.get_or_insert(Defect::NoNumber { line });
            }
        }
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Skipped => self.skipped += 1,
            Outcome::Failed => {
                self.failed += 1;
                let name = name.split(" # ").next().unwrap_or(name);
                self.failures.push(name.trim_start_matches("- ").to_owned());
            }
        }
    }
}

fn plan(line: &str) -> Option<usize> {
    line.strip_prefix("1..")?.trim_end().parse().ok()
}

/// The outcome and what stands behind it, if this is a result line.
fn result(line: &str) -> Option<(Outcome, &str)> {
    if let Some(rest) = line.strip_prefix("not ok ") {
        return Some((Outcome::Failed, rest));
    }
    let rest = line.strip_prefix("ok ")?;
    let skipped = rest
        .split_once(" # ")
        .is_some_and(|(_, directive)| directive.to_ascii_uppercase().starts_with("SKIP"));
    Some(match skipped {
        true => (Outcome::Skipped, rest),
        false => (Outcome::Passed, rest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Report {
        let mut report = Report::default();
        text.lines().for_each(|line| report.line(line));
        report
    }

    #[test]
    fn counts_each_kind() {
        let report = read("KTAP version 1\n1..3\nok 1 a\nnot ok 2 b\nok 3 c # SKIP one CPU\n");
        assert_eq!(report.plan, Some(3));
        assert_eq!((report.passed, report.failed, report.skipped), (1, 1, 1));
        assert_eq!(report.failures, ["b"]);
        assert_eq!(report.defect, None);
    }

    #[test]
    fn log_lines_and_nested_reports_do_not_count() {
        let report = read(
            "1..1\n[    0.1] info: ok then\n  KTAP version 1\n  1..2\n  ok 1 x\n  not ok 2 y\n# note\nok 1 a\n",
        );
        assert_eq!(report.results(), 1);
        assert_eq!(report.failed, 0);
        assert_eq!(report.defect, None);
    }

    #[test]
    fn numbers_must_follow_each_other() {
        let duplicated = Defect::OutOfOrder {
            expected: 2,
            found: 1,
        };
        assert_eq!(read("1..2\nok 1 a\nok 1 b\n").defect, Some(duplicated));
        let left_out = Defect::OutOfOrder {
            expected: 2,
            found: 3,
        };
        assert_eq!(read("1..2\nok 1 a\nok 3 c\n").defect, Some(left_out));
        let line = "ok name".to_owned();
        assert_eq!(
            read("1..1\nok name\n").defect,
            Some(Defect::NoNumber { line })
        );
    }

    #[test]
    fn one_plan_only() {
        assert_eq!(
            read("1..1\nok 1 a\n1..1\n").defect,
            Some(Defect::SecondPlan)
        );
    }

    #[test]
    fn bail_out_has_its_reason() {
        assert_eq!(
            read("1..9\nBail out! no memory\n").bail_out.as_deref(),
            Some("no memory")
        );
    }

    #[test]
    fn a_failure_is_named_without_its_directive() {
        assert_eq!(
            read("1..1\nnot ok 1 - smp.start # 3 of 4\n").failures,
            ["smp.start"]
        );
    }
}
