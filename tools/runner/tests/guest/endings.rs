//! Self-tests that end the run, each in its own way.

use crate::run::{Run, TestResult, runner};
use std::thread;

/// Name, exit code, and words of the last line.
pub const ENDINGS: &[(&str, i32, &str)] = &[
    ("fail", 1, "1 self-tests failed: ending.fail"),
    ("panic", 3, "on purpose"),
    ("panic_report", 3, "interrupts in the report: false, false"),
    ("wild_store", 3, "program check"),
    ("null_store", 3, "program check"),
    ("exec_data", 3, "kernel::selftest::provoked::exec_data+0x"),
    ("no_tables", 3, "control registers were put back"),
    ("no_translation", 3, "program check 0x0005 (addressing)"),
    ("null_call", 3, "a jump to 0x0, where no code is, from "),
    ("stack_overflow", 3, "the guard page of cpu 0's stack"),
    ("large_frame", 3, "the guard page of cpu 0's stack"),
    ("hang", 4, "provoked::hang+"),
    (
        "silent_power_off",
        5,
        "before its test plan was complete (0 of 1)",
    ),
    (
        "power_off_with_lock",
        5,
        "before its test plan was complete (0 of 1)",
    ),
    ("disabled_wait_at_0", 3, "a disabled wait without a panic"),
    ("disabled_wait_at_ffe", 3, "a disabled wait without a panic"),
    ("power_off", 5, "before its test plan was complete (0 of 1)"),
    ("disabled_wait", 3, "a disabled wait without a panic"),
    ("early_percpu", 3, "before per-CPU memory is set up"),
    ("panic_in_interrupt", 3, "in an interrupt handler"),
    (
        "section_ended_twice",
        3,
        "an interrupts-off section is ended that nobody began",
    ),
    ("panic_on_all", 3, "at once, on purpose"),
    (
        "overflow_in_interrupt",
        3,
        "the guard page of cpu 0's interrupt stack",
    ),
    (
        "power_off_beside_spinning",
        5,
        "before its test plan was complete (0 of 1)",
    ),
    (
        "power_off_beside_printing",
        5,
        "before its test plan was complete (0 of 1)",
    ),
    ("lock_twice", 3, "lock order: a lock of rank 0 (test)"),
    (
        "lock_order",
        3,
        "lock order: a lock of rank 0 (test) wanted by a CPU that holds one of rank 10 (heap)",
    ),
    (
        "wait_with_lock",
        3,
        "waits for another while it holds a lock of rank 0 (test)",
    ),
    (
        "wait_with_interrupts_off",
        3,
        "waits for another inside a handler or an interrupts-off section",
    ),
    ("panic_in_display", 3, "in a Display, on purpose"),
    (
        "print_under_lock",
        3,
        "a CPU prints while it holds a lock of rank 10 (heap)",
    ),
    ("crash_in_module", 3, "program check"),
    ("newer_machine", 3, "program check 0x0001 (operation)"),
    ("freed_init", 3, "module sections: its freed init section"),
    ("panic_in_module", 3, "module crash: on purpose"),
];

/// Ways to run past a limit without a restart handler that prints, or with one: each has
/// its limit, and words of the verdict.
const TIMEOUTS: &[(&[&str], &[&str])] = &[
    (
        &["--append", "modules= selftest=ending.sleep_for_good"],
        &[
            "provoked::sleep_for_good+",
            "its last line: # sleeps on purpose",
        ],
    ),
    (
        &[
            "--append",
            "modules= selftest=ending.hang_with_interrupts_off",
        ],
        &[
            "provoked::hang_with_interrupts_off+",
            "# hangs with interrupts off",
        ],
    ),
    (
        &["--append", "modules= selftest=ending.no_answer"],
        &[
            "it doesn't answer an NMI: cpu 0 waits at 0x",
            "provoked::no_answer+",
        ],
    ),
    // Under -icount.
    (
        &["bench", "--run", "selftest ending.sleep_for_good"],
        &["provoked::sleep_for_good+"],
    ),
    (
        &["debug"],
        &["the machine was paused: cpu 0 is at 0x10000 _start+0x0"],
    ),
];

/// Seconds after which a guest that goes on for good is ended. On a busy machine it may not
/// be where it hangs by then: it gets more.
const LIMITS: [&str; 2] = ["3", "20"];

/// A run past its limit, which is to have come to what its verdict says: by the last limit
/// at the latest.
fn run_past_limit(arguments: &[&str], words: &[&str]) -> Run {
    let run = |limit| runner(&[arguments, &["--timeout", limit]].concat());
    let has_words = |run: &Run| words.iter().all(|word| run.verdict().contains(word));
    let [first, last] = LIMITS;
    let ended = run(first);
    match has_words(&ended) {
        true => ended,
        false => run(last),
    }
}

/// No timeout is nameless: the verdict says where the guest was. All at once: most wait.
pub fn timeouts_have_names() -> TestResult {
    let run = |&(arguments, words): &(&[&str], &[&str])| {
        let run = run_past_limit(&[arguments, &["--cpus", "1"]].concat(), words);
        run.must_exit(4)?;
        words.iter().try_for_each(|word| {
            run.must(
                run.verdict().contains(word),
                &format!("the verdict lacks `{word}`"),
            )
        })
    };
    thread::scope(|scope| {
        let runs: Vec<_> = TIMEOUTS
            .iter()
            .map(|case| scope.spawn(move || run(case)))
            .collect();
        let mut ended = runs
            .into_iter()
            .map(|run| run.join().unwrap_or(Err("a panic".into())));
        ended.find(Result::is_err).unwrap_or(Ok(()))
    })
}

/// A program check in a panic's report: what had been printed of it, one line more, and the end.
pub fn fault_in_report() -> TestResult {
    let run = runner(&["--append", "modules= selftest=ending.fault_in_report"]);
    run.must_exit(3)?;
    for line in [
        "panic: cpu 0: the first half, ...",
        "panic: cpu 0: another fault while reporting: program check ",
    ] {
        run.must(run.lines_with(&[line]).len() == 1, line)?;
    }
    Ok(())
}

/// The run ends within its time, with one verdict, and a backtrace if it is a crash.
pub fn ends(name: &str, code: i32, words: &str) -> TestResult {
    let append = format!("selftest=ending.{name}");
    let arguments = ["--append", append.as_str()];
    let run = match code {
        4 => run_past_limit(&arguments, &[words]),
        _ => runner(&arguments),
    };
    run.must_exit(code)?;
    run.must(
        run.verdict().contains(words),
        &format!("the verdict lacks `{words}`"),
    )?;
    let panics = run.lines_with(&["panic: "]).len();
    // One at its limit is asked, and answers by a panic.
    let expected = usize::from(matches!(code, 3 | 4) && !name.starts_with("disabled_wait"));
    run.must(
        panics == expected,
        &format!("{expected} panic lines were expected"),
    )?;
    // Another CPU that the report found at work has its own.
    let shown = run.stdout.lines().filter(|line| line.starts_with("cpu "));
    let expected = expected + shown.count();
    let backtraces = run.lines_with(&["backtrace:"]).len();
    run.must(
        backtraces == expected,
        &format!("{expected} backtraces were expected"),
    )
}
