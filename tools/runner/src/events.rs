//! The control channel's events: the JSON objects that the guest writes on its second
//! console, one a line. `docs/control-channel.md` is their schema for people.
//!
//! Readers ignore events and fields that they don't know, so the schema may grow. A
//! line that is no JSON object, or a known event whose fields don't fit, is an error.

use serde::Deserialize;

/// One line of the control channel.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The kernel has started far enough to write events.
    Boot {
        /// CPUs that the machine has.
        cpus: u32,
        /// Bytes of memory that the machine has.
        memory: u64,
    },
    /// A run of self-tests begins.
    Plan {
        /// Test cases that will report.
        tests: usize,
    },
    /// A self-test has ended.
    Test {
        /// Its place in the plan, from 1 on.
        number: usize,
        /// Its name, as `selftest=` takes it.
        name: String,
        /// How it ended.
        result: TestResult,
        /// Why it failed or was skipped.
        reason: Option<String>,
    },
    /// A run of self-tests has ended.
    Tests(TestCounts),
    /// A test case of a module's suite has ended.
    Subtest {
        /// The suite.
        suite: String,
        /// The test case.
        name: String,
        /// How it ended.
        result: TestResult,
        /// Why it failed or was skipped.
        reason: Option<String>,
    },
    /// The kernel gives up its self-tests.
    BailOut {
        /// Why it gives up.
        reason: String,
    },
    /// A monitor command has ended; of one that doesn't return, it begins.
    Command {
        /// Its place in the session, from 1 on.
        number: usize,
        /// The command as it was given.
        line: String,
        /// Whether it succeeded.
        ok: bool,
        /// Why it failed.
        error: Option<String>,
    },
    /// The commands of `--run` have all been carried out.
    Commands(CommandCounts),
    /// A module was loaded, unloaded or refused.
    Module {
        /// Its name.
        name: String,
        /// What became of it.
        state: ModuleState,
        /// Address of its first byte.
        base: Option<u64>,
        /// Bytes of its image.
        bytes: Option<u64>,
        /// Bytes of its per-CPU data, for each CPU.
        per_cpu_bytes: Option<u64>,
        /// Why it was refused.
        error: Option<String>,
    },
    /// The kernel has panicked.
    Panic {
        /// The CPU that panicked.
        cpu: u32,
        /// What a person reads behind `panic: cpu N: `.
        reason: String,
    },
    /// The last event of an orderly end.
    Poweroff {
        /// Who asked for it.
        by: PoweredOffBy,
    },
    /// An event that this program doesn't know.
    #[serde(other)]
    Unknown,
}

/// How a self-test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestResult {
    /// All that it asserts holds.
    Passed,
    /// An assertion doesn't hold.
    Failed,
    /// This machine or command line can't show it.
    Skipped,
}

/// What became of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModuleState {
    /// Loaded; its init function has succeeded.
    Live,
    /// Unloaded; its memory is given back.
    Gone,
    /// Not loaded: the loader or its init function refused.
    Refused,
}

/// Who asked for the power-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoweredOffBy {
    /// The kernel, with nothing left to do.
    End,
    /// The command `poweroff`.
    Command,
}

/// Results of a run of self-tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct TestCounts {
    /// Test cases that passed.
    pub passed: usize,
    /// Test cases that failed.
    pub failed: usize,
    /// Test cases that were skipped.
    pub skipped: usize,
}

/// Results of `--run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct CommandCounts {
    /// Commands carried out.
    pub run: usize,
    /// Those of them that failed.
    pub failed: usize,
}

/// A line's member that every event has, if the kernel was told the run's token.
#[derive(Deserialize)]
struct Named {
    token: Option<String>,
}

impl Event {
    /// Reads one line, without its end, and the token that it carries.
    pub fn parse(line: &str) -> Result<(Self, Option<String>), serde_json::Error> {
        let named: Named = serde_json::from_str(line)?;
        Ok((serde_json::from_str(line)?, named.token))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_events_and_fields_are_ignored() {
        let line = r#"{"event":"tomorrow","by":{"a":[1,2]}}"#;
        assert_eq!(Event::parse(line).unwrap(), (Event::Unknown, None));
        let line = r#"{"event":"boot","token":"a","cpus":2,"memory":4096,"more":[true]}"#;
        let boot = Event::Boot {
            cpus: 2,
            memory: 4096,
        };
        assert_eq!(Event::parse(line).unwrap(), (boot, Some("a".to_owned())));
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        for line in [
            "",
            "ok 1 boot.x",
            r#"{"event":"plan"}"#,
            r#"{"event":"plan","tests":-1}"#,
            r#"{"event":"plan","tests":1} x"#,
            r#"{"event":"poweroff","by":"chance"}"#,
            r#"{"tests":1}"#,
            r#"{"event":"poweroff","token":1,"by":"end"}"#,
            r#"{"event":"poweroff","token":"a","token":"b","by":"end"}"#,
            "[]",
        ] {
            assert!(Event::parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn escapes_become_characters() {
        let line = r#"{"event":"bail_out","reason":"a\u00e9\n\"b\""}"#;
        let reason = "a\u{e9}\n\"b\"".to_owned();
        let (event, _) = Event::parse(line).unwrap();
        assert_eq!(event, Event::BailOut { reason });
    }

    const SCHEMA: &str = include_str!("../../../docs/control-channel.md");

    /// The token of the schema's examples.
    const TOKEN: &str = "kfedgobmlipjacnh";

    /// A section of the schema on one kind of event.
    struct Section {
        kind: &'static str,
        /// Each member, and whether it is optional.
        members: Vec<(&'static str, bool)>,
        examples: Vec<&'static str>,
    }

    fn sections() -> Vec<Section> {
        let sections = SCHEMA.split("\n### ").skip(1).map(|section| {
            let (kind, text) = section.split_once('\n').unwrap();
            let rows = text.lines().filter_map(|line| {
                let (name, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
                let (kind, _) = rest.split_once(" |")?;
                Some((name, kind.ends_with("optional")))
            });
            let examples = text.lines().filter(|line| line.starts_with('{'));
            Section {
                kind,
                members: rows.collect(),
                examples: examples.collect(),
            }
        });
        sections.collect()
    }

    #[test]
    fn the_schema_is_what_is_read() {
        let sections = sections();
        assert_eq!(sections.len(), 11);
        for section in sections {
            let Section {
                kind,
                members,
                examples,
            } = section;
            assert!(!examples.is_empty(), "{kind}");
            for example in examples {
                let (event, token) = Event::parse(example).expect(example);
                assert_ne!(event, Event::Unknown, "{example}");
                assert_eq!(token.as_deref(), Some(TOKEN), "{example}");
                let start = format!(r#"{{"event":"{kind}","token":"{TOKEN}","#);
                assert!(example.starts_with(&start), "{example}");
                let object: serde_json::Value = serde_json::from_str(example).unwrap();
                let object = object.as_object().unwrap();
                for name in object
                    .keys()
                    .filter(|name| !["event", "token"].contains(&name.as_str()))
                {
                    let known = members.iter().any(|(member, _)| member == name);
                    assert!(known, "{kind} has no {name}");
                }
                for (name, optional) in &members {
                    let mut less = object.clone();
                    let was_there = less.remove(*name).is_some();
                    let read = Event::parse(&serde_json::Value::from(less).to_string());
                    assert!(was_there || *optional, "{example} without {name}");
                    assert_eq!(read.is_ok(), *optional, "{kind} without {name}");
                }
            }
        }
    }
}
