//! Files about a run, for other programs: `--json` and `--junit`.
//!
//! ```text
//!  --json    {"event":"run", ..}       this program: date, versions, what was asked for
//!            {"event":"boot", ..} ..   the guest: its control channel, without the token,
//!                                      and with details that it has for this
//!            {"event":"verdict", ..}   this program
//!  --junit   a test case for each self-test and command, and one for the verdict
//! ```

use super::date::Date;
use super::junit::{self, Case};
use crate::error::Error;
use crate::options::Options;
use crate::options::files;
use crate::screen::output;
use crate::verdict::Verdict;
use crate::verdict::events::{Event, TestResult};
use crate::verdict::record::Record;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Of the file's form; another number is another form.
pub const SCHEMA: u32 = 1;

/// The file of `--json`.
#[derive(Debug)]
pub struct Report(File);

impl Report {
    /// Begins it, with what was asked for, and of which emulator.
    ///
    /// # Errors
    /// It can't be written.
    pub fn begin(path: &Path, options: &Options, emulator: String) -> Result<Self, Error> {
        let mut file = files::create(path)?;
        let modules = options.modules.iter();
        let event = Event::Run {
            schema: SCHEMA,
            date: Date::now().to_string(),
            runner: env!("CARGO_PKG_VERSION").to_owned(),
            emulator,
            cpus: options.cpus(),
            model: options.cpu.clone(),
            memory: options.memory().to_string(),
            append: options.append.join(" "),
            modules: modules.map(|path| path.display().to_string()).collect(),
            commands: options.commands().into_iter().map(str::to_owned).collect(),
            counts_instructions: options.counts_instructions(),
        };
        write_event(&mut file, &event).map_err(Error::file("write", path))?;
        Ok(Self(file))
    }

    /// The file, for the guest's events.
    pub fn file(&self) -> io::Result<File> {
        self.0.try_clone()
    }

    /// Ends it.
    pub fn end(mut self, verdict: &Verdict) {
        let event = Event::Verdict {
            exit_code: verdict.exit_code(),
            text: verdict.to_string(),
        };
        if let Err(error) = write_event(&mut self.0, &event) {
            output::message!("the file of --json is incomplete: {error}");
        }
    }
}

fn write_event(file: &mut File, event: &Event) -> io::Result<()> {
    // One piece: who reads at the same time has whole lines.
    let line = serde_json::to_string(event)? + "\n";
    file.write_all(line.as_bytes())
}

/// A line of the control channel as the file has it; `None` for one that isn't the run's.
pub fn line_of(line: &str, token: Option<&str>) -> Option<String> {
    let (_, found) = Event::parse(line).ok()?;
    let Some(token) = token else {
        return Some(line.to_owned());
    };
    // By the channel's rules it is the second member.
    let member = format!(r#","token":"{token}""#);
    (found.as_deref() == Some(token)).then(|| line.replacen(&member, "", 1))
}

/// Writes the file of `--junit`.
///
/// # Errors
/// It can't be written.
pub fn write_junit(path: &Path, record: &Record, verdict: &Verdict) -> Result<(), Error> {
    let text = junit(record, verdict);
    let mut file = files::create(path)?;
    file.write_all(text.as_bytes())
        .map_err(Error::file("write", path))
}

fn junit(record: &Record, verdict: &Verdict) -> String {
    let mut cases = Vec::new();
    for test in record.test_runs.iter().flat_map(|run| &run.results) {
        let (class, name) = test.name.split_once('.').unwrap_or(("", &test.name));
        let reason = test.reason.clone().unwrap_or_default();
        cases.push(Case {
            class: class.to_owned(),
            name: name.to_owned(),
            what: match test.result {
                TestResult::Passed => None,
                TestResult::Failed => Some(("failure", reason)),
                TestResult::Skipped => Some(("skipped", reason)),
            },
        });
    }
    for command in &record.commands {
        cases.push(Case {
            class: "command".to_owned(),
            name: command.line.clone(),
            what: { command.result.clone().err() }.map(|error| ("failure", error)),
        });
    }
    // A run that ended early, or crashed, isn't good, however many tests passed.
    let is_good = verdict.exit_code() == 0;
    cases.push(Case {
        class: "run".to_owned(),
        name: "verdict".to_owned(),
        what: (!is_good).then(|| ("failure", verdict.to_string())),
    });
    junit::text("guest", &cases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_left_out() {
        let line =
            r#"{"event":"command","token":"ab","number":1,"line":"\",\"token\":\"ab\"","ok":true}"#;
        let found = line_of(line, Some("ab")).unwrap();
        let expected = r#"{"event":"command","number":1,"line":"\",\"token\":\"ab\"","ok":true}"#;
        assert_eq!(found, expected);
        assert_eq!(line_of(line, Some("cd")), None);
        assert_eq!(line_of("ok 1 a", Some("ab")), None);
        assert_eq!(line_of("{}", None), None);
    }

    #[test]
    fn junit_has_every_case_and_the_verdict() {
        let mut record = Record::default();
        for line in [
            r#"{"event":"plan","tests":3}"#,
            r#"{"event":"test","number":1,"name":"boot.a","result":"passed"}"#,
            r#"{"event":"test","number":2,"name":"boot.b","result":"failed","reason":"1 < \"2\" & \u0001"}"#,
            r#"{"event":"test","number":3,"name":"smp.c","result":"skipped","reason":"one CPU"}"#,
            r#"{"event":"command","number":1,"line":"lsmod","ok":true}"#,
        ] {
            record.line(line);
        }
        let verdict = Verdict::TestsFailed(vec!["boot.b".to_owned()]);
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
            <testsuite name=\"guest\" tests=\"5\" failures=\"2\" skipped=\"1\" errors=\"0\">\n  \
            <testcase classname=\"boot\" name=\"a\"/>\n  \
            <testcase classname=\"boot\" name=\"b\"><failure message=\"1 &lt; &quot;2&quot; &amp; \u{fffd}\"/></testcase>\n  \
            <testcase classname=\"smp\" name=\"c\"><skipped message=\"one CPU\"/></testcase>\n  \
            <testcase classname=\"command\" name=\"lsmod\"/>\n  \
            <testcase classname=\"run\" name=\"verdict\"><failure message=\"1 self-tests failed: boot.b\"/></testcase>\n\
            </testsuite>\n";
        assert_eq!(junit(&record, &verdict), expected);
    }
}
