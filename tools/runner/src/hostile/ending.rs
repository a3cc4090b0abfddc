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
    /// No self-test ran, which was told.
    NothingRan,
    /// The kernel gave up its self-tests.
    GaveUp(String),
    /// A panic with a report.
    Panicked(String),
    /// A panic without a part of the report.
    NoReport(String),
    /// It passed, and must not have.
    FalsePass(String),
    /// It ran past its limit; the guest, asked then, told where it was.
    Hung(String),
    /// The guest ended without saying why.
    NoName(String),
}

/// Of each kind its name, the wrong ones last.
pub const KINDS: [&str; 11] = [
    "passed",
    "not started, by name",
    "refused, by name",
    "a test failed, with a reason",
    "no test ran, and told so",
    "gave up, with a reason",
    "panicked, with a report",
    "PANICKED WITHOUT A REPORT",
    "PASSED FALSELY",
    "HUNG",
    "ENDED WITHOUT A NAME",
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
            Self::NoReport(_) => 7,
            Self::FalsePass(_) => 8,
            Self::Hung(_) => 9,
            Self::NoName(_) => 10,
        }]
    }

    /// Whether no trial may end so.
    pub fn is_wrong(&self) -> bool {
        matches!(
            self,
            Self::NoReport(_) | Self::FalsePass(_) | Self::Hung(_) | Self::NoName(_)
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

/// Registers and a backtrace, behind the panic's line.
pub fn has_report(lines: &[String]) -> bool {
    let report = lines.iter().skip_while(|line| !line.starts_with("panic: "));
    let has = |word: &str| report.clone().any(|line| line.contains(word));
    has("backtrace:") && has("PSW")
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
            | Self::NoReport(text)
            | Self::FalsePass(text)
            | Self::Hung(text)
            | Self::NoName(text) => write!(f, ": {text}"),
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
