//! One stage: a command whose exit code, and whose tests, are looked at.
//!
//! What it writes is kept until it has ended, as others may run beside it. Only that a test
//! failed is reported at once.

use super::results::{Results, StageResult};
use super::test_output::{Shown, TestOutput};
use crate::build::cargo_output;
use crate::screen::{output, terminal};
use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// One check.
pub struct Stage {
    /// Its name in the table.
    pub name: &'static str,
    /// Stages that must have passed before it starts.
    pub after: &'static [&'static str],
    command: Command,
    kind: Kind,
}

/// What a stage's command is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It counts as one test.
    Check,
    /// It counts as one test, and is skipped on a machine without the program.
    OptionalCheck,
    /// It is skipped: its tool isn't here.
    Absent,
    /// `cargo test`; what tests print that passed is shown if wanted.
    Tests { show_output: bool },
}

/// What a stage came to.
pub struct Ended {
    /// How it ended.
    pub result: StageResult,
    /// Its tests.
    pub results: Results,
    /// Names of the tests that ran.
    pub ran: Vec<String>,
    /// What it wrote.
    pub text: String,
}

/// What a stage has written so far.
#[derive(Clone, Debug, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Text {
    fn line(&self, line: impl Display) {
        // A Vec takes all.
        let _ = writeln!(self.clone(), "{line}");
    }

    fn end(&self) -> String {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&text).into_owned()
    }
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stage {
    /// A check that counts as one test.
    pub fn check(name: &'static str, command: Command) -> Self {
        Self::new(name, command, Kind::Check)
    }

    /// A check that a machine without the program skips.
    pub fn optional(name: &'static str, command: Command) -> Self {
        Self::new(name, command, Kind::OptionalCheck)
    }

    /// A check whose tool was looked for, and isn't here.
    pub fn absent(name: &'static str) -> Self {
        Self::new(name, Command::new(name), Kind::Absent)
    }

    /// A call of `cargo test`, whose tests are counted.
    pub fn tests(name: &'static str, command: Command) -> Self {
        Self::new(name, command, Kind::Tests { show_output: false })
    }

    /// Tests that measure: what they print is shown.
    pub fn figures(name: &'static str, command: Command) -> Self {
        Self::new(name, command, Kind::Tests { show_output: true })
    }

    fn new(name: &'static str, command: Command, kind: Kind) -> Self {
        Self {
            name,
            after: &[],
            command,
            kind,
        }
    }

    /// It starts only when all of these have passed.
    pub fn after(self, after: &'static [&'static str]) -> Self {
        Self { after, ..self }
    }

    /// Runs it.
    pub fn run(&mut self) -> Ended {
        let text = Text::default();
        let ended = self.run_into(&text);
        Ended {
            text: text.end(),
            ..ended
        }
    }

    fn run_into(&mut self, text: &Text) -> Ended {
        if self.kind == Kind::Absent {
            return self.not_installed(text);
        }
        self.command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = match cargo_output::pipe(&mut self.command).spawn() {
            Ok(child) => child,
            Err(error)
                if self.kind == Kind::OptionalCheck && error.kind() == io::ErrorKind::NotFound =>
            {
                return self.not_installed(text);
            }
            Err(error) => {
                text.line(format_args!("can't start: {error}"));
                return Ended::new(StageResult::Failed, Results::failed());
            }
        };
        let name = self.name.to_owned();
        let messages = child.stderr.take().map(|stderr| {
            let text = text.clone();
            cargo_output::pass_on(stderr, name, move || text)
        });
        let mut output = match self.kind {
            Kind::Tests { show_output } => Some(TestOutput::new(show_output)),
            Kind::Check | Kind::OptionalCheck | Kind::Absent => None,
        };
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                self.print(&line, output.as_mut(), text);
            }
        }
        messages.map(JoinHandle::join);
        terminal::clear_progress();
        let succeeded = child.wait().is_ok_and(|status| status.success());
        match output {
            None if succeeded => Ended::new(StageResult::Passed, Results::passed()),
            None => Ended::new(StageResult::Failed, Results::failed()),
            Some(output) => ended(succeeded, output, text),
        }
    }

    fn not_installed(&self, text: &Text) -> Ended {
        text.line("skipped: it isn't installed");
        let results = Results::skipped(self.name, "it isn't installed");
        Ended::new(StageResult::Skipped, results)
    }

    fn print(&self, line: &str, output: Option<&mut TestOutput>, text: &Text) {
        match output.map_or(Shown::Yes, |output| output.line(line)) {
            Shown::Yes => {
                if line.starts_with("test ") && line.ends_with("FAILED") {
                    terminal::clear_progress();
                    output::line!("{}: {line}", self.name);
                }
                text.line(line);
            }
            Shown::No => {}
            Shown::Progress(progress) => {
                terminal::progress(&format!("{}: {progress}", self.name));
            }
        }
    }
}

impl Ended {
    fn new(result: StageResult, results: Results) -> Self {
        Self {
            result,
            results,
            ran: Vec::new(),
            text: String::new(),
        }
    }
}

/// What a stage of tests comes to.
fn ended(succeeded: bool, output: TestOutput, text: &Text) -> Ended {
    let (mut results, ran) = output.end().unwrap_or_else(|defect| {
        text.line(defect);
        (Results::failed(), Vec::new())
    });
    if succeeded && results.passed + results.skipped.len() == 0 && results.failed == 0 {
        text.line("no test ran");
        results.failed = 1;
    }
    // A stage may fail without a test that does, by not compiling.
    if !succeeded {
        results.failed = results.failed.max(1);
    }
    let result = match (results.passed, results.failed) {
        (0, 0) => StageResult::Skipped,
        (_, 0) => StageResult::Passed,
        _ => StageResult::Failed,
    };
    Ended {
        ran,
        ..Ended::new(result, results)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(name);
        command.args(arguments);
        command
    }

    #[test]
    fn a_stage_that_fails_without_a_test_still_fails() {
        let ended = Stage::tests("t", program("false", &[])).run();
        assert_eq!(ended.result, StageResult::Failed);
        assert_eq!(ended.results.failed, 1);
    }

    #[test]
    fn tests_that_do_not_run_fail() {
        let text = "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured";
        let ended = Stage::tests("t", program("echo", &[text])).run();
        assert_eq!(ended.result, StageResult::Failed);
        let text = "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured";
        let ended = Stage::tests("t", program("echo", &[text])).run();
        assert_eq!(ended.result, StageResult::Passed);
    }

    #[test]
    fn only_an_optional_program_may_be_absent() {
        let absent = || program("no-such-program-anywhere", &[]);
        let ended = Stage::optional("t", absent()).run();
        assert_eq!(ended.result, StageResult::Skipped);
        assert_eq!(ended.results.to_string(), "0 passed, 0 failed, 1 skipped");
        let ended = Stage::absent("t").run();
        assert_eq!(ended.results.to_string(), "0 passed, 0 failed, 1 skipped");
        let ended = Stage::check("t", absent()).run();
        assert_eq!(ended.result, StageResult::Failed);
    }
}
