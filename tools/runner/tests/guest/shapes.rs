//! Machines and kernel command lines under which every self-test passes.

use crate::run::{TestResult, runner};

/// Names, and the arguments that make them.
pub const SHAPES: [(&str, &[&str]); 12] = [
    ("cpus_1", &["--cpus", "1"]),
    ("cpus_2", &["--cpus", "2"]),
    ("cpus_4", &["--cpus", "4"]),
    ("cpus_8", &["--cpus", "8", "--timeout", "120"]),
    ("percpu_alloc_page", &["--append", "percpu_alloc=page"]),
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
        "more_memory_than_the_host",
        &["--memory", "64G", "--timeout", "120"],
    ),
];

/// Every self-test passes.
pub fn passes(arguments: &[&str]) -> TestResult {
    let run = runner(arguments);
    run.must_exit(0)?;
    run.must(
        run.verdict().starts_with("qemu-run.sh: passed: "),
        "no verdict",
    )
}
