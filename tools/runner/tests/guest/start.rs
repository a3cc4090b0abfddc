//! How a run starts, or doesn't.

use crate::run::{Run, TestResult, root, runner};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

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

/// Programs that the script runs in any case.
const COMMON: [&str; 9] = [
    "bash", "env", "dirname", "sed", "cut", "sort", "id", "mkdir", "mv",
];

/// Links to the common programs.
fn link_common(folder: &Path) -> TestResult {
    for tool in COMMON {
        let places = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(tool));
        let place = places.iter().find(|place| place.exists());
        let place = place.ok_or_else(|| format!("there is no {tool} on this machine"))?;
        symlink(place, folder.join(tool))?;
    }
    Ok(())
}

/// On a machine without QEMU and without apt-get the script says what to install.
pub fn nothing_installed() -> TestResult {
    let bare = tempfile::tempdir()?;
    link_common(bare.path())?;
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

/// The toolchain is asked what it is when the answer may be another: the first time, and
/// when it is newer than its answer, or another may be meant.
pub fn toolchain_is_asked_once() -> TestResult {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let program = |path: &str, text: &str| {
        fs::write(at(path), format!("#!/usr/bin/env bash\n{text}\n"))?;
        fs::set_permissions(at(path), fs::Permissions::from_mode(0o755))
    };
    for name in [
        "bin",
        "other",
        "sysroot/bin",
        "sysroot/lib/rustlib/s390x-unknown-none-softfloat/lib",
        "target/release",
    ] {
        fs::create_dir_all(at(name))?;
    }
    link_common(&at("bin"))?;
    for tool in [
        "qemu-system-s390x",
        "s390x-linux-gnu-ld",
        "s390x-linux-gnu-gcc",
        "cc",
        "cargo",
    ] {
        program(&format!("bin/{tool}"), ":")?;
    }
    let sysroot = at("sysroot").display().to_string();
    let asked = at("asked").display().to_string();
    let rustc = format!(
        "echo >>{asked}; case $1 in --version) echo 'rustc 1.999.0' ;; *) echo {sysroot} ;; esac"
    );
    program("bin/rustc", &rustc)?;
    program("sysroot/bin/rustc", ":")?;
    program("target/release/runner", "echo $GUEST_TOOLCHAIN")?;
    let path = at("bin").display().to_string();
    let asks = |path: &str| -> Result<bool, libtest_mimic::Failed> {
        fs::write(&asked, "")?;
        let output = Command::new(root().join("qemu-run.sh"))
            .env("PATH", path)
            .env("HOME", folder.path())
            .env("CARGO_TARGET_DIR", at("target"))
            .env_remove("RUSTUP_HOME")
            .output()?;
        let run = Run::of(&output);
        run.must_exit(0)?;
        run.must(run.stdout == "prebuilt\n", "the toolchain is the one here")?;
        Ok(!fs::read(&asked)?.is_empty())
    };
    let later = SystemTime::now() + Duration::from_secs(100);
    let other = format!("{path}:{}", at("other").display());
    let mut answers = vec![asks(&path)?, asks(&path)?];
    answers.extend([asks(&other)?, asks(&other)?]);
    fs::File::options()
        .write(true)
        .open(at("sysroot/bin/rustc"))?
        .set_modified(later)?;
    answers.push(asks(&other)?);
    match answers == [true, false, true, false, true] {
        true => Ok(()),
        false => Err(format!("asked at each of the runs: {answers:?}").into()),
    }
}
