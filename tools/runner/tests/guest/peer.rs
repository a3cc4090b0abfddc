//! The work that this kernel and Linux are compared by: `tools/peer/linux_bench.c`, one
//! source for both. `c_headers::sources` has it compiled for Linux.

use crate::host::Cpus;
use crate::run::{Completed, Run, TestResult, bash, root, runner};
use libtest_mimic::Completion;

/// Both measured, as the documents have it.
pub const BESIDE_LINUX: &str = "./qemu-run.sh bench --peer";

/// It compiles with our headers as it stands, and all that it measures comes right.
pub fn same_source() -> TestResult {
    let source = root().join("tools/peer/linux_bench.c");
    let run = runner(&[
        "--module",
        &source.to_string_lossy(),
        "--run",
        "insmod linux_bench",
    ]);
    run.must_exit(0)?;
    run.must(!run.stderr.contains("warning"), "no warning")?;
    let figures = run.lines_with(&["BENCH "]).len();
    run.must(figures == 18, "two passes of nine figures each")?;
    let ends = run.lines_with(&["BENCHINFO possible_cpus=2 online_cpus=2 failures=0 "]);
    run.must(ends.len() == 1, "the counters add up")
}

/// Rows that must be there, with a figure of both.
const ROWS: [&str; 6] = [
    "alloc_free_8",
    "alloc_8_batch_free_65536",
    "sum_all_cpus",
    "insmod_per_reloc",
    "rmmod_100k",
    "boot",
];

/// Linux runs, and both systems' figures stand side by side. What they are is no verdict.
pub fn beside_linux() -> Completed {
    // As `bench` does it: all CPUs of a guest share a thread of the host's.
    let cpus = Cpus::take(1);
    let run = Run::of(&bash(BESIDE_LINUX).output()?);
    drop(cpus);
    // Its words for what apt-get can't get.
    if run.code == Some(6) && run.verdict().contains("debian.sh: ") {
        return Ok(Completion::ignored_with("Debian's Linux can't be had here"));
    }
    run.must_exit(0)?;
    for row in ROWS {
        let figures = run.stdout.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let is_it = words.next() == Some(row);
            is_it.then(|| words.filter_map(|word| word.parse::<f64>().ok()).collect())
        });
        let figures: Vec<Vec<f64>> = figures.collect();
        // The floor; ours, Linux's, their ratio, the goal.
        let ratio_is_right = |figures: &[f64]| match figures {
            [_, ours, linux, ratio, _] => (ours / linux - ratio).abs() < 0.001 && *linux > 1.0,
            _ => false,
        };
        run.must(
            figures.len() == 1 && ratio_is_right(&figures[0]),
            &format!("{row}: ours, Linux's, their ratio"),
        )?;
    }
    Ok(Completion::Completed)
}
