//! The control channel's events: the JSON objects that the guest writes on its second
//! console, one a line. `docs/control-channel.md` is their schema for people.
//!
//! Readers ignore events and fields that they don't know, so the schema may grow. A
//! line that is no JSON object, or a known event whose fields don't fit, is an error.

mod counts;
mod words;

pub use counts::{CommandCounts, TestCounts};
use serde::{Deserialize, Serialize};
pub use words::{AreaUse, ModuleState, NameKind, PoweredOffBy, TableKind, TestResult};

/// One line of the control channel.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
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
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
        base: Option<u64>,
        /// Bytes of its image.
        #[serde(skip_serializing_if = "Option::is_none")]
        bytes: Option<u64>,
        /// Bytes of its per-CPU data, for each CPU.
        #[serde(skip_serializing_if = "Option::is_none")]
        per_cpu_bytes: Option<u64>,
        /// Why it was refused.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// What may be typed: names, which a program completes.
    Names {
        /// What they are of.
        kind: NameKind,
        /// The module that they come and go with; none for the kernel's.
        #[serde(skip_serializing_if = "Option::is_none")]
        module: Option<String>,
        /// The names, some of them: several events may bring names of a kind.
        names: Vec<String>,
    },
    /// A command of the monitor.
    Usage {
        /// Its first word.
        name: String,
        /// What follows, as `help` shows it.
        arguments: String,
        /// What it does.
        help: String,
    },
    /// A range of addresses.
    Region {
        /// What lies there.
        name: String,
        /// Its first byte.
        start: u64,
        /// The byte behind its last.
        end: u64,
    },
    /// A possible CPU.
    Cpu {
        /// Its number.
        number: u32,
        /// Its address, if the machine has it.
        #[serde(skip_serializing_if = "Option::is_none")]
        address: Option<u16>,
        /// Whether it runs.
        online: bool,
        /// Absolute address of its lowcore.
        #[serde(skip_serializing_if = "Option::is_none")]
        prefix: Option<u64>,
        /// What turns a handle into the address of its copy, modulo 2^64.
        offset: u64,
    },
    /// A section of a module.
    Section {
        /// The module.
        module: String,
        /// Its name in the file.
        name: String,
        /// Its first byte's address, or handle.
        address: u64,
        /// Its bytes.
        bytes: u64,
        /// Whether it is per-CPU data.
        per_cpu: bool,
    },
    /// A table that the loader made for a module.
    Table {
        /// The module.
        module: String,
        /// Which table.
        kind: TableKind,
        /// Its first entry's address.
        address: u64,
        /// Its bytes.
        bytes: u64,
    },
    /// A static per-CPU variable.
    Variable {
        /// Its module; none for the kernel's own.
        #[serde(skip_serializing_if = "Option::is_none")]
        module: Option<String>,
        /// Its name.
        name: String,
        /// Its handle.
        handle: u64,
        /// Bytes of a copy.
        bytes: u64,
        /// Address of its GOT slot.
        #[serde(skip_serializing_if = "Option::is_none")]
        slot: Option<u64>,
    },
    /// A slot of a live module's GOT, at the run's end.
    Slot {
        /// The module.
        module: String,
        /// What it is for.
        name: String,
        /// Its address.
        address: u64,
        /// What it holds.
        value: u64,
    },
    /// A relocation: of a live module at the run's end, or for which one is refused.
    Relocation {
        /// The module.
        module: String,
        /// The section that it is in.
        section: String,
        /// Bytes from its start to the place.
        offset: u64,
        /// Address of the place.
        address: u64,
        /// The ABI's name of its type.
        r#type: String,
        /// Its symbol.
        symbol: String,
        /// What is added to the symbol's value, modulo 2^64.
        addend: u64,
        /// The symbol's value.
        value: u64,
        /// Address of the GOT slot that it goes by.
        #[serde(skip_serializing_if = "Option::is_none")]
        slot: Option<u64>,
        /// Address of the PLT stub that it goes by.
        #[serde(skip_serializing_if = "Option::is_none")]
        stub: Option<u64>,
        /// What its field is to stand for, in bytes, modulo 2^64.
        result: u64,
        /// Whether the field holds that.
        fits: bool,
        /// The function that the place is in, and bytes from its start.
        #[serde(skip_serializing_if = "Option::is_none")]
        function: Option<String>,
        /// The bytes there, from the instruction's start to the field's end, in hexadecimal.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// A CPU's copy of a static variable, at the run's end.
    Copy {
        /// The variable's handle.
        handle: u64,
        /// The CPU.
        cpu: u32,
        /// Where the copy is.
        address: u64,
        /// Its first bytes, in hexadecimal.
        value: String,
    },
    /// A chunk of the per-CPU allocator at the run's end, or the reserved part of the first.
    Chunk {
        /// 0 for the first, then the region's.
        number: u64,
        /// Whether it is the reserved part.
        reserved: bool,
        /// The handle of its unit's first byte.
        handle: u64,
        /// Where in a unit it begins.
        start: u64,
        /// Where in a unit it ends.
        end: u64,
        /// Pages of a unit that are populated.
        populated: u64,
    },
    /// Bytes of a chunk's unit that are one thing.
    Area {
        /// The chunk.
        chunk: u64,
        /// Where in the unit it begins.
        start: u64,
        /// Where in the unit it ends.
        end: u64,
        /// What it is.
        r#use: AreaUse,
    },
    /// A page of a chunk's unit at a moment of a stress run.
    Moment {
        /// Operations of CPU 0 before it.
        number: u64,
        /// The chunk.
        chunk: u64,
        /// The page of a unit.
        page: u64,
        /// A letter for each 64 bytes.
        map: String,
    },
    /// A figure of the benchmark.
    Figure {
        /// Its name.
        name: String,
        /// How often it was done.
        operations: u64,
        /// What all of it took: nanoseconds, or instructions under `-icount`.
        total: u64,
    },
    /// The first line of a file of `--json`: what was run.
    Run {
        /// The file's form.
        schema: u32,
        /// When, in UTC.
        date: String,
        /// This program's version.
        runner: String,
        /// QEMU's version.
        emulator: String,
        /// CPUs that were asked for.
        cpus: u32,
        /// The CPU model that was asked for.
        model: String,
        /// The memory that was asked for.
        memory: String,
        /// Words for the kernel command line.
        append: String,
        /// Modules of `--module`.
        modules: Vec<String>,
        /// Commands of `--run`; none for self-tests.
        commands: Vec<String>,
        /// Whether the guest's clock counted instructions.
        counts_instructions: bool,
    },
    /// Its last line: how the run ended.
    Verdict {
        /// This program's exit code.
        exit_code: u8,
        /// In words.
        text: String,
    },
    /// The kernel has panicked.
    Panic {
        /// The CPU that panicked.
        cpu: u32,
        /// What a person reads behind `panic: cpu N: `.
        reason: String,
    },
    /// The guest wants a dump of itself, and waits a moment for it.
    Dump {},
    /// The last event of an orderly end.
    Poweroff {
        /// Who asked for it.
        by: PoweredOffBy,
    },
    /// An event that this program doesn't know.
    #[serde(other)]
    Unknown,
}

/// A line's member that every event has, if the kernel was given the run's token.
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

#[cfg(test)]
mod schema;

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
}
