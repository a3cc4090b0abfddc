//! How a run starts, or doesn't.

use crate::run::{Run, TestResult, root, runner};
use libtest_mimic::Failed;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

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

/// QEMU's own refusal is kept apart from a guest's end, and is shown.
pub fn qemu_refuses() -> TestResult {
    for (model, reason) in [
        ("nosuch", "unable to find CPU model 'nosuch'"),
        ("max,nosuch=on", "nosuch"),
    ] {
        let run = runner(&["--cpu", model]);
        run.must_exit(6)?;
        let verdict = run.verdict();
        let says = verdict.contains("QEMU could not start") && verdict.contains(reason);
        run.must(says, "the reason is QEMU's")?;
    }
    Ok(())
}

/// The longest command line that QEMU passes on arrives whole; one byte more is refused.
pub fn longest_command_line() -> TestResult {
    const LIMIT: usize = 4095;
    // This program's own part: blanks, the words, eight digits and sixteen letters.
    const OWN: usize = " initrd_sum= token=".len() + 8 + 16;
    let words = ["modules=", "selftest=boot.globs"];
    let line = |bytes: usize| {
        let blanks = " ".repeat(bytes - OWN - words.concat().len());
        words.join(&blanks)
    };
    let run = runner(&["--append", &line(LIMIT)]);
    run.must_exit(0)?;
    run.must(
        run.verdict().contains("passed: 1 self-tests"),
        "the last words arrive",
    )?;
    let run = runner(&["--append", &line(LIMIT + 1)]);
    run.must_exit(2)?;
    let says = run.stderr.contains("4096 bytes") && run.stderr.contains("at most 4095");
    run.must(says, "length and limit are named")
}

/// What memory and CPUs may be is told before anything is built.
pub fn machine_sizes() -> TestResult {
    for (arguments, expected) in [
        (["--memory", "15M"], "at least 16M"),
        (["--memory", "16385K"], "whole MiB"),
        (["--memory", "2"], "with K, M, G or T behind it"),
        (["--cpus", "249"], "1..=248"),
        (["--cpus", "0"], "1..=248"),
        (["--cpu", "4"], "--cpus"),
        (["--timeout", "0"], "non-zero"),
        (["--timeout", "-1"], "unexpected argument '-1'"),
        (["--timeout", "18446744073709551616"], "too large"),
    ] {
        let run = runner(&arguments);
        run.must_exit(2)?;
        run.must(
            run.stderr.contains(expected),
            &format!("it says {expected}"),
        )?;
    }
    let least = ["--memory", "16M", "--timeout", "18446744073709551615"];
    let run = runner(&[&least[..], &["--append", "selftest=boot.*"]].concat());
    run.must_exit(0)?;
    // A larger initrd needs more.
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("large.ko");
    File::create(&path)?.set_len(12 << 20)?;
    let run = runner(&["--memory", "16M", "--module", &path.to_string_lossy()]);
    run.must_exit(6)?;
    run.must(
        run.verdict().contains("the guest needs --memory"),
        "it says how much memory is needed",
    )
}

/// On a CPU model without execution protection, and with nothing that a z900 didn't have,
/// what can't be tested is skipped with its reason.
pub fn old_cpu_model() -> TestResult {
    let run = runner(&["--cpu", "z900"]);
    run.must_exit(0)?;
    for name in ["memory.data_is_not_executable", "module.write_xor_execute"] {
        let skipped = run.lines_with(&[name, "# SKIP no instruction-execution protection"]);
        run.must(skipped.len() == 1, &format!("{name} is skipped"))?;
    }
    let lacks = run.lines_with(&["the CPU model lacks facility 45"]);
    run.must(lacks.len() == 1, "the kernel says what the model lacks")?;
    let append = "selftest=module.write_xor_execute";
    let run = runner(&["--cpu", "max,iep=off", "--append", append]);
    run.must_exit(1)?;
    run.must(
        run.verdict().contains("no self-test ran (1 skipped)"),
        "a feature is turned off",
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

/// Links to what the script itself calls.
fn link_common(folder: &Path) -> TestResult {
    for tool in [
        "bash", "env", "dirname", "sed", "cut", "sort", "id", "mkdir", "sh", "true", "basename",
        "cat", "rm", "mv", "grep",
    ] {
        let places = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(tool));
        let place = places.iter().find(|place| place.exists());
        let place = place.ok_or_else(|| format!("there is no {tool} on this machine"))?;
        symlink(place, folder.join(tool))?;
    }
    Ok(())
}

/// A folder with that, to be all of PATH.
fn bare_machine() -> Result<TempDir, Failed> {
    let bare = tempfile::tempdir()?;
    link_common(bare.path())?;
    Ok(bare)
}

/// A toolchain where rustup puts it is found though PATH hasn't the folder: nothing is
/// installed in its place.
pub fn toolchain_beyond_path() -> TestResult {
    let bare = bare_machine()?;
    for tool in [
        "qemu-system-s390x",
        "s390x-linux-gnu-ld",
        "s390x-linux-gnu-gcc",
        "cc",
    ] {
        symlink("true", bare.path().join(tool))?;
    }
    let forbidden = "#!/bin/sh\necho this must not run >&2\nexit 1\n";
    let rustc = "#!/bin/sh\ncase \"$*\" in *--version*) echo rustc 9.9.9-nightly ;;\n\
                 *sysroot*) echo \"$HOME/sysroot\" ;; esac\n";
    let cargo = "#!/bin/sh\necho \"cargo $*, toolchain $RUSTUP_TOOLCHAIN\" >&2\nexit 1\n";
    let home = tempfile::tempdir()?;
    fs::create_dir_all(home.path().join("sysroot/lib/rustlib/src/rust/library"))?;
    let tools = home.path().join(".cargo/bin");
    fs::create_dir_all(&tools)?;
    for (path, text) in [
        (bare.path().join("apt-get"), forbidden),
        (bare.path().join("sudo"), forbidden),
        (tools.join("rustup"), forbidden),
        (tools.join("rustc"), rustc),
        (tools.join("cargo"), cargo),
    ] {
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    let output = Command::new(root().join("qemu-run.sh"))
        .env("PATH", bare.path())
        .env("HOME", home.path())
        .env_remove("CARGO_HOME")
        .env("CARGO_TARGET_DIR", bare.path().join("target"))
        .output()?;
    let run = Run::of(&output);
    run.must_exit(6)?;
    let found = run.stderr.contains("cargo build") && run.stderr.contains("toolchain nightly");
    run.must(found, "its cargo is called")?;
    let installs = run.stderr.contains("install") || run.stderr.contains("must not run");
    run.must(!installs, "nothing is installed")
}

/// On a machine without QEMU and without apt-get the script says what to install.
pub fn nothing_installed() -> TestResult {
    let bare = bare_machine()?;
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
