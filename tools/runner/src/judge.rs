//! The verdict on a run.
//!
//! A guest must prove that it passed. QEMU's exit code alone proves nothing: it
//! is 0 for every orderly power-off, however early. So a pass needs all of it: a
//! clean exit, a complete and consistent test report, a final summary, and
//! agreement between the two.
//!
//! ```text
//!  panic line, exit code not 0   crashed     3     looked at first: what ended
//!  timeout                       timed out   4     the run explains the rest
//!  report or summary incomplete  ended early 5
//!  a test or command failed      failed      1
//!  nothing ran                   failed      1
//!  none of these                 passed      0
//! ```

use crate::transcript::{Summary, Transcript};
use crate::verdict::{Incomplete, Pass, Verdict};
use std::time::Duration;

/// How QEMU ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this code; `None` when a signal ended it.
    Exit(Option<i32>),
    /// It ran past this limit and was killed.
    TimedOut(Duration),
}

/// What the guest was started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// All self-tests, or those that `selftest=` names.
    SelfTests,
    /// This many commands of `--run`.
    Commands(usize),
    /// A person at the console or in gdb: nothing but a crash is judged.
    Session,
}

/// Judges a run by how it ended and what it said.
pub fn judge(purpose: Purpose, ending: Ending, transcript: &Transcript) -> Verdict {
    match ending {
        _ if transcript.panic.is_some() => return Verdict::Crashed(transcript.panic.clone()),
        Ending::TimedOut(limit) => {
            let last_line = transcript.last_line.clone();
            return Verdict::TimedOut { limit, last_line };
        }
        Ending::Exit(None) => return Verdict::Killed,
        Ending::Exit(Some(0)) => {}
        Ending::Exit(Some(_)) => return Verdict::Crashed(None),
    }
    match purpose {
        Purpose::Session => Verdict::Passed(Pass::Session),
        Purpose::Commands(given) => judge_commands(given, transcript),
        Purpose::SelfTests => judge_tests(transcript),
    }
}

fn judge_commands(given: usize, transcript: &Transcript) -> Verdict {
    match transcript.run {
        None => Verdict::EndedEarly(Incomplete::NoRunSummary { given }),
        Some(run) if run.commands != given => {
            let done = run.commands;
            Verdict::EndedEarly(Incomplete::CommandsLeft { done, given })
        }
        Some(run) if run.failed > 0 => Verdict::CommandsFailed(run),
        Some(_) if transcript.report.failed > 0 => {
            Verdict::TestsFailed(transcript.report.failures.clone())
        }
        Some(_) => Verdict::Passed(Pass::Commands(given)),
    }
}

fn judge_tests(transcript: &Transcript) -> Verdict {
    let report = &transcript.report;
    let summary = match complete(transcript) {
        Ok(summary) => summary,
        Err(incomplete) => return Verdict::EndedEarly(incomplete),
    };
    if report.failed > 0 {
        Verdict::TestsFailed(report.failures.clone())
    } else if report.passed == 0 {
        let skipped = report.skipped;
        Verdict::NothingRan { skipped }
    } else {
        Verdict::Passed(Pass::Tests(summary))
    }
}

/// The summary of a report that is complete and agrees with it.
fn complete(transcript: &Transcript) -> Result<Summary, Incomplete> {
    let report = &transcript.report;
    if let Some(reason) = &report.bail_out {
        return Err(Incomplete::BailOut(reason.clone()));
    }
    if let Some(defect) = &report.defect {
        return Err(Incomplete::Defect(defect.clone()));
    }
    let planned = report.plan.ok_or(Incomplete::NoPlan)?;
    let seen = report.results();
    if seen < planned {
        return Err(Incomplete::Short { seen, planned });
    }
    if seen > planned {
        return Err(Incomplete::Long { seen, planned });
    }
    let summary = transcript.summary.ok_or(Incomplete::NoSummary)?;
    let reported = Summary {
        passed: report.passed,
        failed: report.failed,
        skipped: report.skipped,
    };
    match summary == reported {
        true => Ok(summary),
        false => Err(Incomplete::Disagree(summary)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ktap::Defect;

    const CLEAN: Ending = Ending::Exit(Some(0));

    fn verdict(purpose: Purpose, ending: Ending, text: &str) -> Verdict {
        let mut transcript = Transcript::default();
        text.lines().for_each(|line| transcript.line(line));
        judge(purpose, ending, &transcript)
    }

    fn tests(text: &str) -> Verdict {
        verdict(Purpose::SelfTests, CLEAN, text)
    }

    const GOOD: &str = "\
boot: hello
KTAP version 1
1..3
ok 1 boot.a
ok 2 memory.b
ok 3 smp.c # SKIP one CPU
selftest: 2 passed, 0 failed, 1 skipped
";

    #[test]
    fn a_complete_report_passes() {
        let verdict = tests(GOOD);
        assert_eq!(verdict.exit_code(), 0);
        assert_eq!(verdict.to_string(), "passed: 2 self-tests, 1 skipped");
    }

    #[test]
    fn every_line_of_the_report_is_needed() {
        for left_out in 2..GOOD.lines().count() {
            let lines = GOOD.lines().enumerate();
            let kept: Vec<&str> = lines
                .filter(|&(number, _)| number != left_out)
                .map(|(_, line)| line)
                .collect();
            assert_eq!(
                tests(&kept.join("\n")).exit_code(),
                5,
                "without line {left_out}"
            );
        }
    }

    #[test]
    fn every_cut_of_a_good_run_is_early() {
        let lines: Vec<&str> = GOOD.lines().collect();
        for end in 0..lines.len() {
            assert_eq!(
                tests(&lines[..end].join("\n")).exit_code(),
                5,
                "cut after {end}"
            );
        }
    }

    #[test]
    fn an_early_power_off_says_how_far_it_came() {
        let verdict = tests("1..40\nok 1 a\nok 2 b\n");
        let text = "the guest powered off before its test plan was complete (2 of 40)";
        assert_eq!(verdict.to_string(), text);
        assert_eq!(verdict.exit_code(), 5);
    }

    #[test]
    fn silence_is_no_pass() {
        assert_eq!(tests(""), Verdict::EndedEarly(Incomplete::NoPlan));
    }

    #[test]
    fn duplicated_numbers_are_unsound() {
        let text = "1..2\nok 1 a\nok 1 b\nselftest: 2 passed, 0 failed, 0 skipped\n";
        let defect = Defect::OutOfOrder {
            expected: 2,
            found: 1,
        };
        assert_eq!(tests(text), Verdict::EndedEarly(Incomplete::Defect(defect)));
    }

    #[test]
    fn more_results_than_planned_are_unsound() {
        let text = "1..1\nok 1 a\nok 2 b\nselftest: 2 passed, 0 failed, 0 skipped\n";
        let long = Incomplete::Long {
            seen: 2,
            planned: 1,
        };
        assert_eq!(tests(text), Verdict::EndedEarly(long));
    }

    #[test]
    fn a_summary_that_hides_a_failure_is_found() {
        let text = "1..2\nok 1 a\nnot ok 2 b\nselftest: 2 passed, 0 failed, 0 skipped\n";
        assert_eq!(tests(text).exit_code(), 5);
        let text = "1..2\nok 1 a\nnot ok 2 b\nselftest: 1 passed, 1 failed, 0 skipped\n";
        assert_eq!(tests(text), Verdict::TestsFailed(vec!["b".to_owned()]));
    }

    #[test]
    fn nothing_run_is_no_pass() {
        let nothing = "1..0\nselftest: 0 passed, 0 failed, 0 skipped\n";
        assert_eq!(tests(nothing), Verdict::NothingRan { skipped: 0 });
        let skipped = "1..1\nok 1 a # SKIP\nselftest: 0 passed, 0 failed, 1 skipped\n";
        assert_eq!(tests(skipped), Verdict::NothingRan { skipped: 1 });
        assert_eq!(tests(skipped).exit_code(), 1);
    }

    #[test]
    fn bail_out_is_no_pass_even_with_a_summary() {
        let text = "1..1\nBail out! no frames\nok 1 a\nselftest: 1 passed, 0 failed, 0 skipped\n";
        assert_eq!(tests(text).exit_code(), 5);
    }

    #[test]
    fn a_crash_outweighs_a_good_report() {
        for purpose in [Purpose::SelfTests, Purpose::Commands(1), Purpose::Session] {
            let crashed = verdict(purpose, Ending::Exit(Some(1)), GOOD);
            assert_eq!(crashed, Verdict::Crashed(None));
            assert_eq!(crashed.exit_code(), 3);
            let panicked = verdict(purpose, CLEAN, &format!("{GOOD}panic: cpu 1: late\n"));
            assert_eq!(panicked.exit_code(), 3);
        }
    }

    #[test]
    fn a_panic_that_hangs_is_a_crash() {
        let ending = Ending::TimedOut(Duration::from_secs(9));
        let verdict = verdict(Purpose::SelfTests, ending, "panic: cpu 0: stuck\n");
        assert_eq!(
            verdict.to_string(),
            "the guest crashed: panic: cpu 0: stuck"
        );
    }

    #[test]
    fn a_hang_shows_its_last_line() {
        let ending = Ending::TimedOut(Duration::from_secs(9));
        let hung = verdict(Purpose::SelfTests, ending, "1..2\nok 1 a\n");
        let text = "the guest ran past its 9 s and was stopped; its last line: ok 1 a";
        assert_eq!(hung.to_string(), text);
        assert_eq!(hung.exit_code(), 4);
        let mute = verdict(Purpose::SelfTests, ending, "");
        assert!(mute.to_string().ends_with("it printed nothing"));
    }

    #[test]
    fn a_signal_is_not_the_guests_doing() {
        assert_eq!(
            verdict(Purpose::SelfTests, Ending::Exit(None), GOOD).exit_code(),
            6
        );
    }

    #[test]
    fn commands_are_all_carried_out_or_it_is_early() {
        let run = |text| verdict(Purpose::Commands(2), CLEAN, text);
        assert_eq!(
            run("run: 2 commands, 0 failed\n"),
            Verdict::Passed(Pass::Commands(2))
        );
        assert_eq!(run("run: 2 commands, 1 failed\n").exit_code(), 1);
        assert_eq!(run("run: 1 commands, 0 failed\n").exit_code(), 5);
        assert_eq!(run("hello\n").exit_code(), 5);
    }

    #[test]
    fn a_failed_self_test_fails_the_commands() {
        let text = "1..1\nnot ok 1 a\nrun: 1 commands, 0 failed\n";
        assert_eq!(verdict(Purpose::Commands(1), CLEAN, text).exit_code(), 1);
    }

    #[test]
    fn a_session_needs_only_an_orderly_end() {
        assert_eq!(
            verdict(Purpose::Session, CLEAN, "> poweroff\n").exit_code(),
            0
        );
    }
}
