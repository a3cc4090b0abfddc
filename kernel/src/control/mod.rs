//! The control channel: what happens, for the program that started the machine.
//!
//! Plans, results, a panic, the end: each is one line of JSON on the line-mode
//! console, by the schema of docs/control-channel.md. What people read goes to the
//! other console, and so does what modules print: a verdict rests on nothing that a
//! module can write. Without that console the kernel runs all the same.
//!
//! Each line carries the run's token, once the command line is known: only what was sent
//! it can write a line that the judge takes for this run's.
//!
//! A record is put together on its caller's stack and then written under the lock, so
//! every line is whole, whatever its texts do while they are formatted (C21).
//!
//! * `record.rs`: a line, as JSON
//! * `details.rs`: what the machine looks like from inside
//! * `channel.rs`: the console that it goes to
//! * `names.rs`: what may be typed, for a program that completes it

mod channel;
pub mod details;
mod names;
mod record;

pub use channel::{init, lost, take_over};
pub use names::{Names, command_usage, send_names, want as want_names, wants_names};

use channel::write;
use core::fmt::Display;
use record::Record;

/// The kernel is up: CPUs of the machine, bytes of memory.
pub fn boot(cpus: usize, memory: u64) {
    write("boot", |record| {
        record.number("cpus", cpus as u64).number("memory", memory);
    });
}

/// Self-tests begin: how many.
pub fn plan(tests: usize) {
    write("plan", |record| {
        record.number("tests", tests as u64);
    });
}

/// How a self-test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestResult<'a> {
    /// All that it checks holds.
    Passed,
    /// Something doesn't: what.
    Failed(&'a str),
    /// The machine or the command line makes it pointless: why.
    Skipped(&'a str),
}

/// Adds how a test ended, and why.
fn add_result(record: &mut Record, result: TestResult<'_>) {
    let (word, reason) = match result {
        TestResult::Passed => ("passed", None),
        TestResult::Failed(reason) => ("failed", Some(reason)),
        TestResult::Skipped(reason) => ("skipped", Some(reason)),
    };
    record.word("result", word);
    if let Some(reason) = reason {
        record.text("reason", reason);
    }
}

/// A self-test has ended. Numbers count from 1, in the plan's order.
pub fn test(number: usize, name: &str, result: TestResult<'_>) {
    write("test", |record| {
        record.number("number", number as u64).text("name", name);
        add_result(record, result);
    });
}

/// A test case of a module's suite has ended.
pub fn subtest(suite: &str, name: &str, result: TestResult<'_>) {
    write("subtest", |record| {
        record.text("suite", suite).text("name", name);
        add_result(record, result);
    });
}

/// All self-tests of the plan have ended: how many, and how.
pub fn tests(passed: usize, failed: usize, skipped: usize) {
    write("tests", |record| {
        record
            .number("passed", passed as u64)
            .number("failed", failed as u64)
            .number("skipped", skipped as u64);
    });
}

/// No self-test can run, or none further.
pub fn bail_out(reason: impl Display) {
    write("bail_out", |record| {
        record.text("reason", reason);
    });
}

/// A command of `--run` has ended. Numbers count from 1.
pub fn command(number: usize, line: &str, error: Option<&dyn Display>) {
    write("command", |record| {
        record
            .number("number", number as u64)
            .text("line", line)
            .flag("ok", error.is_none());
        if let Some(error) = error {
            record.text("error", error);
        }
    });
}

/// The commands of `--run` have ended: how many were run, how many of them failed.
pub fn commands(run: usize, failed: usize) {
    write("commands", |record| {
        record
            .number("run", run as u64)
            .number("failed", failed as u64);
    });
}

/// Where a module lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its lowest address; 0 if it has neither text nor data.
    pub base: u64,
    /// Bytes of text and data.
    pub bytes: u64,
    /// Bytes of its static variables on each CPU.
    pub per_cpu_bytes: u64,
}

/// A module's init has returned: it may be used.
pub fn module_live(name: &str, place: Place) {
    write("module", |record| {
        record
            .text("name", name)
            .word("state", "live")
            .number("base", place.base)
            .number("bytes", place.bytes)
            .number("per_cpu_bytes", place.per_cpu_bytes);
    });
}

/// A module's exit has returned, and its memory is given back.
pub fn module_gone(name: &str) {
    write("module", |record| {
        record.text("name", name).word("state", "gone");
    });
}

/// A module isn't loaded, and nothing of it is left.
pub fn module_refused(name: &str, error: impl Display) {
    write("module", |record| {
        record
            .text("name", name)
            .word("state", "refused")
            .text("error", error);
    });
}

/// The kernel dies. Texts of the other console follow.
pub fn panic(cpu: u32, reason: impl Display) {
    write("panic", |record| {
        record.number("cpu", cpu.into()).text("reason", reason);
    });
}

/// A dump of the machine is wanted.
pub fn dump() {
    write("dump", |_| {});
}

/// Who wants the machine off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerOffBy {
    /// The run: all that it was for is done.
    End,
    /// A command `poweroff`.
    Command,
}

/// The machine goes off next: the last line of an orderly end.
pub fn power_off(by: PowerOffBy) {
    write("poweroff", |record| {
        let by = match by {
            PowerOffBy::End => "end",
            PowerOffBy::Command => "command",
        };
        record.word("by", by);
    });
}
