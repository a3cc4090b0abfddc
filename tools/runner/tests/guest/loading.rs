//! Modules that are loaded or refused by where they lie and by what compiled them.

use crate::run::{Run, TestResult, release, root, runner};
use std::process::Command;

/// Far from per-CPU memory the module `direct` is refused, with all facts.
pub fn direct_is_refused_far() -> TestResult {
    let run = runner(&["--verbose", "--append", "selftest=boot.*"]);
    run.must_exit(0)?;
    let words = ["direct", ".text+0x", "R_390_PC32DBL", "GiB"];
    run.must(
        run.lines_with(&words).len() == 1,
        "one refusal with all its facts",
    )?;
    let distance = run.lines_with(&["distance: ", "GiB"]);
    run.must(distance.len() == 1, "the distance is shown at boot")?;
    let loaded = run.lines_with(&["counter", "GOT"]);
    run.must(
        !loaded.is_empty(),
        "the counter module is loaded, with its GOT shown",
    )
}

/// Near per-CPU memory it is loaded.
pub fn direct_works_near() -> TestResult {
    let run = runner(&["--verbose", "--append", "vmalloc=near selftest=boot.*"]);
    run.must_exit(0)?;
    run.must(
        run.lines_with(&["R_390_PC32DBL"]).is_empty(),
        "nothing is refused",
    )
}

/// A shipped module reaches its per-CPU variable through a slot.
pub fn counter_uses_the_got() -> TestResult {
    // Builds it, if it isn't.
    runner(&["--run", "lsmod"]).must_exit(0)?;
    let module = release().join("modules/counter.ko");
    let output = Command::new("s390x-linux-gnu-objdump")
        .arg("-dr")
        .arg(module)
        .output()?;
    let run = Run::of(&output);
    run.must_exit(0)?;
    let through_got =
        |lines: &[&str]| lines[0].contains("lgrl") && lines[1].contains("R_390_GOTENT");
    let lines: Vec<&str> = run.stdout.lines().collect();
    run.must(lines.windows(2).any(through_got), "lgrl with R_390_GOTENT")?;
    run.must(
        !run.lines_with(&["816"]).is_empty(),
        "the offset from lowcore byte 816",
    )?;
    let direct = run.lines_with(&["R_390_PC32DBL", ".data..percpu"]);
    run.must(direct.is_empty(), "no direct reference to per-CPU data")
}

/// A C file becomes a module with nothing but gcc, and comes in by `--module`.
pub fn written_in_c() -> TestResult {
    let folder = tempfile::tempdir()?;
    let module = folder.path().join("c_hits.o");
    let status = Command::new("s390x-linux-gnu-gcc")
        .args([
            "-c",
            "-O2",
            "-fPIC",
            "-march=z196",
            "-mbackchain",
            "-msoft-float",
        ])
        .args([
            "-ffreestanding",
            "-fno-asynchronous-unwind-tables",
            "-Wall",
            "-Werror",
        ])
        .arg("-o")
        .arg(&module)
        .arg(root().join("tools/runner/tests/c_hits.c"))
        .status()?;
    if !status.success() {
        return Err("gcc refused the module".into());
    }
    let module = module.to_string_lossy();
    let run = runner(&[
        "--module",
        &module,
        "--run",
        "insmod c_hits; lsmod; rmmod c_hits",
    ]);
    run.must_exit(0)
}
