//! Scripts in QEMU's place: what is read of them, and that nothing is a way past the limit.

use super::*;
use crate::verdict::Timeout;

/// A shell script in QEMU's place; `$CONTROL` is its control channel.
fn watched(script: &str, limit: Duration) -> Result<Run, Error> {
    let settings = Settings {
        shown: Shown::Failures,
        limit: Some(limit),
        ..Settings::default()
    };
    watched_by(script, settings)
}

fn watched_by(script: &str, settings: Settings) -> Result<Run, Error> {
    let channel = Channel::new().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", script]).env("CONTROL", channel.path());
    command.stdin(Stdio::null());
    watch(command, "sh", channel, settings)
}

fn must_time_out(run: &Run, expected: Duration) {
    match &run.ending {
        Ending::TimedOut(Timeout { limit, .. }) => assert_eq!(*limit, expected),
        other => panic!("{other:?}"),
    }
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn the_exit_code_and_both_channels_arrive() {
    let script = r#"exec 3>"$CONTROL"; echo '{"event":"plan","tests":1}' >&3
        printf 'one\r\nlast'; printf '{"event":"poweroff","by":"end"}' >&3; exit 1"#;
    let run = watched(script, LONG).unwrap();
    assert_eq!(run.ending, Ending::Exit(1));
    assert_eq!(run.transcript.lines, ["one", "last"]);
    assert_eq!(run.record.lines, 2);
    assert_eq!(run.record.test_runs.len(), 1);
    assert!(run.record.poweroff.is_some());
    assert_eq!(run.record.defect, None);
}

#[test]
fn nothing_is_lost_of_many_events() {
    let script = r#"exec 3>"$CONTROL"; i=0
        while [ $i -lt 3000 ]; do i=$((i + 1))
        echo "{\"event\":\"command\",\"number\":$i,\"line\":\"x\",\"ok\":true}" >&3; done
        kill -9 $$"#;
    let run = watched(script, LONG).unwrap();
    assert_eq!(run.ending, Ending::Killed(9));
    assert_eq!(run.record.commands.len(), 3000);
    assert_eq!(run.record.defect, None);
}

#[test]
fn text_is_no_event() {
    let run = watched(r#"echo '{"event":"poweroff","by":"end"}'"#, LONG).unwrap();
    assert_eq!(run.record.lines, 0);
    assert_eq!(run.record.poweroff, None);
}

#[test]
fn a_signal_that_ended_qemu_first_is_known() {
    let script = "echo up; (sleep 0.3; kill -INT $PPID) >/dev/null 2>&1 & exit 0";
    let settings = Settings {
        shown: Shown::Failures,
        signals: true,
        ..Settings::default()
    };
    let run = watched_by(script, settings).unwrap();
    assert_eq!(run.ending, Ending::Interrupted(2));
}

#[test]
fn a_hang_is_killed_at_its_limit() {
    let limit = Duration::from_millis(300);
    let start = Instant::now();
    let run = watched(r"printf 'one\ntwo\n'; exec sleep 60", limit).unwrap();
    must_time_out(&run, limit);
    assert_eq!(run.transcript.last_line(), Some("two"));
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_closed_console_is_no_way_past_the_limit() {
    let limit = Duration::from_millis(300);
    let run = watched("exec sleep 60 >&-", limit).unwrap();
    must_time_out(&run, limit);
}

#[test]
fn endless_output_is_no_way_past_the_limit() {
    let limit = Duration::from_millis(300);
    for script in [
        "while :; do echo again; done",
        r#"exec 3>"$CONTROL"; while :; do echo '{"event":"x"}' >&3; done"#,
    ] {
        let run = watched(script, limit).unwrap();
        must_time_out(&run, limit);
    }
}

#[test]
fn qemu_that_only_complains_did_not_start_the_guest() {
    let run = watched("echo 'no such machine' >&2; exit 1", LONG);
    let Err(Error::Qemu { message }) = run else {
        panic!("{run:?}");
    };
    assert_eq!(message, "no such machine");
}

#[test]
fn bytes_that_are_no_text_do_no_harm() {
    let script = r#"printf '\377\376\nok 1 a\n'; printf '\377\n' >"$CONTROL""#;
    let run = watched(script, LONG).unwrap();
    assert_eq!(run.transcript.last_line(), Some("ok 1 a"));
    assert!(run.record.defect.is_some());
}
