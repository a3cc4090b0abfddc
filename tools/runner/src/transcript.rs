//! What the guest said, line by line, boiled down to what a verdict needs.

use crate::ktap::Report;

/// The guest's last word on its self-tests:
/// `selftest: P passed, F failed, S skipped`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Test cases.
    pub passed: usize,
    /// Test cases.
    pub failed: usize,
    /// Test cases.
    pub skipped: usize,
}

/// The guest's last word on `--run`: `run: N commands, F failed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// Commands carried out.
    pub commands: usize,
    /// Those of them that failed.
    pub failed: usize,
}

/// The console so far.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    /// The test report.
    pub report: Report,
    /// The last summary line.
    pub summary: Option<Summary>,
    /// The last summary line of `--run`.
    pub run: Option<RunSummary>,
    /// The first line that starts `panic: `.
    pub panic: Option<String>,
    /// The last line that isn't empty.
    pub last_line: Option<String>,
    /// All lines that aren't empty.
    pub lines: Vec<String>,
}

impl Transcript {
    /// Takes one line, without its end.
    pub fn line(&mut self, line: &str) {
        let line = line.trim_end();
        if line.is_empty() {
            return;
        }
        self.last_line = Some(line.to_owned());
        self.lines.push(line.to_owned());
        self.report.line(line);
        if line.starts_with("panic: ") {
            self.panic.get_or_insert(line.to_owned());
        } else if let Some(text) = line.strip_prefix("selftest: ") {
            self.summary = summary(text).or(self.summary);
        } else if let Some(text) = line.strip_prefix("run: ") {
            self.run = run_summary(text).or(self.run);
        }
    }

    /// Whether this line belongs to what `--quiet` still prints.
    pub fn is_failure(&self, line: &str) -> bool {
        self.panic.is_some() || line.starts_with("not ok ") || line.starts_with("Bail out!")
    }
}

fn summary(text: &str) -> Option<Summary> {
    let mut parts = text.split(", ");
    let summary = Summary {
        passed: counted(parts.next()?, " passed")?,
        failed: counted(parts.next()?, " failed")?,
        skipped: counted(parts.next()?, " skipped")?,
    };
    parts.next().is_none().then_some(summary)
}

fn run_summary(text: &str) -> Option<RunSummary> {
    let (commands, failed) = text.split_once(", ")?;
    Some(RunSummary {
        commands: counted(commands, " commands").or(counted(commands, " command"))?,
        failed: counted(failed, " failed")?,
    })
}

fn counted(text: &str, what: &str) -> Option<usize> {
    text.strip_suffix(what)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Transcript {
        let mut transcript = Transcript::default();
        text.lines().for_each(|line| transcript.line(line));
        transcript
    }

    #[test]
    fn summaries_are_read_exactly() {
        let transcript = read("selftest: 3 passed, 0 failed, 1 skipped\nrun: 2 commands, 1 failed");
        let summary = Summary {
            passed: 3,
            failed: 0,
            skipped: 1,
        };
        assert_eq!(transcript.summary, Some(summary));
        assert_eq!(
            transcript.run,
            Some(RunSummary {
                commands: 2,
                failed: 1
            })
        );
    }

    #[test]
    fn other_lines_are_no_summary() {
        for line in [
            "selftest: 3 passed, 0 failed",
            "selftest: 3 passed, 0 failed, 1 skipped, 2 lost",
            "selftest: x passed, 0 failed, 1 skipped",
            " selftest: 3 passed, 0 failed, 1 skipped",
            "selftest: running boot.*",
        ] {
            assert_eq!(read(line).summary, None, "{line}");
        }
        assert_eq!(read("run: insmod hello").run, None);
    }

    #[test]
    fn the_first_panic_and_the_last_line_are_kept() {
        let transcript = read("panic: one\npanic: two\n  registers\n\n");
        assert_eq!(transcript.panic.as_deref(), Some("panic: one"));
        assert_eq!(transcript.last_line.as_deref(), Some("  registers"));
    }
}
