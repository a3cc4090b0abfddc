//! How a run starts, or doesn't.

use crate::run::{Run, TestResult, root, runner};
use std::path::Path;
use std::process::Command;

/// A module that isn't there is named.
pub fn missing_file() -> TestResult {
    let run = runner(&["--module", "no/such.ko"]);
    run.must_exit(6)?;
    run.must(run.verdict().contains("no/such.ko"), "the file is named")
}

/// An unknown word of the kernel command line stops the boot.
pub fn bad_kernel_parameter() -> TestResult {
    let run = runner(&["--append", "no_such_parameter=1"]);
    run.must_exit(3)?;
    run.must(
        run.verdict().contains("no_such_parameter"),
        "the word is named",
    )
}

/// QEMU's own refusal is kept apart from a guest's end.
pub fn qemu_refuses() -> TestResult {
    let run = runner(&["--cpus", "4000"]);
    run.must_exit(6)?;
    run.must(
        run.verdict().contains("QEMU could not start"),
        "the reason is QEMU's",
    )
}

/// `--quiet` shows failures and the verdict.
pub fn quiet() -> TestResult {
    let run = runner(&["--quiet", "--append", "selftest=boot.*"]);
    run.must_exit(0)?;
    run.must(run.stdout.is_empty(), "nothing is printed")?;
    let run = runner(&["--quiet", "--append", "selftest=ending.fail"]);
    run.must_exit(1)?;
    run.must(
        run.stdout == "not ok 1 ending.fail\n",
        "only the failure is printed",
    )
}

/// What isn't understood is wrong usage.
pub fn unknown_option() -> TestResult {
    for arguments in [
        &["--no-such-option"][..],
        &["lessen"],
        &["shell", "--cpus", "none"],
    ] {
        let run = runner(arguments);
        run.must_exit(2)?;
        run.must(run.stdout.is_empty(), "stdout stays empty")?;
        run.must(run.stderr.contains("--help"), "usage on stderr")?;
    }
    Ok(())
}

/// The gate takes no options of a guest's.
pub fn options_for_test() -> TestResult {
    runner(&["test", "--cpus", "4"]).must_exit(2)
}

/// On a machine without QEMU and without apt-get the script says what to install.
pub fn nothing_installed() -> TestResult {
    let bare = tempfile::tempdir()?;
    for tool in [
        "bash", "env", "dirname", "sed", "cut", "sort", "id", "mkdir",
    ] {
        let places = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(tool));
        let place = places.iter().find(|place| place.exists());
        let place = place.ok_or_else(|| format!("there is no {tool} on this machine"))?;
        std::os::unix::fs::symlink(place, bare.path().join(tool))?;
    }
    let output = Command::new(root().join("qemu-run.sh"))
        .env("PATH", bare.path())
        .env("CARGO_TARGET_DIR", bare.path().join("target"))
        .output()?;
    let run = Run::of(&output);
    run.must_exit(6)?;
    let verdict = run.verdict();
    let says = verdict.contains("no apt-get") && verdict.contains("qemu-system-misc");
    run.must(
        says || verdict.contains("no Rust toolchain"),
        "it says what to install",
    )
}
