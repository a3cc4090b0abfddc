//! The verb `test`: one gate, the same on a desk and in CI.
//!
//! Stages run cheapest first, and the first that fails ends it. A table at the
//! end says how each came out, and a last line counts: tests, and each lint
//! stage as one.

use crate::options::PROGRAM;
use crate::toolchain::Toolchain;
use crate::{layout, notice};
use std::fmt;
use std::io::{self, BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Packages that compile for the guest, modules aside.
const GUEST_PACKAGES: [&str; 12] = [
    "kernel",
    "arch",
    "this-cpu",
    "memory",
    "percpu",
    "printf",
    "loader",
    "module-api",
    "lesson-macro",
    "lesson-private",
    "lesson-public",
    "lesson-unmangled",
];

/// Test cases, and lint stages, that ended so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// How a stage ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    /// Its tool isn't there.
    Skipped,
    /// An earlier stage failed.
    NotRun,
}

/// One check.
struct Stage {
    name: &'static str,
    command: Command,
    /// Its output has cargo test's `test result:` lines.
    counts: bool,
    /// A machine without the program skips the stage.
    optional: bool,
}

/// Runs all stages.
pub fn run(toolchain: Toolchain) -> ExitCode {
    let start = Instant::now();
    let mut total = Counts::default();
    let mut table = Vec::new();
    let mut outcome = Outcome::Passed;
    for mut stage in stages(toolchain) {
        if outcome == Outcome::Failed {
            table.push((stage.name, Outcome::NotRun, Duration::ZERO));
            continue;
        }
        println!("== {}", stage.name);
        let begin = Instant::now();
        let (ended, counts) = stage.run();
        table.push((stage.name, ended, begin.elapsed()));
        total.add(counts);
        if ended == Outcome::Failed {
            outcome = Outcome::Failed;
        }
    }
    println!("\n== outcome");
    for (name, ended, time) in table {
        println!("{ended:<8} {:6.1} s  {name}", time.as_secs_f64());
    }
    println!("total    {:6.1} s", start.elapsed().as_secs_f64());
    println!("{total}");
    match outcome {
        Outcome::Failed => {
            eprintln!("{PROGRAM}: the tests failed");
            ExitCode::FAILURE
        }
        _ => {
            eprintln!("{PROGRAM}: all tests passed");
            ExitCode::SUCCESS
        }
    }
}

/// All stages, cheapest first.
fn stages(toolchain: Toolchain) -> Vec<Stage> {
    let deny = ["--", "-D", "warnings"];
    let mut guest_lint = toolchain.cargo("clippy");
    guest_lint.arg("--quiet");
    let modules = layout::modules().unwrap_or_default();
    let crates = modules.iter().filter(|module| module.is_crate());
    let names = crates.map(|module| module.name.as_str());
    for name in GUEST_PACKAGES.into_iter().chain(names) {
        guest_lint.args(["-p", name]);
    }
    guest_lint.args(deny);
    vec![
        Stage::lint("rustfmt", cargo(&["fmt", "--all", "--check"])),
        Stage::optional(
            "shellcheck",
            program(
                "shellcheck",
                &[
                    "qemu-run.sh",
                    ".ci/run",
                    "modules/lessons/rustc.sh",
                    "tools/debian.sh",
                    "tools/name-modules.sh",
                ],
            ),
        ),
        Stage::lint(
            "clippy, host",
            cargo(&["clippy", "--quiet", "--all-targets", "--", "-D", "warnings"]),
        ),
        Stage::lint("clippy, guest", guest_lint),
        Stage::tests("host tests", cargo(&["test", "--quiet"])),
        Stage::tests("modules of Debian's Linux", debian()),
        Stage::lint("one guest builds and boots", first_guest()),
        Stage::tests(
            "guests",
            cargo(&[
                "test",
                "--quiet",
                "-p",
                "runner",
                "--test",
                "guest",
                "--",
                "--ignored",
            ]),
        ),
    ]
}

/// Links real modules as fast as the tool that people use does.
fn debian() -> Command {
    let mut command = cargo(&["test", "--quiet", "--release"]);
    command.args(["-p", "kmod-inspect", "--test", "debian"]);
    command.args(["--", "--include-ignored", "--nocapture"]);
    command
}

/// This program itself: what keeps every guest from starting is told once, before
/// the matrix tells it of each.
fn first_guest() -> Command {
    let myself = std::env::current_exe().unwrap_or_else(|_| layout::root().join("qemu-run.sh"));
    let mut command = Command::new(myself);
    command.args(["--quiet", "--append", "selftest=boot.*"]);
    command
}

fn cargo(arguments: &[&str]) -> Command {
    program("cargo", arguments)
}

fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.current_dir(layout::root()).args(arguments);
    command
}

impl Stage {
    fn lint(name: &'static str, command: Command) -> Self {
        Self {
            name,
            command,
            counts: false,
            optional: false,
        }
    }

    fn optional(name: &'static str, command: Command) -> Self {
        Self {
            optional: true,
            ..Self::lint(name, command)
        }
    }

    fn tests(name: &'static str, command: Command) -> Self {
        Self {
            counts: true,
            ..Self::lint(name, command)
        }
    }

    fn run(&mut self) -> (Outcome, Counts) {
        self.command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = match notice::pipe(&mut self.command).spawn() {
            Ok(child) => child,
            Err(error) if self.optional && error.kind() == io::ErrorKind::NotFound => {
                println!("skipped: {} isn't installed", self.name);
                return (Outcome::Skipped, Counts::SKIPPED);
            }
            Err(error) => {
                println!("can't start: {error}");
                return (Outcome::Failed, Counts::FAILED);
            }
        };
        let complaints = child.stderr.take().map(notice::pass_on);
        let mut counts = Counts::default();
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                println!("{line}");
                counts.add(Counts::of(&line).unwrap_or_default());
            }
        }
        complaints.map(JoinHandle::join);
        let succeeded = child.wait().is_ok_and(|status| status.success());
        self.outcome(succeeded, counts)
    }

    /// What a stage comes to that ended so, having counted so many tests.
    fn outcome(&self, succeeded: bool, mut counts: Counts) -> (Outcome, Counts) {
        match (succeeded, self.counts) {
            (true, false) => (Outcome::Passed, Counts::PASSED),
            (true, true) if counts.passed == 0 => {
                println!("no test ran");
                counts.failed += 1;
                (Outcome::Failed, counts)
            }
            (true, true) => (Outcome::Passed, counts),
            // A stage may fail without a test that does, by not compiling.
            (false, _) => {
                counts.failed = counts.failed.max(1);
                (Outcome::Failed, counts)
            }
        }
    }
}

impl Counts {
    const PASSED: Self = Self::new(1, 0, 0);
    const FAILED: Self = Self::new(0, 1, 0);
    const SKIPPED: Self = Self::new(0, 0, 1);

    const fn new(passed: usize, failed: usize, skipped: usize) -> Self {
        Self {
            passed,
            failed,
            skipped,
        }
    }

    /// Reads `test result: ok. 12 passed; 0 failed; 3 ignored; ...`.
    fn of(line: &str) -> Option<Self> {
        let (_, rest) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let mut parts = rest.split("; ");
        let mut next = |what| parts.next()?.trim().strip_suffix(what)?.parse().ok();
        Some(Self {
            passed: next(" passed")?,
            failed: next(" failed")?,
            skipped: next(" ignored")?,
        })
    }

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "FAILED",
            Outcome::Skipped => "skipped",
            Outcome::NotRun => "not run",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_result_line_of_cargo_test() {
        let line =
            "test result: FAILED. 12 passed; 1 failed; 3 ignored; 0 measured; 0 filtered out";
        let counts = Counts::new(12, 1, 3);
        assert_eq!(Counts::of(line), Some(counts));
        assert_eq!(Counts::of("test boot ... ok"), None);
        assert_eq!(Counts::of("test result: ok. many passed"), None);
    }

    #[test]
    fn a_stage_that_fails_without_a_test_still_fails() {
        let mut stage = Stage::tests("t", program("false", &[]));
        assert_eq!(stage.run().0, Outcome::Failed);
    }

    #[test]
    fn tests_that_do_not_run_fail() {
        let text = "test result: ok. 0 passed; 0 failed; 9 ignored; 0 measured";
        let mut stage = Stage::tests("t", program("echo", &[text]));
        assert_eq!(stage.run().0, Outcome::Failed);
    }

    #[test]
    fn only_an_optional_program_may_be_absent() {
        let absent = || program("no-such-program-anywhere", &[]);
        assert_eq!(Stage::optional("t", absent()).run().0, Outcome::Skipped);
        assert_eq!(Stage::lint("t", absent()).run().0, Outcome::Failed);
    }
}
