//! The work that this kernel and Linux are compared by: `tools/peer/linux_bench.c`, one
//! source for both. `c_headers::sources` has it compiled for Linux.

use crate::run::{TestResult, root, runner};

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
