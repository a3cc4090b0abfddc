//! Reads what `cargo test` writes to stdout, of libtest and libtest-mimic alike.
//!
//! ```text
//!  running 3 tests
//!  test layout::reads_back ... ok
//!  test shape::cpus_1      ... ignored, no QEMU here
//!  test listing ... FAILED
//!  successes:                      with --show-output
//!  ---- layout::reads_back stdout ----
//!  skipped: no assembler here      so a test of libtest says that it didn't run
//!  failures:
//!  test result: FAILED. 1 passed; 1 failed; 1 ignored; ...
//! ```

use super::results::Results;

/// What becomes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It is printed.
    Yes,
    /// It isn't.
    No,
    /// This is shown as progress.
    Progress(String),
}

/// Where in the output a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    /// Results of tests.
    Results,
    /// What tests printed that passed.
    Successes,
    /// What tests printed that failed.
    Failures,
}

/// The output so far.
#[derive(Debug)]
pub struct TestOutput {
    /// What tests print that passed is shown.
    show_output: bool,
    section: Section,
    /// The test whose own output this is.
    current: Option<String>,
    /// Results due of this test program, and those that came.
    announced: usize,
    done: usize,
    /// Ignored by this test program's lines.
    ignored: usize,
    /// Passed by this test program's lines, but they printed that they didn't run.
    not_run: usize,
    results: Results,
    ran: Vec<String>,
    /// What doesn't fit together.
    defect: Option<String>,
}

impl TestOutput {
    /// Before the first line. What tests print that passed is shown if wanted.
    pub fn new(show_output: bool) -> Self {
        Self {
            show_output,
            section: Section::Results,
            current: None,
            announced: 0,
            done: 0,
            ignored: 0,
            not_run: 0,
            results: Results::default(),
            ran: Vec::new(),
            defect: None,
        }
    }

    /// The results, and the names of the tests that ran.
    ///
    /// # Errors
    ///
    /// What doesn't fit together in the output.
    pub fn end(self) -> Result<(Results, Vec<String>), String> {
        match self.defect {
            Some(defect) => Err(defect),
            None => Ok((self.results, self.ran)),
        }
    }

    /// Takes a line.
    pub fn line(&mut self, line: &str) -> Shown {
        if let Some(count) = running(line) {
            (self.announced, self.done) = (count, 0);
            (self.ignored, self.not_run) = (0, 0);
            self.section = Section::Results;
            return Shown::No;
        }
        if let Some(summary) = summary(line) {
            return self.summary(summary);
        }
        match line {
            "successes:" => self.section = Section::Successes,
            "failures:" => self.section = Section::Failures,
            _ => {}
        }
        match self.section {
            Section::Results => match result(line) {
                Some((name, result)) => self.result(name, result),
                None if line.trim().is_empty() => Shown::No,
                None => Shown::Yes,
            },
            Section::Failures => Shown::Yes,
            Section::Successes => self.success(line),
        }
    }

    fn result(&mut self, name: &str, result: &str) -> Shown {
        self.done += 1;
        let progress = format!("test {} of {}: {name}", self.done, self.announced);
        if let Some(reason) = result.strip_prefix("ignored") {
            self.ignored += 1;
            let reason = reason.trim_start_matches(", ").to_owned();
            self.results.skipped.push((name.to_owned(), reason));
            return Shown::Progress(progress);
        }
        self.ran.push(name.to_owned());
        match result {
            "ok" => Shown::Progress(progress),
            _ => Shown::Yes,
        }
    }

    /// A line of what tests printed that passed.
    fn success(&mut self, line: &str) -> Shown {
        if let Some(name) = heading(line) {
            self.current = Some(name.to_owned());
            return Shown::No;
        }
        // The list of their names ends what they printed.
        if line == "successes:" {
            self.current = None;
        }
        let Some(name) = &self.current else {
            return Shown::No;
        };
        if let Some(reason) = line.strip_prefix("skipped: ") {
            // It may print that more than once.
            if let Some(at) = self.ran.iter().rposition(|ran| ran == name) {
                let name = self.ran.remove(at);
                self.results.skipped.push((name, reason.to_owned()));
                self.not_run += 1;
            }
            return Shown::No;
        }
        match self.show_output && !line.trim().is_empty() {
            true => Shown::Yes,
            false => Shown::No,
        }
    }

    /// The end of a test program.
    fn summary(&mut self, summary: Summary) -> Shown {
        self.section = Section::Results;
        self.current = None;
        if summary.ignored != self.ignored {
            self.defect = Some(format!(
                "{} tests were ignored, {} of them by name",
                summary.ignored, self.ignored
            ));
        }
        let passed = summary.passed.checked_sub(self.not_run);
        match passed {
            Some(passed) => self.results.passed += passed,
            None => self.defect = Some("more tests didn't run than passed".to_owned()),
        }
        self.results.failed += summary.failed;
        match summary.passed + summary.failed {
            0 => Shown::No,
            _ => Shown::Yes,
        }
    }
}

/// A `test result:` line.
struct Summary {
    passed: usize,
    failed: usize,
    ignored: usize,
}

/// Reads `test result: ok. 12 passed; 0 failed; 3 ignored; ...`.
fn summary(line: &str) -> Option<Summary> {
    let (_, rest) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut parts = rest.split("; ");
    let mut next = |what| parts.next()?.trim().strip_suffix(what)?.parse().ok();
    Some(Summary {
        passed: next(" passed")?,
        failed: next(" failed")?,
        ignored: next(" ignored")?,
    })
}

/// Reads `running 3 tests`.
fn running(line: &str) -> Option<usize> {
    let rest = line.strip_prefix("running ")?;
    let (count, tests) = rest.split_once(' ')?;
    let count = count.parse().ok()?;
    ["test", "tests"].contains(&tests).then_some(count)
}

/// Reads `test NAME ... RESULT`.
fn result(line: &str) -> Option<(&str, &str)> {
    let (name, result) = line.strip_prefix("test ")?.split_once(" ... ")?;
    Some((name.trim_end(), result))
}

/// Reads `---- NAME stdout ----`.
fn heading(line: &str) -> Option<&str> {
    line.strip_prefix("---- ")?.strip_suffix(" stdout ----")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
running 5 tests
test a::one ... ok
test shape::cpus_1      ... ignored
test long ... ignored, hours
test assembled ... ok
test silent - should panic ... ok

successes:

---- a::one stdout ----
a figure

---- assembled stdout ----
skipped: no assembler
skipped: no assembler


successes:
    a::one
    assembled

test result: ok. 3 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out

running 0 tests

test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured
";

    fn read(text: &str, show_output: bool) -> (TestOutput, Vec<String>) {
        let mut output = TestOutput::new(show_output);
        let shown = text.lines().filter(|line| output.line(line) == Shown::Yes);
        let shown = shown.map(str::to_owned).collect();
        (output, shown)
    }

    #[test]
    fn each_test_is_counted_by_what_became_of_it() {
        let (output, shown) = read(TEXT, false);
        let (results, ran) = output.end().unwrap();
        assert_eq!(results.to_string(), "2 passed, 0 failed, 3 skipped");
        let skipped = [
            ("shape::cpus_1", ""),
            ("long", "hours"),
            ("assembled", "no assembler"),
        ];
        let skipped = skipped.map(|(name, reason)| (name.to_owned(), reason.to_owned()));
        assert_eq!(results.skipped, skipped);
        assert_eq!(ran, ["a::one", "silent - should panic"]);
        assert_eq!(shown.len(), 1, "{shown:?}");
        let (_, shown) = read(TEXT, true);
        assert_eq!(shown[0], "a figure");
    }

    #[test]
    fn a_failure_is_shown_with_its_output() {
        let text = "running 1 test
test b ... FAILED

failures:

---- b stdout ----
skipped: but it failed

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured
";
        let (output, shown) = read(text, false);
        let (results, _) = output.end().unwrap();
        assert_eq!(results.to_string(), "0 passed, 1 failed, 0 skipped");
        assert!(shown.contains(&"skipped: but it failed".to_owned()));
        assert!(shown.contains(&"test b ... FAILED".to_owned()));
    }

    #[test]
    fn an_ignored_test_without_a_name_is_a_defect() {
        let text = "running 1 test\ntest result: ok. 0 passed; 0 failed; 1 ignored\n";
        assert!(read(text, false).0.end().is_err());
    }

    #[test]
    fn other_lines_are_no_results() {
        for line in [
            "test boot",
            "testing ... ok",
            "running fast",
            "test result: ok. many",
        ] {
            assert!(result(line).is_none(), "{line}");
            assert!(running(line).is_none(), "{line}");
            assert!(summary(line).is_none(), "{line}");
        }
    }
}
