//! The labs: a skeleton fails, a solution passes, and of a typical mistake is reported
//! what is wrong with it.

use crate::run::{Run, TestResult, bash, root, runner};
use std::fs;
use std::path::Path;

/// The labs' folders.
pub const LABS: [&str; 9] = [
    "1-hop",
    "2-reach",
    "3-weak",
    "4-interrupts",
    "5-lost-update",
    "6-gotent",
    "7-populate",
    "8-batched",
    "9-reserved",
];

fn number(lab: &str) -> &str {
    lab.split('-').next().unwrap_or_default()
}

/// Grades a copy of a folder.
fn graded(lab: &str, from: &Path) -> Result<Run, std::io::Error> {
    let copy = tempfile::tempdir()?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name() != "expected" {
            fs::copy(entry.path(), copy.path().join(entry.file_name()))?;
        }
    }
    let folder = copy.path().to_string_lossy();
    Ok(runner(&["lab", number(lab), "--folder", &folder]))
}

/// The solution passes; the skeleton compiles and fails, and so do typical mistakes, each with
/// a word about it. One after the other: a student's module has one place.
pub fn grades(lab: &'static str) -> TestResult {
    let labs = root().join("tools/labs");
    let number = number(lab);
    let run = graded(lab, &labs.join("solutions").join(lab))?;
    run.must_exit(0)?;
    let last = format!("lab {number}: passed, ");
    run.must(!run.lines_with(&[&last]).is_empty(), "it says so")?;
    let run = graded(lab, &labs.join(lab).join("skeleton"))?;
    run.must_exit(1)?;
    let hint = format!("next: ./qemu-run.sh lab {number} --hint 1");
    run.must(!run.lines_with(&[&hint]).is_empty(), "it names a hint")?;
    let compiled = run.lines_with(&["WRONG", "to compile"]).is_empty();
    run.must(compiled, "a skeleton compiles")?;
    let mut mistakes = 0;
    for entry in fs::read_dir(labs.join("wrong").join(lab))? {
        let folder = entry?.path();
        let expected = fs::read_to_string(folder.join("expected"))?;
        let run = graded(lab, &folder)?;
        let what = format!("{}: {}", folder.display(), expected.trim());
        run.must(run.code == Some(1), &what)?;
        // Long advice is one line.
        run.must(!run.lines_with(&[expected.trim()]).is_empty(), &what)?;
        mistakes += 1;
    }
    run.must(mistakes >= 3, "three typical mistakes at least")?;
    commands(lab)
}

/// The commands of a lab's text, on its skeleton.
fn commands(lab: &str) -> TestResult {
    let folder = format!("tools/labs/{lab}");
    let text = fs::read_to_string(root().join(&folder).join("README.md"))?;
    for block in text.split("```sh\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        let line = block.replace(&format!("labs/{lab}/"), &format!("{folder}/skeleton/"));
        let run = Run::of(&bash(&line).output()?);
        run.must(run.code == Some(0), &line)?;
    }
    Ok(())
}

/// The list, hints, and what is no lab.
pub fn asked_wrongly() -> TestResult {
    let list = runner(&["lab"]);
    list.must_exit(0)?;
    for number in 1..=LABS.len() {
        let start = format!("{number:>2}  ");
        let mut lines = list.stdout.lines();
        list.must(lines.any(|line| line.starts_with(&start)), "each is listed")?;
    }
    let hint = runner(&["lab", "6", "--hint", "2"]);
    hint.must_exit(0)?;
    hint.must(hint.stdout.len() > 40, "a hint")?;
    for (arguments, words) in [
        (&["lab", "10"][..], "10 is not in 1..=9"),
        (&["lab", "0"], "0 is not in 1..=9"),
        (&["lab", "hop"], "invalid digit"),
        (&["lab", "1", "--hint", "4"], "4 is not in 1..=3"),
        (&["lab", "--hint", "1"], "<N>"),
        (&["lab", "1", "2"], "unexpected argument '2'"),
        (&["lab", "1", "--cpus", "4"], "guests of its own"),
    ] {
        let run = runner(arguments);
        run.must_exit(2)?;
        run.must(run.stderr.contains(words), words)?;
    }
    Ok(())
}
