//! Machines and kernel command lines under which every self-test passes.

use crate::run::{TestResult, runner};

/// Names, and the arguments that make them.
pub const SHAPES: [(&str, &[&str]); 16] = [
    ("cpus_1", &["--cpus", "1"]),
    ("cpus_2", &["--cpus", "2"]),
    ("cpus_4", &["--cpus", "4"]),
    ("cpus_8", &["--cpus", "8"]),
    ("modules_near", &["--append", "vmalloc=near"]),
    ("percpu_alloc_page", &["--append", "percpu_alloc=page"]),
    (
        "chunks_alone",
        &["--append", "percpu_magazine=0 selftest=percpu.*"],
    ),
    ("no_reserved_part", &["--append", "percpu_reserved=0"]),
    (
        "largest_reserved_part",
        &["--append", "percpu_reserved=1M selftest=percpu.*"],
    ),
    (
        "units_of_more_than_1_MiB_mapped",
        &[
            "--append",
            "percpu_reserved=1020K percpu_alloc=page selftest=percpu.*",
        ],
    ),
    (
        "possible_cpus_256",
        &["--append", "possible_cpus=256 selftest=percpu.*"],
    ),
    ("possible_cpus_64", &["--append", "possible_cpus=64"]),
    (
        "one_cpu_of_four_online",
        &["--cpus", "4", "--append", "maxcpus=1"],
    ),
    (
        "leaving",
        &[
            "--cpus",
            "3",
            "--run",
            "selftest smp.leaving_with_a_task; selftest smp.leaving_while_kept",
        ],
    ),
    // Nothing is loaded when they begin, and no blocks of memory are recorded.
    ("by_command", &["--run", "selftest *"]),
    (
        "more_memory_than_the_host",
        &["--memory", "64G", "--timeout", "120"],
    ),
];

/// The most CPUs come up; their list leaves the service processor no room for the memory.
pub fn most_cpus() -> TestResult {
    let run = runner(&["--cpus", "248", "--memory", "1234M", "--run", "cpu"]);
    run.must_exit(0)?;
    let probed = run.lines_with(&["248 CPUs leave no room", "it ends at 0x4d200000"]);
    run.must(probed.len() == 1, "the end of memory")?;
    let online = run.lines_with(&[" online "]).len();
    run.must(online == 248, &format!("{online} CPUs are online"))
}

/// Every self-test passes.
pub fn passes(arguments: &[&str]) -> TestResult {
    let run = runner(arguments);
    run.must_exit(0)?;
    run.must(
        run.verdict().starts_with("qemu-run.sh: passed: "),
        "no verdict",
    )
}
