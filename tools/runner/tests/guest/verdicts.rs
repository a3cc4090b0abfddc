//! What was asked for and wasn't done is no pass, or is reported.

use crate::run::{TestResult, runner};
use std::fs;

/// A module that isn't there fails the run, whatever tests it has; a fault that never came,
/// and tests that a glob leaves out, are reported.
pub fn asked_for_and_not_there() -> TestResult {
    let append = "modules=hello,nosuch fail=heap:99999999 fail=signal:99999999 selftest=stress.*";
    let run = runner(&["--append", append]);
    run.must_exit(1)?;
    run.must(
        run.verdict().ends_with("1 self-tests failed: boot.modules"),
        "the verdict names the test",
    )?;
    let reasons = run.lines_with(&["# boot.modules: module nosuch: "]);
    run.must(reasons.len() == 1, "the reason")?;
    for site in ["heap", "signal"] {
        let lines = run.lines_with(&[&format!("fail={site} never came: "), " were left"]);
        run.must(lines.len() == 1, &format!("the fault at {site}"))?;
    }
    let lines = run.lines_with(&["# stress.*: ", "run only by their full name"]);
    run.must(lines.len() == 1, "what the glob leaves out")?;
    run.must(
        !run.lines_with(&["#   stress.percpu"]).is_empty(),
        "by its name",
    )
}

/// A module that boot can't load fails the run: for a lack of memory, or a broken file.
pub fn lost_at_boot() -> TestResult {
    let run = runner(&["--append", "fail=heap:12 selftest=boot.globs"]);
    run.must_exit(1)?;
    let reasons = run.lines_with(&["# boot.modules: module ", "heap is exhausted"]);
    run.must(reasons.len() == 1, "the module, and why")?;
    run.must(run.lines_with(&["never came"]).is_empty(), "it came")?;

    // It takes the place of the tree's own, also for a test that waits for loads.
    let folder = tempfile::tempdir()?;
    let module = folder.path().join("hello.ko");
    fs::write(&module, "no object")?;
    let module = module.to_string_lossy();
    let append = "selftest=module.parallel_loads";
    let run = runner(&["--module", &module, "--append", append]);
    run.must_exit(1)?;
    for test in ["boot.modules", "module.parallel_loads"] {
        let words = format!("# {test}: module hello: not an ELF file");
        run.must(run.lines_with(&[&words]).len() == 1, &words)?;
    }
    Ok(())
}

/// A CPU that there was no memory for fails the run.
pub fn cpus_not_started() -> TestResult {
    let append = "modules=hello selftest=boot.globs";
    let run = runner(&["--cpus", "64", "--memory", "16M", "--append", append]);
    run.must_exit(1)?;
    let reasons = run.lines_with(&["# boot.cpus: ", " of 64 CPUs are online"]);
    run.must(reasons.len() == 1, "how many were started")
}

/// A fault that can't come, and a second one at a site, are refused.
pub fn faults_that_cannot_come() -> TestResult {
    for (append, words) in [
        ("fail=heap:0", "fail=heap:0: expected SITE:N"),
        ("fail=heap:3 fail=heap:4", "fail=heap is given twice"),
    ] {
        let run = runner(&["--append", append]);
        run.must_exit(3)?;
        run.must(run.verdict().contains(words), words)?;
    }
    Ok(())
}
