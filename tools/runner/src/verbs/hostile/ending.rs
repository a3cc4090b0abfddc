//! How a trial can end.

use crate::verdict::{Incomplete, Place, Verdict};
use std::fmt;

/// How a trial ended, with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All passed; what was broken is of no consequence.
    Passed,
    /// The runner or QEMU refused it.
    NotStarted(String),
    /// The kernel refused to boot, or to load it.
    Refused(String),
    /// Self-tests failed.
    TestsFailed(String),
    /// No self-test ran, which was reported.
    NothingRan,
    /// The kernel gave up its self-tests.
    GaveUp(String),
    /// A panic with a report.
    Panicked(String),
    /// Code of a broken module ran past the limit; the report, asked for then, names it.
    Looped(String),
    /// A panic without a part of the report.
    NoReport(String),
    /// It passed, and must not have.
    FalsePass(String),
    /// It ran past its limit; the guest, asked then, reported where it was.
    Hung(String),
    /// The guest ended without saying why.
    NoName(String),
    /// It was refused, and what it was given for the while isn't given back.
    Lost(String),
}

/// Of each kind its name, the wrong ones last.
pub const KINDS: [&str; 13] = [
    "passed",
    "not started, by name",
    "refused, by name",
    "a test failed, with a reason",
    "no test ran, as reported",
    "gave up, with a reason",
    "panicked, with a report",
    "looped, with a report",
    "PANICKED WITHOUT A REPORT",
    "PASSED FALSELY",
    "HUNG",
    "ENDED WITHOUT A NAME",
    "LOST MEMORY",
];

impl Ending {
    /// Its kind's name.
    pub fn kind(&self) -> &'static str {
        KINDS[match self {
            Self::Passed => 0,
            Self::NotStarted(_) => 1,
            Self::Refused(_) => 2,
            Self::TestsFailed(_) => 3,
            Self::NothingRan => 4,
            Self::GaveUp(_) => 5,
            Self::Panicked(_) => 6,
            Self::Looped(_) => 7,
            Self::NoReport(_) => 8,
            Self::FalsePass(_) => 9,
            Self::Hung(_) => 10,
            Self::NoName(_) => 11,
            Self::Lost(_) => 12,
        }]
    }

    /// Whether no trial may end so.
    pub fn is_wrong(&self) -> bool {
        matches!(
            self,
            Self::NoReport(_)
                | Self::FalsePass(_)
                | Self::Hung(_)
                | Self::NoName(_)
                | Self::Lost(_)
        )
    }

    /// A guest's end, by its verdict; a crash's report is in its lines.
    pub fn of(verdict: Verdict, lines: &[String]) -> Self {
        const NO_BOOT: &str = "the kernel can't boot: ";
        let text = verdict.to_string();
        match verdict {
            Verdict::Passed(_) => Self::Passed,
            Verdict::TestsFailed(names) => Self::TestsFailed(names.join(", ")),
            Verdict::NothingRan { .. } => Self::NothingRan,
            Verdict::Panicked { panic } => match panic.split_once(NO_BOOT) {
                Some((_, reason)) => Self::Refused(reason.to_owned()),
                None if has_report(lines) => Self::Panicked(panic),
                None => Self::NoReport(panic),
            },
            Verdict::EndedEarly(Incomplete::BailOut(reason)) => Self::GaveUp(reason),
            Verdict::TimedOut(timeout) => match timeout.place {
                Place::Unknown => Self::NoName(text),
                _ => Self::Hung(text),
            },
            _ => Self::NoName(text),
        }
    }
}

/// Registers and a backtrace, behind the panic's line. Where no interruption led to it there is
/// no PSW.
pub fn has_report(lines: &[String]) -> bool {
    let report = lines.iter().skip_while(|line| !line.starts_with("panic: "));
    let has = |word: &str| report.clone().any(|line| line.contains(word));
    has("backtrace:") && has("  r0  ")
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Self::Passed | Self::NothingRan => Ok(()),
            Self::NotStarted(text)
            | Self::Refused(text)
            | Self::TestsFailed(text)
            | Self::GaveUp(text)
            | Self::Panicked(text)
            | Self::Looped(text)
            | Self::NoReport(text)
            | Self::FalsePass(text)
            | Self::Hung(text)
            | Self::NoName(text)
            | Self::Lost(text) => write!(f, ": {text}"),
        }
    }
}

/// An ending's words without what differs from trial to trial: numbers and names.
pub fn shape(ending: &Ending) -> String {
    let text = ending.to_string();
    let words = text.split(' ').map(|word| {
        let differs = word.contains(|letter: char| letter.is_ascii_digit() || letter == '`');
        if differs || word.len() > 60 {
            "_"
        } else {
            word
        }
    });
    let words: Vec<&str> = words.take(16).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Timeout;
    use std::time::Duration;

    fn of(verdict: Verdict, lines: &[&str]) -> &'static str {
        let lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
        Ending::of(verdict, &lines).kind()
    }

    fn panicked(reason: &str) -> Verdict {
        let panic = format!("panic: cpu 0: {reason}");
        Verdict::Panicked { panic }
    }

    #[test]
    fn a_crash_needs_its_report() {
        let line = "panic: cpu 0: program check 1 (operation)";
        let report = [line, "  r0  0000", "  backtrace:", "    0x2"];
        let crash = || panicked("program check 1 (operation)");
        assert_eq!(of(crash(), &report), "panicked, with a report");
        for left_out in 1..3 {
            let mut lines = report.to_vec();
            lines.remove(left_out);
            assert_eq!(of(crash(), &lines), "PANICKED WITHOUT A REPORT");
        }
        // What a module prints before is no part of it.
        let before = [&report[1..], &report[..1]].concat();
        assert_eq!(of(crash(), &before), "PANICKED WITHOUT A REPORT");
        let refused = panicked("the kernel can't boot: command line: no");
        assert_eq!(of(refused, &[]), "refused, by name");
    }

    #[test]
    fn a_hang_and_an_end_without_a_word_are_wrong() {
        let timed_out = |place| {
            Verdict::TimedOut(Timeout {
                limit: Duration::from_secs(1),
                last_line: None,
                place,
            })
        };
        for (verdict, kind) in [
            (timed_out(Place::Cpus(vec![String::new()])), "HUNG"),
            (timed_out(Place::Unknown), "ENDED WITHOUT A NAME"),
            (Verdict::Crashed { last_line: None }, "ENDED WITHOUT A NAME"),
            (Verdict::Killed { signal: 9 }, "ENDED WITHOUT A NAME"),
            (
                Verdict::EndedEarly(Incomplete::NoPlan),
                "ENDED WITHOUT A NAME",
            ),
        ] {
            let ending = Ending::of(verdict, &[]);
            assert_eq!(ending.kind(), kind);
            assert!(ending.is_wrong());
        }
        let gave_up = Verdict::EndedEarly(Incomplete::BailOut("no test".to_owned()));
        assert!(!Ending::of(gave_up, &[]).is_wrong());
    }
}
