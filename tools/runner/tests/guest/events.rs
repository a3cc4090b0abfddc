//! The control channel of a real guest keeps to its schema, docs/control-channel.md.

use crate::host::Cpus;
use crate::run::{TestResult, release, runner};
use libtest_mimic::Failed;
use serde_json::{Map, Value};
use std::fs;
use std::process::{Command, Stdio};

/// Characters of a line, at most.
const LONGEST: usize = 4000;

/// Events of a run that is to end with this code.
fn events(commands: &str, code: i32) -> Result<Vec<Map<String, Value>>, Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("events");
    let run = runner(&["--run", commands, "--events", &path.to_string_lossy()]);
    run.must_exit(code)?;
    let text = fs::read_to_string(path)?;
    let mut events = Vec::new();
    for line in text.lines() {
        let is_printable = line.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        run.must(is_printable, &format!("{line:?} is printable ASCII"))?;
        run.must(line.len() <= LONGEST, &format!("{line} is no longer"))?;
        run.must(
            line.starts_with(r#"{"event":""#),
            &format!("{line} begins so"),
        )?;
        events.push(serde_json::from_str(line)?);
    }
    Ok(events)
}

fn kinds(events: &[Map<String, Value>]) -> Vec<&str> {
    let kinds = events
        .iter()
        .map(|event| event["event"].as_str().unwrap_or(""));
    kinds.collect()
}

/// Commands and modules, in order, with their members.
pub fn commands_and_modules() -> TestResult {
    let commands = "insmod counter; insmod direct; rmmod counter";
    let events = events(commands, 1)?;
    let kinds = kinds(&events);
    let expected = [
        "boot", "module", "command", "module", "command", "module", "command", "commands",
        "poweroff",
    ];
    assert_eq!(kinds, expected, "{events:?}");
    assert_eq!(events[0]["cpus"], 2);
    assert_eq!(events[0]["memory"], 2_u64 << 30);
    let states = [1, 3, 5].map(|at: usize| events[at]["state"].as_str().unwrap_or(""));
    assert_eq!(states, ["live", "refused", "gone"]);
    assert!(events[1]["base"].as_u64() >= Some(1 << 41), "{events:?}");
    assert!(events[1]["bytes"].as_u64() > Some(0), "{events:?}");
    assert!(events[1]["per_cpu_bytes"].as_u64() > Some(0), "{events:?}");
    let lines = [2, 4, 6].map(|at: usize| events[at]["line"].as_str().unwrap_or(""));
    assert_eq!(lines.join("; "), commands);
    let error = events[4]["error"].as_str().unwrap_or("");
    assert!(error.contains("R_390_PC32DBL"), "{error}");
    assert_eq!(events[7]["run"], 3);
    assert_eq!(events[7]["failed"], 1);
    assert_eq!(events[8]["by"], "end");
    Ok(())
}

/// What a person types survives the two conversions, or is cut at its end.
pub fn odd_text() -> TestResult {
    // All of printable ASCII but `;`, which separates commands.
    let printable: String = ('!'..='~').filter(|&letter| letter != ';').collect();
    let long = "n".repeat(10_000);
    let commands = format!("no {printable}; no \u{e9}\u{4e2d}\t.; insmod {long}");
    let events = events(&commands, 1)?;
    let lines = events
        .iter()
        .filter_map(|event| event.get("line")?.as_str());
    let lines: Vec<&str> = lines.collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(lines[0], format!("no {printable}"));
    assert_eq!(lines[1], "no \u{e9}\u{4e2d}\t.");
    assert!(lines[2].starts_with("insmod nnnn") && lines[2].ends_with("..."));
    Ok(())
}

/// A run of self-tests, and a panic.
pub fn self_tests_and_panic() -> TestResult {
    let events = events("selftest boot.*; selftest ending.panic; lsmod", 3)?;
    let kinds = kinds(&events);
    let tests = kinds.iter().filter(|kind| **kind == "test").count();
    assert_eq!(events[1]["tests"], tests, "{events:?}");
    let order: Vec<&str> = kinds
        .iter()
        .copied()
        .filter(|kind| *kind != "test")
        .collect();
    assert_eq!(order, ["boot", "plan", "tests", "command", "plan", "panic"]);
    let panic = events.last().ok_or("there are events")?;
    assert!(
        panic["reason"]
            .as_str()
            .is_some_and(|text| text.contains("on purpose"))
    );
    Ok(())
}

/// A kernel that was started by hand, without a token: it runs all the same, and its
/// events have none. A word that is none stops the boot.
pub fn by_hand() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("events");
    let events = |append: &str| -> Result<String, Failed> {
        let control = format!("file,id=control,path={}", path.display());
        let _cpus = Cpus::take(1);
        Command::new("qemu-system-s390x")
            .args([
                "-M",
                "s390-ccw-virtio",
                "-cpu",
                "max",
                "-m",
                "64M",
                "-nodefaults",
            ])
            .args(["-display", "none", "-no-reboot", "-chardev", &control])
            .args([
                "-device",
                "sclplmconsole,chardev=control",
                "-append",
                append,
            ])
            .arg("-kernel")
            .arg(release().join("kernel"))
            .stdin(Stdio::null())
            .output()?;
        Ok(fs::read_to_string(&path)?)
    };
    let text = events("selftest=boot.globs")?;
    assert!(text.contains(r#"{"event":"plan","tests":1}"#), "{text}");
    assert!(
        text.contains(r#"{"event":"poweroff","by":"end"}"#),
        "{text}"
    );
    assert!(!text.contains("token"), "{text}");
    let text = events("selftest=boot.globs token=Az09")?;
    let lines: Vec<&str> = text.lines().filter(|line| line.len() > 1).collect();
    let named = lines
        .iter()
        .all(|line| line.contains(r#","token":"Az09","#));
    assert!(named && lines.len() >= 4, "{text}");
    for word in ["token=", "token=a-b", "token=a token=b"] {
        let text = events(word)?;
        assert!(text.contains("command line: token"), "{word}: {text}");
    }
    Ok(())
}
