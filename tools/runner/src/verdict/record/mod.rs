//! A run as the control channel has it: the events in order, reduced to what a verdict
//! needs, and checked against each other.
//!
//! ```text
//!  boot
//!  plan  test* tests       any number of these runs of self-tests: alone, or
//!  command*                within a command, before its own event
//!  commands                after the last command of --run
//!  poweroff                the last event
//! ```
//!
//! `module`, `subtest`, `bail_out`, `names` and `usage` may stand anywhere; `panic` too, and
//! nothing else counts then.

mod defect;

use crate::verdict::events::{CommandCounts, Event, PoweredOffBy, TestCounts, TestResult};
use crate::verdict::token::Token;
pub use defect::Defect;

/// A run of self-tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRun {
    /// Results announced.
    pub planned: usize,
    /// Results so far.
    pub seen: TestCounts,
    /// The results, in order.
    pub results: Vec<TestCase>,
    /// The guest has stated its counts, and they agree.
    pub ended: bool,
}

impl TestRun {
    /// Names of the failed.
    pub fn failures(&self) -> impl Iterator<Item = String> {
        let failed = { self.results.iter() }.filter(|test| test.result == TestResult::Failed);
        failed.map(|test| test.name.clone())
    }
}

/// A self-test that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    /// Its name.
    pub name: String,
    /// How it ended.
    pub result: TestResult,
    /// Why it failed or was skipped.
    pub reason: Option<String>,
}

/// A monitor command that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandResult {
    /// The command as it was given.
    pub line: String,
    /// Why it failed, if it did.
    pub result: Result<(), String>,
}

/// A module that was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveModule {
    /// Its name.
    pub name: String,
    /// Address of its first byte.
    pub base: u64,
    /// Bytes of its image.
    pub bytes: u64,
}

impl LiveModule {
    /// Whether an address is one of the image's.
    pub fn holds(&self, address: u64) -> bool {
        address
            .checked_sub(self.base)
            .is_some_and(|offset| offset < self.bytes)
    }

    /// Whether the images have a byte at one address.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.holds(other.base) || other.holds(self.base)
    }
}

/// Everything that the events add up to.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// What every event must carry, if the kernel was given it.
    token: Option<Token>,
    /// Lines so far, events or not.
    pub lines: usize,
    /// Runs of self-tests, in order.
    pub test_runs: Vec<TestRun>,
    /// Results of modules' own test cases.
    pub subtests: TestCounts,
    /// Suite and name of those that failed.
    pub failed_subtests: Vec<String>,
    /// Reason of the first `bail_out`.
    pub bail_out: Option<String>,
    /// Modules as they became live, in order, also those that are gone since.
    pub modules: Vec<LiveModule>,
    /// Commands, in order.
    pub commands: Vec<CommandResult>,
    /// `--run` has ended.
    pub commands_ended: bool,
    /// Dumps that were asked for.
    pub dumps: usize,
    /// The first panic, in the console's words.
    pub panic: Option<String>,
    /// The orderly end.
    pub poweroff: Option<PoweredOffBy>,
    /// The first contradiction.
    pub defect: Option<Defect>,
}

impl Record {
    /// An empty record of a run with this token.
    pub fn of(token: Option<Token>) -> Self {
        Self {
            token,
            ..Self::default()
        }
    }

    /// Takes one line of the control channel, without its end.
    pub fn line(&mut self, line: &str) {
        self.lines += 1;
        let checked = match Event::parse(line) {
            // Whoever wrote that, the run can't be trusted.
            Ok((panic @ Event::Panic { .. }, _)) => self.event(panic),
            Ok((_, found)) if !self.is_ours(found.as_deref()) => Err(Defect::Foreign {
                line: line.to_owned(),
            }),
            Ok((event, _)) => self.event(event),
            Err(error) => Err(Defect::NotAnEvent {
                line: line.to_owned(),
                error: error.to_string(),
            }),
        };
        if let Err(defect) = checked {
            self.defect.get_or_insert(defect);
        }
    }

    fn is_ours(&self, found: Option<&str>) -> bool {
        let token = self.token.as_ref();
        token.is_none_or(|token| found == Some(token.text()))
    }

    /// Commands that failed.
    pub fn failed_commands(&self) -> usize {
        let failed = |command: &&CommandResult| command.result.is_err();
        self.commands.iter().filter(failed).count()
    }

    /// Names of all tests that failed: the kernel's own, and modules'.
    pub fn failed_tests(&self) -> Vec<String> {
        let failures = self.test_runs.iter().flat_map(TestRun::failures);
        failures
            .chain(self.failed_subtests.iter().cloned())
            .collect()
    }

    fn event(&mut self, event: Event) -> Result<(), Defect> {
        if let Event::Panic { cpu, reason } = event {
            self.panic
                .get_or_insert(format!("panic: cpu {cpu}: {reason}"));
            return Ok(());
        }
        if self.poweroff.is_some() {
            return Err(Defect::AfterPoweroff);
        }
        match event {
            Event::Plan { tests } => self.plan(tests),
            Event::Test {
                number,
                name,
                result,
                reason,
            } => self.test(
                number,
                TestCase {
                    name,
                    result,
                    reason,
                },
            ),
            Event::Tests(counts) => self.tests(counts),
            Event::Subtest {
                suite,
                name,
                result,
                ..
            } => {
                self.subtests.add(result);
                if result == TestResult::Failed {
                    self.failed_subtests.push(format!("{suite}.{name}"));
                }
                Ok(())
            }
            Event::BailOut { reason } => {
                self.bail_out.get_or_insert(reason);
                Ok(())
            }
            Event::Command {
                number,
                line,
                ok,
                error,
            } => {
                let result = match ok {
                    true => Ok(()),
                    false => Err(error.unwrap_or_default()),
                };
                self.command(number, CommandResult { line, result })
            }
            Event::Commands(counts) => self.commands(counts),
            Event::Dump {} => {
                self.dumps += 1;
                Ok(())
            }
            Event::Poweroff { by } => {
                self.poweroff = Some(by);
                Ok(())
            }
            Event::Module {
                name,
                base: Some(base),
                bytes: Some(bytes),
                ..
            } => {
                self.modules.push(LiveModule { name, base, bytes });
                Ok(())
            }
            // What they say decides nothing.
            _ => Ok(()),
        }
    }

    /// The run of self-tests that hasn't ended.
    fn open_run(&mut self) -> Option<&mut TestRun> {
        self.test_runs.last_mut().filter(|run| !run.ended)
    }

    fn plan(&mut self, planned: usize) -> Result<(), Defect> {
        if self.open_run().is_some() {
            return Err(Defect::PlanWithinRun);
        }
        self.test_runs.push(TestRun {
            planned,
            seen: TestCounts::default(),
            results: Vec::new(),
            ended: false,
        });
        Ok(())
    }

    fn test(&mut self, found: usize, test: TestCase) -> Result<(), Defect> {
        let Some(run) = self.open_run() else {
            return Err(Defect::TestWithoutPlan { name: test.name });
        };
        let (planned, expected) = (run.planned, run.seen.total() + 1);
        run.seen.add(test.result);
        run.results.push(test);
        if found != expected {
            return Err(Defect::TestOutOfOrder { expected, found });
        }
        if expected > planned {
            return Err(Defect::TestBeyondPlan { planned });
        }
        Ok(())
    }

    fn tests(&mut self, stated: TestCounts) -> Result<(), Defect> {
        let Some(run) = self.open_run() else {
            let seen = TestCounts::default();
            return Err(Defect::TestsDisagree { stated, seen });
        };
        let (planned, seen) = (run.planned, run.seen);
        run.ended = true;
        if stated != seen {
            return Err(Defect::TestsDisagree { stated, seen });
        }
        if seen.total() < planned {
            let seen = seen.total();
            return Err(Defect::TestsMissing { seen, planned });
        }
        Ok(())
    }

    fn command(&mut self, found: usize, command: CommandResult) -> Result<(), Defect> {
        if self.commands_ended {
            return Err(Defect::AfterCommands);
        }
        let expected = self.commands.len() + 1;
        self.commands.push(command);
        match found == expected {
            true => Ok(()),
            false => Err(Defect::CommandOutOfOrder { expected, found }),
        }
    }

    fn commands(&mut self, stated: CommandCounts) -> Result<(), Defect> {
        let seen = CommandCounts {
            run: self.commands.len(),
            failed: self.failed_commands(),
        };
        if self.commands_ended {
            return Err(Defect::AfterCommands);
        }
        self.commands_ended = true;
        match stated == seen {
            true => Ok(()),
            false => Err(Defect::CommandsDisagree { stated, seen }),
        }
    }
}

#[cfg(test)]
mod tests;
