//! Starts the runner the way a person would, and looks at the run from outside.

use crate::host::Cpus;
use libtest_mimic::{Completion, Failed};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a test comes to.
pub type TestResult = Result<(), Failed>;

/// What a test comes to that may find out that it can't run here.
pub type Completed = Result<Completion, Failed>;

/// A run as seen from outside.
pub struct Run {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// All of stdout.
    pub stdout: String,
    /// All of stderr.
    pub stderr: String,
}

impl Run {
    /// A program's end, with its output.
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The last line on stderr.
    pub fn verdict(&self) -> &str {
        self.stderr.lines().last().unwrap_or("")
    }

    /// Lines of the guest that hold all of these.
    pub fn lines_with(&self, words: &[&str]) -> Vec<&str> {
        let holds = |line: &&str| words.iter().all(|&word| line.contains(word));
        self.stdout.lines().filter(holds).collect()
    }

    /// Fails with `what` and the whole run unless `holds`.
    pub fn must(&self, holds: bool, what: &str) -> TestResult {
        match holds {
            true => Ok(()),
            false => Err(format!(
                "{what}\nexit code {:?}\n--- stdout\n{}\n--- stderr\n{}",
                self.code, self.stdout, self.stderr
            )
            .into()),
        }
    }

    /// Fails unless this was the exit code.
    pub fn must_exit(&self, code: i32) -> TestResult {
        self.must(
            self.code == Some(code),
            &format!("exit code {code} was expected"),
        )
    }
}

/// The runner that is under test, with these arguments.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn runner(arguments: &[&str]) -> Run {
    let _cpus = Cpus::of(arguments.iter().copied());
    Run::of(&command(arguments).output().expect("the runner starts"))
}

/// A line as a person types it, in the source tree, without input.
pub fn bash(line: &str) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", line]).current_dir(root());
    command.stdin(Stdio::null());
    command
}

/// The source tree.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where the guest's files are, once a guest was built.
pub fn release() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from);
    target.join("s390x-unknown-none-softfloat/release")
}
