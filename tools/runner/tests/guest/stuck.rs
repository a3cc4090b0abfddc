//! CPUs that are stuck: each is found, and what it does is shown, before any limit.

use crate::run::{TestResult, runner};

/// Self-tests, and what the verdict says of each.
pub const STUCK: [(&str, &str); 5] = [
    (
        "called_function",
        "it has waited 1 s for cpu 1, which it called",
    ),
    (
        "interrupts_off",
        "cpu 1 has kept its interruptions off for 1 s; it is at ",
    ),
    (
        "lock",
        "it has waited 1 s for the lock of rank 0 (test), which cpu 1 holds",
    ),
    (
        "console_lock",
        "cpu 1 has kept its interruptions off for 1 s; it is at ",
    ),
    ("init", "a module's init runs for 1 s and longer: 0x"),
];

/// The run dies of it, and shows where both CPUs were, and what the stuck one holds.
pub fn is_reported(name: &str, words: &str) -> TestResult {
    let append = format!("watchdog_thresh=1 selftest=ending.stuck_{name}");
    let run = runner(&["--append", &append]);
    run.must_exit(3)?;
    run.must(run.verdict().contains(words), "the verdict")?;
    let place = match name {
        "init" => "[looping]",
        _ => "cpu 1 at 0x",
    };
    run.must(!run.lines_with(&[place]).is_empty(), "where it is")?;
    let held = match name {
        "lock" => "; holds rank 0 (test)",
        "console_lock" => "; holds rank 12 (console)",
        _ => "",
    };
    run.must(!run.lines_with(&[place, held]).is_empty(), "what it holds")
}

/// With `watchdog=warn` a CPU that was only late goes on where it was.
pub fn goes_on() -> TestResult {
    let append = "watchdog=warn watchdog_thresh=1 selftest=smp.late_cpu_goes_on";
    let run = runner(&["--verbose", "--append", append]);
    run.must_exit(0)?;
    let lines = run.lines_with(&["watchdog: cpu 0: it has waited 1 s", "which cpu 1 holds"]);
    run.must(lines.len() == 1, "the report")?;
    let ends = run.lines_with(&["selftest: 1 passed"]);
    run.must(ends.len() == 1, "the test passed")
}

/// A CPU alone, its interruptions off, is found by the machine's watchdog timer.
pub fn alone() -> TestResult {
    let append = "selftest=ending.stuck_alone";
    let run = runner(&["--cpus", "1", "--append", append]);
    run.must_exit(3)?;
    let words = "kept its interruptions off for 30 s, as the machine's watchdog timer says";
    run.must(run.verdict().contains(words), "the verdict")?;
    let place = run.lines_with(&["kernel::selftest::stuck::alone"]);
    run.must(!place.is_empty(), "where it is")
}
