//! `--json`, `--junit`, `--icount`: what other programs have of a run.

use crate::run::{TestResult, command, root, runner};
use libtest_mimic::Failed;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::Stdio;

/// The file of `--json` of a run with this exit code.
fn json(arguments: &[&str], code: i32) -> Result<String, Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("run.jsonl");
    let path = path.to_string_lossy();
    runner(&[arguments, &["--json", &path]].concat()).must_exit(code)?;
    Ok(fs::read_to_string(&*path)?)
}

fn kinds(text: &str) -> Result<BTreeSet<String>, Failed> {
    let mut kinds = BTreeSet::new();
    for line in text.lines() {
        let event: Value = serde_json::from_str(line)?;
        kinds.insert(event["event"].as_str().unwrap_or_default().to_owned());
    }
    Ok(kinds)
}

/// Each line is what docs/report.schema.json says; runs that pass, fail and crash have all
/// kinds of events, but for those that only an editor asks for.
pub fn schema() -> TestResult {
    let schema = fs::read_to_string(root().join("docs/report.schema.json"))?;
    let schema: Value = serde_json::from_str(&schema)?;
    let commands = "insmod counter; insmod direct; call counter_hit; bench pair; \
                    selftest percpu.stress; rmmod counter";
    let suite = root().join("tools/runner/tests/c_kunit.c");
    let suite = suite.to_string_lossy();
    let mut seen = BTreeSet::new();
    for (arguments, code, last) in [
        (&["--append", "selftest=boot.*"][..], 0, "passed: "),
        (&["--append", "selftest=no_such"], 5, "the guest gave up"),
        (&["--run", commands], 1, "1 of 6 commands failed"),
        (
            &["--module", &suite, "--run", "insmod c_kunit; dump"],
            0,
            "passed: 2 commands, 5 sub-tests",
        ),
        (
            &["--append", "selftest=ending.panic"],
            3,
            "the guest crashed: ",
        ),
    ] {
        let text = json(arguments, code)?;
        for line in text.lines() {
            let value: Value = serde_json::from_str(line)?;
            if let Err(error) = fits(&value, &schema) {
                return Err(format!("{arguments:?}: {error}: {line}").into());
            }
        }
        let (first, end) = (text.lines().next(), text.lines().next_back());
        let first: Value = serde_json::from_str(first.unwrap_or_default())?;
        let end: Value = serde_json::from_str(end.unwrap_or_default())?;
        assert_eq!(
            (&first["event"], &end["event"]),
            (&"run".into(), &"verdict".into())
        );
        assert_eq!(end["exit_code"], code);
        let words = end["text"].as_str().unwrap_or_default();
        assert!(words.starts_with(last), "{words}");
        seen.extend(kinds(&text)?);
    }
    let kinds = schema["oneOf"].as_array().ok_or("a list of kinds")?;
    for kind in kinds {
        let name = kind["properties"]["event"]["const"].as_str().unwrap_or("");
        let is_editors = ["names", "usage"].contains(&name);
        assert_eq!(seen.contains(name), !is_editors, "{name}");
    }
    // A schema that anything fits proves nothing.
    for wrong in [
        r#"{"event":"no_such"}"#,
        r#"{"event":"plan"}"#,
        r#"{"event":"plan","tests":-1}"#,
        r#"{"event":"plan","tests":1,"more":1}"#,
        r#"{"event":"poweroff","by":"chance"}"#,
        "[]",
    ] {
        assert!(
            fits(&serde_json::from_str(wrong)?, &schema).is_err(),
            "{wrong}"
        );
    }
    Ok(())
}

/// What a person reads of a module is what a program reads.
pub fn details() -> TestResult {
    let text = json(&["--run", "insmod counter; call @1 counter_hit"], 0)?;
    let mut events = Vec::new();
    for line in text.lines() {
        events.push(serde_json::from_str::<Value>(line)?);
    }
    let of = |kind: &'static str| events.iter().filter(move |event| event["event"] == kind);
    let hits = of("variable").find(|event| event["name"] == "counter::HITS");
    let hits = hits.ok_or("the variable")?;
    let got = of("table")
        .find(|event| event["kind"] == "got")
        .ok_or("the GOT")?;
    let number = |event: &Value, member: &str| event[member].as_u64().unwrap_or_default();
    let slot = number(hits, "slot").wrapping_sub(number(got, "address"));
    assert!(slot < number(got, "bytes"), "{hits}, {got}");
    for (cpu, value) in [(0, "0000000000000000"), (1, "0000000000000001")] {
        let offset = of("cpu").find(|event| event["number"] == cpu);
        let offset = number(offset.ok_or("the CPU")?, "offset");
        let is_it = |event: &&Value| event["handle"] == hits["handle"] && event["cpu"] == cpu;
        let copy = of("copy").find(is_it).ok_or("the copy")?;
        let address = number(hits, "handle").wrapping_add(offset);
        assert_eq!(number(copy, "address"), address, "{copy}");
        assert_eq!(copy["value"], value, "{copy}");
    }
    // The way through the slot, as its instruction has it and as memory has it.
    let slots: Vec<&Value> = of("slot").collect();
    let slot = { slots.iter() }.find(|slot| slot["address"] == hits["slot"]);
    assert_eq!(slot.ok_or("the slot")?["value"], hits["handle"]);
    let mut ways = 0;
    for way in of("relocation").filter(|way| way["slot"] == hits["slot"]) {
        ways += 1;
        // The instruction begins two bytes before the place.
        let distance = (number(way, "slot") + 2).wrapping_sub(number(way, "address"));
        assert_eq!(number(way, "result"), distance, "{way}");
        let field = format!("{:08x}", (distance.cast_signed() >> 1) as i32);
        match way["code"].as_str() {
            Some(code) => assert!(code.starts_with("c4") && code.ends_with(&field), "{way}"),
            None => assert_eq!(way["section"], ".init.text", "{way}"),
        }
    }
    assert!(ways > 0, "no way leads through the slot");
    // The areas of a chunk are all of it, in order.
    let mut end: Option<u64> = None;
    let mut chunks = 0;
    for event in &events {
        if event["event"] == "chunk" {
            chunks += 1;
            end = Some(number(event, "start"));
        } else if event["event"] == "area" {
            assert_eq!(Some(number(event, "start")), end, "{event}");
            end = Some(number(event, "end"));
        }
    }
    assert!(chunks >= 2, "{text}");
    Ok(())
}

/// Two runs whose clock counts instructions are the same, but for the date: some self-tests.
pub fn same_run_each_time() -> TestResult {
    same_run(
        &["--append", "seed=7 selftest=percpu.*", "--cpus", "2"],
        false,
    )
}

/// The same with all self-tests, on one CPU; on two, copies that hold a value of the clock may
/// differ in it (docs/QEMU.md). Runs of commands may, too: a command comes when the host sends it.
pub fn same_self_tests_each_time() -> TestResult {
    same_run(&["--append", "seed=7", "--cpus", "1"], false)?;
    same_run(&["--append", "seed=7", "--cpus", "2"], true)
}

/// With `has_turns`, copies may differ in their bytes.
fn same_run(arguments: &[&str], has_turns: bool) -> TestResult {
    let without_date = |text: &str| -> Result<(Value, String), Failed> {
        let (first, rest) = text.split_once('\n').ok_or("lines")?;
        let mut first: Value = serde_json::from_str(first)?;
        assert!(first["date"].take().is_string(), "{first}");
        Ok((first, rest.to_owned()))
    };
    let arguments = [&["--icount"], arguments].concat();
    let (one, two) = (json(&arguments, 0)?, json(&arguments, 0)?);
    assert!(one.lines().count() > 100, "{one}");
    let (one, two) = (without_date(&one)?, without_date(&two)?);
    assert_eq!(one.0, two.0);
    for (one, two) in one.1.lines().zip(two.1.lines()) {
        if one != two && has_turns {
            assert_eq!(copy_without_value(one)?, copy_without_value(two)?);
        } else {
            assert_eq!(one, two);
        }
    }
    assert_eq!(one.1.lines().count(), two.1.lines().count());
    Ok(())
}

/// A copy's event, without its bytes.
fn copy_without_value(line: &str) -> Result<Value, Failed> {
    let mut event: Value = serde_json::from_str(line)?;
    match event["event"] == "copy" {
        true => {
            event["value"].take();
            Ok(event)
        }
        false => Err(format!("this differs, and is no copy: {line}").into()),
    }
}

/// `--icount` is for every verb that boots one guest.
pub fn icount_everywhere() -> TestResult {
    let mut child = command(&["shell", "--icount"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    child
        .stdin
        .take()
        .ok_or("the pipe")?
        .write_all(b"lsmod\npoweroff\n")?;
    assert_eq!(child.wait()?.code(), Some(0));
    for (arguments, code) in [
        (&["--icount", "--run", "lsmod"][..], 0),
        (&["bench", "--icount", "--run", "bench pair"], 0),
        (&["profile", "pair", "--icount"], 0),
        (&["debug", "--icount", "--timeout", "1"], 4),
        (&["bench", "--contention", "--icount"], 2),
        (&["lessons", "--icount"], 2),
    ] {
        runner(arguments).must_exit(code)?;
    }
    Ok(())
}

/// JUnit's file has all results, and the verdict.
pub fn junit() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("junit.xml");
    let path = path.to_string_lossy();
    let file = ["--junit", &path];
    let read = || fs::read_to_string(&*path);
    runner(&[&file[..], &["--append", "selftest=boot.g*"]].concat()).must_exit(0)?;
    let text = read()?;
    assert!(
        text.contains("<testcase classname=\"boot\" name=\"globs\"/>"),
        "{text}"
    );
    assert!(text.contains("failures=\"0\""), "{text}");
    runner(&[&file[..], &["--append", "selftest=ending.panic"]].concat()).must_exit(3)?;
    let text = read()?;
    assert!(
        text.contains("name=\"verdict\"><failure message=\"the guest crashed"),
        "{text}"
    );
    Ok(())
}

/// Whether a value is what a schema says; a keyword that isn't known here is an error.
fn fits(value: &Value, schema: &Value) -> Result<(), String> {
    let schema = schema.as_object().ok_or("a schema is an object")?;
    for (keyword, rule) in schema {
        let holds = match keyword.as_str() {
            "$schema" | "title" | "description" => true,
            "type" => match rule.as_str() {
                Some("object") => value.is_object(),
                Some("array") => value.is_array(),
                Some("string") => value.is_string(),
                Some("boolean") => value.is_boolean(),
                Some("integer") => value.is_u64() || value.is_i64(),
                other => return Err(format!("no type {other:?}")),
            },
            "const" => value == rule,
            "enum" => rule.as_array().is_some_and(|words| words.contains(value)),
            "minimum" => value.as_f64() >= rule.as_f64(),
            "items" => { value.as_array().into_iter().flatten() }
                .try_for_each(|item| fits(item, rule))
                .is_ok(),
            "required" => { rule.as_array().into_iter().flatten() }
                .all(|name| value.get(name.as_str().unwrap_or_default()).is_some()),
            "properties" => { value.as_object().into_iter().flatten() }
                .filter_map(|(name, member)| Some((member, rule.get(name)?)))
                .try_for_each(|(member, schema)| fits(member, schema))
                .is_ok(),
            "additionalProperties" => { value.as_object().into_iter().flatten() }
                .all(|(name, _)| rule == true || schema["properties"].get(name).is_some()),
            "oneOf" => {
                let all = rule.as_array().into_iter().flatten();
                all.filter(|schema| fits(value, schema).is_ok()).count() == 1
            }
            other => return Err(format!("no keyword {other}")),
        };
        if !holds {
            return Err(format!("not what {keyword} says"));
        }
    }
    Ok(())
}
