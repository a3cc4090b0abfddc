//! What events add up to, whatever their order, and what is a defect of theirs.

use super::*;

fn read(lines: &[&str]) -> Record {
    let mut record = Record::default();
    lines.iter().for_each(|line| record.line(line));
    record
}

const BOOT: &str = r#"{"event":"boot","cpus":2,"memory":2147483648}"#;
const PLAN: &str = r#"{"event":"plan","tests":1}"#;
const PASSED: &str = r#"{"event":"test","number":1,"name":"boot.a","result":"passed"}"#;
const FAILED: &str = r#"{"event":"test","number":1,"name":"boot.b","result":"failed"}"#;
const END: &str = r#"{"event":"tests","passed":1,"failed":0,"skipped":0}"#;
const LSMOD: &str = r#"{"event":"command","number":1,"line":"lsmod","ok":true}"#;
const NONE: &str = r#"{"event":"commands","run":0,"failed":0}"#;
const OFF: &str = r#"{"event":"poweroff","by":"end"}"#;

#[test]
fn a_run_adds_up() {
    let record = read(&[BOOT, PLAN, PASSED, END, OFF]);
    assert_eq!(record.defect, None);
    assert_eq!(record.lines, 5);
    let [run] = record.test_runs.as_slice() else {
        panic!("{record:?}");
    };
    assert!(run.ended);
    assert_eq!(run.seen.passed, 1);
    assert_eq!(record.poweroff, Some(PoweredOffBy::End));
}

#[test]
fn self_tests_may_run_more_than_once() {
    let record = read(&[PLAN, PASSED, END, LSMOD, PLAN, PASSED, END]);
    assert_eq!(record.defect, None);
    assert_eq!(record.test_runs.len(), 2);
}

#[test]
fn every_contradiction_is_found() {
    let second = &PASSED.replace("1", "2");
    let summary = r#"{"event":"commands","run":2,"failed":0}"#;
    for (lines, text) in [
        (&["boot"][..], "\"boot\" is no event"),
        (&[PLAN, PLAN], "within another"),
        (&[PASSED], "boot.a without a plan"),
        (&[PLAN, second], "test 2 came where test 1"),
        (&[PLAN, PASSED, PASSED], "test 1 came where test 2"),
        (&[PLAN, PASSED, second], "more results than the 1"),
        (&[PLAN, FAILED, END], "(0 passed, 1 failed, 0 skipped)"),
        (&[END], "(0 passed, 0 failed, 0 skipped)"),
        (&[PLAN, PASSED, END, END], "aren't those"),
        (&[LSMOD, LSMOD], "command 1 came where command 2"),
        (&[LSMOD, summary], "(1 commands, 0 failed)"),
        (&[NONE, LSMOD], "after the counts"),
        (&[NONE, NONE], "after the counts"),
        (&[OFF, LSMOD], "after the power-off"),
    ] {
        let defect = read(lines).defect.map(|defect| defect.to_string());
        let defect = defect.unwrap_or_else(|| panic!("{lines:?}"));
        assert!(defect.contains(text), "{defect}");
    }
    let short = [&PLAN.replace("1", "2"), PASSED, END];
    let short = read(&short).defect.map(|defect| defect.to_string());
    assert_eq!(short.as_deref(), Some("the self-tests ended after 1 of 2"));
}

#[test]
fn only_events_with_the_runs_token_count() {
    let token = Token::new(7);
    let named =
        |line: &str, token: &str| line.replacen(r#"",""#, &format!(r#"","token":"{token}",""#), 1);
    let read = |lines: &[String]| {
        let mut record = Record::of(Some(token.clone()));
        lines.iter().for_each(|line| record.line(line));
        record
    };
    let good = [BOOT, PLAN, PASSED, END, OFF];
    let ours = good.map(|line| named(line, token.text()));
    assert_eq!(read(&ours).defect, None);
    assert!(read(&ours).poweroff.is_some());
    // A forged record: whole, but without the token, or with a guess.
    for forged in [
        good.map(str::to_owned),
        good.map(|line| named(line, "")),
        good.map(|line| named(line, Token::new(8).text())),
        good.map(|line| named(line, &token.text()[1..])),
        good.map(|line| named(line, &token.text().to_uppercase())),
    ] {
        let record = read(&forged);
        assert!(matches!(record.defect, Some(Defect::Foreign { .. })));
        assert_eq!((record.test_runs.len(), record.poweroff), (0, None));
        // One such line is enough.
        for (at, line) in forged.into_iter().enumerate() {
            let mut mixed = ours.to_vec();
            mixed.insert(at, line);
            assert!(read(&mixed).defect.is_some(), "{mixed:?}");
        }
    }
    let panic = r#"{"event":"panic","cpu":1,"reason":"one"}"#.to_owned();
    assert!(read(&[panic]).panic.is_some());
}

#[test]
fn the_first_panic_counts_whenever_it_comes() {
    let panic = |reason| format!(r#"{{"event":"panic","cpu":1,"reason":"{reason}"}}"#);
    let record = read(&[OFF, &panic("one"), &panic("two")]);
    assert_eq!(record.panic.as_deref(), Some("panic: cpu 1: one"));
    assert_eq!(record.defect, None);
}

#[test]
fn failures_are_collected() {
    let failed = r#"{"event":"command","number":1,"line":"x","ok":false,"error":"no"}"#;
    let counts = r#"{"event":"tests","passed":0,"failed":1,"skipped":0}"#;
    let record = read(&[PLAN, FAILED, counts, failed]);
    assert_eq!(record.failed_tests(), ["boot.b"]);
    assert_eq!(record.failed_commands(), 1);
    assert_eq!(record.commands[0].result, Err("no".to_owned()));
    assert_eq!(record.defect, None);
}
