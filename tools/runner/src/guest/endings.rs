//! More than a hundred ways in which a run ends, each with its verdict: a script in
//! QEMU's place writes a record, or a part of one, and ends. What only a guest can do is
//! in `tests/guest/endings.rs`.

use super::watch::{self, Channel, Settings};
use crate::error::Error;
use crate::screen::view::Shown;
use crate::verdict::Verdict;
use crate::verdict::judge::{Purpose, judge};
use crate::verdict::token::Token;
use signal_hook::low_level::signal_name;
use std::fmt::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Exit codes of the runner.
const PASSED: u8 = 0;
const CRASHED: u8 = 3;
const TIMED_OUT: u8 = 4;
const EARLY: u8 = 5;
const NO_GUEST: u8 = 6;

const TESTS: [&str; 6] = [
    r#"{"event":"boot","token":"T","cpus":2,"memory":2147483648}"#,
    r#"{"event":"plan","token":"T","tests":2}"#,
    r#"{"event":"test","token":"T","number":1,"name":"boot.a","result":"passed"}"#,
    r#"{"event":"test","token":"T","number":2,"name":"boot.b","result":"passed"}"#,
    r#"{"event":"tests","token":"T","passed":2,"failed":0,"skipped":0}"#,
    r#"{"event":"poweroff","token":"T","by":"end"}"#,
];
const COMMANDS: [&str; 5] = [
    r#"{"event":"boot","token":"T","cpus":2,"memory":2147483648}"#,
    r#"{"event":"command","token":"T","number":1,"line":"lsmod","ok":true}"#,
    r#"{"event":"command","token":"T","number":2,"line":"cpu","ok":true}"#,
    r#"{"event":"commands","token":"T","run":2,"failed":0}"#,
    r#"{"event":"poweroff","token":"T","by":"end"}"#,
];
const PANIC: &str = r#"{"event":"panic","token":"T","cpu":0,"reason":"on purpose"}"#;

/// Signals that end a program that does nothing about them; see signal(7).
const SIGNALS: [i32; 24] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31, 34,
];

/// A way to end, and what it must come to.
struct Case {
    name: String,
    purpose: Purpose,
    script: String,
    expected: u8,
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    fn add(&mut self, name: &str, purpose: Purpose, record: &str, end: &str, expected: u8) {
        let token = Token::new(7);
        let record = record.replace(r#""T""#, &format!("{:?}", token.text()));
        let script = format!(
            "ulimit -c 0; exec 3>\"$CONTROL\"; echo text\ncat >&3 <<'RECORD'\n{record}RECORD\n{end}\n"
        );
        self.0.push(Case {
            name: name.to_owned(),
            purpose,
            script,
            expected,
        });
    }
}

fn text(lines: &[&str]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    })
}

fn cases() -> Vec<Case> {
    let mut cases = Cases::default();
    let both = [
        (Purpose::SelfTests, &TESTS[..]),
        (Purpose::Commands(2), &COMMANDS[..]),
    ];
    for (purpose, good) in both {
        cases.add("whole", purpose, &text(good), "exit 0", PASSED);
        // The boot event is for people.
        for cut in 0..good.len() {
            let record = text(&good[..cut]);
            cases.add(
                &format!("cut after {cut}"),
                purpose,
                &record,
                "exit 0",
                EARLY,
            );
            let record = record + &good[cut][..good[cut].len() / 2] + "\n";
            cases.add(
                &format!("cut within {cut}"),
                purpose,
                &record,
                "exit 0",
                EARLY,
            );
        }
        for at in 1..good.len() {
            let mut lines = good.to_vec();
            lines.insert(at, good[at]);
            cases.add(
                &format!("{at} twice"),
                purpose,
                &text(&lines),
                "exit 0",
                EARLY,
            );
            lines.remove(at);
            lines.remove(at);
            cases.add(
                &format!("without {at}"),
                purpose,
                &text(&lines),
                "exit 0",
                EARLY,
            );
        }
        for at in 2..good.len() {
            let mut lines = good.to_vec();
            lines.swap(at - 1, at);
            cases.add(
                &format!("{at} too soon"),
                purpose,
                &text(&lines),
                "exit 0",
                EARLY,
            );
        }
        for at in 0..good.len() {
            let mut lines = good.to_vec();
            let forged = good[at].replace(r#""token":"T","#, "");
            lines[at] = &forged;
            cases.add(
                &format!("{at} is forged"),
                purpose,
                &text(&lines),
                "exit 0",
                EARLY,
            );
            lines[at] = PANIC;
            cases.add(
                &format!("{at} is a panic"),
                purpose,
                &text(&lines),
                "exit 0",
                CRASHED,
            );
        }
        let forged = text(good).replace(r#""token":"T","#, "");
        cases.add("forged", purpose, &forged, "exit 0", EARLY);
    }
    let (purpose, good) = (Purpose::SelfTests, text(&TESTS));
    for signal in SIGNALS {
        let end = format!("kill -{signal} $$; sleep 60");
        let name = signal_name(signal).unwrap_or("a real-time signal");
        cases.add(name, purpose, &good, &end, NO_GUEST);
        let panic = text(&[TESTS[0], PANIC]);
        cases.add(&format!("panic, {name}"), purpose, &panic, &end, CRASHED);
    }
    for code in [1, 2, 3, 6, 77, 125, 126, 127, 128, 134, 139, 255] {
        let end = format!("exit {code}");
        cases.add(&format!("exit code {code}"), purpose, &good, &end, CRASHED);
        let end = format!("echo 'ok 1' >&2; exit {code}");
        cases.add(&format!("{code} at once"), purpose, "", &end, CRASHED);
    }
    cases.0
}

fn ended(case: &Case, limit: Duration) -> (u8, String) {
    let channel = Channel::new().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", &case.script]).stdin(Stdio::null());
    command.env("CONTROL", channel.path());
    let settings = Settings {
        shown: Shown::Failures,
        limit: Some(limit),
        token: Some(Token::new(7)),
        ..Settings::default()
    };
    match watch::watch(command, "sh", channel, settings) {
        Ok(run) => {
            let last_line = run.transcript.last_line();
            let verdict = judge(case.purpose, run.ending, &run.record, last_line);
            (verdict.exit_code(), verdict.to_string())
        }
        Err(error) => (NO_GUEST, error.to_string()),
    }
}

#[test]
fn each_has_its_verdict() {
    let cases = cases();
    assert!(cases.len() >= 100, "{} cases", cases.len());
    for case in &cases {
        let (code, text) = ended(case, Duration::from_secs(60));
        let Case { name, purpose, .. } = case;
        assert_eq!(code, case.expected, "{name}, {purpose:?}: {text}");
        assert!(!text.is_empty(), "{name}");
    }
}

/// However far the record came, a run that doesn't end is one that timed out.
#[test]
fn a_record_is_no_way_past_the_limit() {
    for record in [String::new(), text(&TESTS[..3]), text(&TESTS)] {
        let mut cases = Cases::default();
        cases.add(
            "hang",
            Purpose::SelfTests,
            &record,
            "exec sleep 60",
            TIMED_OUT,
        );
        for case in &cases.0 {
            let (code, text) = ended(case, Duration::from_millis(300));
            assert_eq!(code, case.expected, "{text}");
        }
    }
}

/// What this program can't start is its own failure, not a guest's.
#[test]
fn a_program_that_is_not_there() {
    let channel = Channel::new().unwrap();
    let command = Command::new("/no/such/program");
    let run = watch::watch(command, "QEMU", channel, Settings::default());
    assert!(matches!(run, Err(Error::Start { .. })), "{run:?}");
    let verdict = Verdict::Interrupted { signal: 15 };
    assert_eq!(verdict.exit_code(), 143);
}
