//! Records, whole and broken, and their verdicts.

use super::*;
use crate::verdict::record::Defect;
use crate::verdict::{Place, Timeout};
use std::time::Duration;

const CLEAN: Ending = Ending::Exit(0);

fn verdict(purpose: Purpose, ending: Ending, lines: &[&str]) -> Verdict {
    let mut record = Record::default();
    lines.iter().for_each(|line| record.line(line));
    judge(purpose, ending, &record, Some("the last line"))
}

fn tests(lines: &[&str]) -> Verdict {
    verdict(Purpose::SelfTests, CLEAN, lines)
}

const BOOT: &str = r#"{"event":"boot","cpus":2,"memory":2147483648}"#;
const PASSED: &str = r#"{"event":"test","number":1,"name":"boot.a","result":"passed"}"#;
const FAILED: &str = r#"{"event":"test","number":1,"name":"boot.a","result":"failed"}"#;
const SKIPPED: &str = r#"{"event":"test","number":1,"name":"boot.a","result":"skipped"}"#;
const LSMOD: &str = r#"{"event":"command","number":1,"line":"lsmod","ok":true}"#;
const WRONG: &str = r#"{"event":"command","number":1,"line":"x","ok":false,"error":"no"}"#;
const POWEROFF: &str = r#"{"event":"command","number":2,"line":"poweroff","ok":true}"#;
const END: &str = r#"{"event":"poweroff","by":"end"}"#;
const BY_COMMAND: &str = r#"{"event":"poweroff","by":"command"}"#;
const GOOD: [&str; 7] = [
    BOOT,
    r#"{"event":"plan","tests":3}"#,
    PASSED,
    r#"{"event":"test","number":2,"name":"memory.b","result":"passed"}"#,
    r#"{"event":"test","number":3,"name":"smp.c","result":"skipped","reason":"one CPU"}"#,
    r#"{"event":"tests","passed":2,"failed":0,"skipped":1}"#,
    END,
];

fn plan(tests: usize) -> String {
    format!(r#"{{"event":"plan","tests":{tests}}}"#)
}

fn counts(passed: usize, failed: usize, skipped: usize) -> String {
    format!(r#"{{"event":"tests","passed":{passed},"failed":{failed},"skipped":{skipped}}}"#)
}

fn run_ended(run: usize, failed: usize) -> String {
    format!(r#"{{"event":"commands","run":{run},"failed":{failed}}}"#)
}

#[test]
fn a_complete_record_passes() {
    let verdict = tests(&GOOD);
    assert_eq!(verdict.exit_code(), 0);
    assert_eq!(verdict.to_string(), "passed: 2 self-tests, 1 skipped");
}

#[test]
fn subtests_of_modules_decide_too() {
    let subtest = |result| {
        format!(r#"{{"event":"subtest","suite":"sums","name":"adds","result":"{result}"}}"#)
    };
    let (passed, failed) = (subtest("passed"), subtest("failed"));
    let ended = run_ended(1, 0);
    let commands = |lines: &[&str]| verdict(Purpose::Commands(1), CLEAN, lines);
    let good = commands(&[BOOT, &passed, LSMOD, &ended, END]);
    assert_eq!(
        good.to_string(),
        "passed: 1 commands, 1 sub-tests, 0 skipped"
    );
    let bad = commands(&[BOOT, &passed, &failed, LSMOD, &ended, END]);
    assert_eq!(bad, Verdict::TestsFailed(vec!["sums.adds".to_owned()]));
    // A module of the initrd fails a run of self-tests, too.
    let mut lines = GOOD.to_vec();
    lines.insert(1, &failed);
    assert_eq!(tests(&lines).exit_code(), 1);
}

#[test]
fn every_event_of_a_run_is_needed() {
    // The boot event is for people: a verdict doesn't need it.
    for (left_out, line) in GOOD.iter().enumerate().skip(1) {
        let mut lines = GOOD.to_vec();
        lines.remove(left_out);
        assert_eq!(tests(&lines).exit_code(), 5, "without {line}");
    }
}

#[test]
fn every_cut_of_a_good_run_is_early() {
    for end in 0..GOOD.len() {
        assert_eq!(tests(&GOOD[..end]).exit_code(), 5, "cut after {end}");
        let mut lines = GOOD[..end].to_vec();
        lines.push(END);
        if end < GOOD.len() - 1 {
            assert_eq!(tests(&lines).exit_code(), 5, "powered off after {end}");
        }
    }
}

#[test]
fn an_early_power_off_counts_the_tests_done() {
    let verdict = tests(&[BOOT, &plan(40), PASSED, END]);
    let text = "the guest powered off before its test plan was complete (1 of 40)";
    assert_eq!(verdict.to_string(), text);
    assert_eq!(verdict.exit_code(), 5);
}

#[test]
fn silence_is_no_pass() {
    for purpose in [Purpose::SelfTests, Purpose::Commands(1), Purpose::Session] {
        let verdict = verdict(purpose, CLEAN, &[]);
        assert_eq!(verdict, Verdict::EndedEarly(Incomplete::NoEvents));
    }
}

#[test]
fn a_line_that_is_no_event_is_a_defect_of_the_run() {
    for purpose in [Purpose::SelfTests, Purpose::Commands(1), Purpose::Session] {
        let verdict = verdict(
            purpose,
            CLEAN,
            &[&GOOD[..6], &["ok 1 boot.a", END]].concat(),
        );
        assert_eq!(verdict.exit_code(), 5);
        assert!(matches!(
            verdict,
            Verdict::EndedEarly(
                Incomplete::Defect(Defect::NotAnEvent { .. }) | Incomplete::CommandsMissing { .. }
            )
        ));
    }
}

#[test]
fn a_second_plan_is_no_self_test_run() {
    let lines = [&GOOD[..6], &GOOD[1..]].concat();
    assert_eq!(tests(&lines), Verdict::EndedEarly(Incomplete::SecondPlan));
}

#[test]
fn counts_that_hide_a_failure_are_found() {
    let lines = [&plan(1), FAILED, &counts(1, 0, 0), END];
    assert_eq!(tests(&lines).exit_code(), 5);
    let lines = [&plan(1), FAILED, &counts(0, 1, 0), END];
    assert_eq!(
        tests(&lines),
        Verdict::TestsFailed(vec!["boot.a".to_owned()])
    );
}

#[test]
fn nothing_run_is_no_pass() {
    let nothing = [&plan(0), &counts(0, 0, 0), END];
    assert_eq!(tests(&nothing), Verdict::NothingRan { skipped: 0 });
    let skipped = [&plan(1), SKIPPED, &counts(0, 0, 1), END];
    assert_eq!(tests(&skipped), Verdict::NothingRan { skipped: 1 });
    assert_eq!(tests(&skipped).exit_code(), 1);
}

#[test]
fn bail_out_is_no_pass_even_with_counts() {
    let bail_out = r#"{"event":"bail_out","reason":"no frames"}"#;
    let verdict = tests(&[&plan(1), bail_out, PASSED, &counts(1, 0, 0), END]);
    assert_eq!(verdict.exit_code(), 5);
    assert!(verdict.to_string().ends_with("no frames"));
}

#[test]
fn a_crash_outweighs_a_good_record() {
    let panic = r#"{"event":"panic","cpu":1,"reason":"late"}"#;
    for purpose in [Purpose::SelfTests, Purpose::Commands(1), Purpose::Session] {
        let crashed = verdict(purpose, Ending::Exit(1), &GOOD);
        let text = "the guest crashed: a disabled wait without a panic; \
                    its last line: the last line";
        assert_eq!(crashed.to_string(), text);
        assert_eq!(crashed.exit_code(), 3);
        let panicked = verdict(purpose, CLEAN, &[&GOOD[..], &[panic]].concat());
        assert_eq!(panicked.exit_code(), 3);
    }
}

#[test]
fn a_panic_that_hangs_is_a_crash() {
    let ending = Ending::Killed(9);
    let panic = r#"{"event":"panic","cpu":0,"reason":"stuck"}"#;
    let verdict = verdict(Purpose::SelfTests, ending, &[panic]);
    assert_eq!(
        verdict.to_string(),
        "the guest crashed: panic: cpu 0: stuck"
    );
}

#[test]
fn a_hang_is_reported_with_its_place() {
    let hung = |place, last_line: Option<&str>| {
        let ending = Ending::TimedOut(Timeout {
            limit: Duration::from_secs(9),
            last_line: last_line.map(str::to_owned),
            place,
        });
        let panic = r#"{"event":"panic","cpu":0,"reason":"unexpected restart"}"#;
        let lines = [&GOOD[..], &[panic]].concat();
        let verdict = verdict(Purpose::SelfTests, ending, &lines);
        assert_eq!(verdict.exit_code(), 4);
        verdict.to_string()
    };
    let stopped = "the guest ran past its 9 s and was stopped";
    let reported = |address: Option<&str>| Place::Reported {
        panic: "panic: cpu 0: unexpected restart".to_owned(),
        address: address.map(str::to_owned),
    };
    assert_eq!(
        hung(reported(Some("0x12 hang+0x2")), Some("one")),
        format!(
            "{stopped}; asked by an NMI it says: cpu 0: unexpected restart, \
             at 0x12 hang+0x2; its last line: one"
        )
    );
    assert!(hung(reported(None), None).ends_with("unexpected restart; it printed nothing"));
    let cpus: Vec<String> = (0..6).map(|cpu| format!("cpu {cpu} waits")).collect();
    let text = hung(Place::Cpus(cpus.clone()), None);
    assert!(
        text.contains("doesn't answer an NMI: cpu 0 waits, cpu 1 waits"),
        "{text}"
    );
    assert!(text.contains("cpu 3 waits, and 2 others;"), "{text}");
    let text = hung(Place::Paused(cpus), None);
    assert!(text.contains("the machine was paused: cpu 0"), "{text}");
    assert!(hung(Place::Unknown, None).contains("QEMU doesn't answer either"));
}

#[test]
fn a_signal_is_not_the_guests_doing() {
    let killed = verdict(Purpose::SelfTests, Ending::Killed(11), &GOOD);
    assert_eq!(killed.exit_code(), 6);
    assert_eq!(killed.to_string(), "QEMU was ended by signal 11 (SIGSEGV)");
    let interrupted = verdict(Purpose::Session, Ending::Interrupted(2), &GOOD);
    assert_eq!(interrupted.exit_code(), 130);
}

#[test]
fn commands_are_all_carried_out_or_it_is_early() {
    let second = LSMOD.replace("1", "2");
    let run = |lines: &[&str]| verdict(Purpose::Commands(2), CLEAN, lines);
    let passed = Verdict::Passed(Pass::Commands(2));
    assert_eq!(run(&[LSMOD, &second, &run_ended(2, 0), END]), passed);
    let failed = run(&[WRONG, &second, &run_ended(2, 1), END]);
    assert_eq!(failed.to_string(), "1 of 2 commands failed");
    assert_eq!(failed.exit_code(), 1);
    for lines in [
        &[BOOT][..],
        &[BOOT, END],
        &[LSMOD, &run_ended(1, 0), END],
        &[LSMOD, &second, END],
        &[LSMOD, &second, &run_ended(2, 0)],
        &[LSMOD, &second, &run_ended(2, 1), END],
    ] {
        assert_eq!(run(lines).exit_code(), 5, "{lines:?}");
    }
}

#[test]
fn a_poweroff_that_was_asked_for_is_an_end() {
    let run = |given, lines: &[&str]| verdict(Purpose::Commands(given), CLEAN, lines);
    let passed = Verdict::Passed(Pass::Commands(2));
    assert_eq!(run(2, &[LSMOD, POWEROFF, BY_COMMAND]), passed);
    let failed = run(2, &[WRONG, POWEROFF, BY_COMMAND]);
    assert_eq!(failed.to_string(), "1 of 2 commands failed");
    let early = run(3, &[LSMOD, POWEROFF, BY_COMMAND]);
    let text = "the guest powered off after 2 of 3 commands";
    assert_eq!(early.to_string(), text);
    assert_eq!(early.exit_code(), 5);
    let early = run(3, &[WRONG, POWEROFF, BY_COMMAND]);
    assert_eq!(early.to_string(), format!("{text}, 1 failed"));
    // Without the event nothing was asked for.
    assert_eq!(run(2, &[LSMOD, POWEROFF, END]).exit_code(), 5);
}

#[test]
fn a_failed_self_test_fails_the_commands() {
    let lines = [
        &plan(1),
        FAILED,
        &counts(0, 1, 0),
        LSMOD,
        &run_ended(1, 0),
        END,
    ];
    assert_eq!(verdict(Purpose::Commands(1), CLEAN, &lines).exit_code(), 1);
    let left = [&plan(2), PASSED, LSMOD, &run_ended(1, 0), END];
    assert_eq!(verdict(Purpose::Commands(1), CLEAN, &left).exit_code(), 5);
}

#[test]
fn a_session_needs_only_an_orderly_end() {
    let session = |lines: &[&str]| verdict(Purpose::Session, CLEAN, lines).exit_code();
    assert_eq!(session(&[BOOT, WRONG, BY_COMMAND]), 0);
    assert_eq!(session(&[BOOT, WRONG]), 5);
}
