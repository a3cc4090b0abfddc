//! How a run starts, or doesn't.

use crate::run::{Run, TestResult, root, runner};
use libtest_mimic::Failed;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
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
        let named = verdict.contains("QEMU could not start") && verdict.contains(reason);
        run.must(named, "the reason is QEMU's")?;
    }
    Ok(())
}

/// The longest command line that QEMU passes on arrives whole; one byte more is refused.
pub fn longest_command_line() -> TestResult {
    const LIMIT: usize = 4095;
    // This program's own part: blanks, the words, eight digits and sixteen letters.
    const OWN: usize = " sanity=1 initrd_sum= token=".len() + 8 + 16;
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
    let named = run.stderr.contains("4096 bytes") && run.stderr.contains("at most 4095");
    run.must(named, "length and limit are named")
}

/// What memory and CPUs may be is reported before anything is built.
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

/// A plain run shows the lesson's two lines and the results; all lines are where it says.
pub fn plain() -> TestResult {
    let run = runner(&["--append", "selftest=boot.*"]);
    run.must_exit(0)?;
    let mut lines = run.stdout.lines();
    let starts = |line: Option<&str>, word: &str| line.is_some_and(|line| line.contains(word));
    let lesson = starts(lines.next(), "] distance: ") && starts(lines.next(), "R_390_PC32DBL");
    run.must(lesson, "distance and refusal come first")?;
    let plan = lines.next() == Some("KTAP version 1") && starts(lines.next(), "1..");
    run.must(plan, "the plan follows")?;
    let (last, results) = { lines }
        .collect::<Vec<_>>()
        .split_last()
        .map_or(("", Vec::new()), |(last, results)| {
            (*last, results.to_vec())
        });
    run.must(last.starts_with("selftest: "), "the sum is the last line")?;
    let are_results = results.iter().all(|line| line.starts_with("ok "));
    run.must(
        are_results && !results.is_empty(),
        "results, and nothing else",
    )?;
    let path = { run.stderr.lines() }
        .find_map(|line| line.strip_prefix("qemu-run.sh: all lines: "))
        .and_then(|text| text.split(' ').next());
    let log = fs::read_to_string(path.ok_or("the log is named")?)?;
    run.must(log.contains("counter::HITS: handle 0x"), "it has all lines")?;
    let all = { run.stdout.lines() }.all(|line| log.contains(line));
    run.must(all, "those that are shown, too")
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
        "cat", "find", "rm", "mv", "grep",
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
    let named = verdict.contains("no apt-get") && verdict.contains("qemu-system-misc");
    run.must(
        named || verdict.contains("no Rust toolchain"),
        "it says what to install",
    )
}

/// A machine whose tools do nothing but note that they were called.
struct Machine {
    folder: TempDir,
}

impl Machine {
    fn new() -> Result<Self, Failed> {
        let machine = Self {
            folder: tempfile::tempdir()?,
        };
        for name in [
            "bin",
            "other",
            "sysroot/bin",
            "sysroot/lib/rustlib/s390x-unknown-none-softfloat/lib",
            "target/debug",
        ] {
            fs::create_dir_all(machine.at(name))?;
        }
        link_common(&machine.at("bin"))?;
        for tool in [
            "qemu-system-s390x",
            "s390x-linux-gnu-ld",
            "s390x-linux-gnu-gcc",
            "cc",
        ] {
            machine.program(&format!("bin/{tool}"), ":")?;
        }
        let at = |name: &str| machine.at(name).display().to_string();
        machine.program("bin/cargo", &format!("echo cargo >>{}", at("asked")))?;
        let rustc = format!(
            "echo rustc >>{}; case $1 in --version) echo 'rustc 1.999.0' ;; *) echo {} ;; esac",
            at("asked"),
            at("sysroot")
        );
        machine.program("bin/rustc", &rustc)?;
        machine.program("sysroot/bin/rustc", ":")?;
        machine.program("target/debug/runner", "echo $GUEST_TOOLCHAIN")?;
        Ok(machine)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self, path: &str, text: &str) -> TestResult {
        fs::write(self.at(path), format!("#!/usr/bin/env bash\n{text}\n"))?;
        let executable = fs::Permissions::from_mode(0o755);
        Ok(fs::set_permissions(self.at(path), executable)?)
    }

    /// A later time for a file than that of all others.
    fn touch(&self, path: &str) -> TestResult {
        let later = SystemTime::now() + Duration::from_secs(100);
        let file = fs::File::options().write(true).open(self.at(path))?;
        Ok(file.set_modified(later)?)
    }

    /// Whether the script asks a tool, with more in PATH or in the environment.
    fn asks(&self, tool: &str, more: &[&str], variables: &[(&str, &str)]) -> Result<bool, Failed> {
        let folders = [&["bin"], more].concat();
        let folders = folders
            .iter()
            .map(|name| self.at(name).display().to_string());
        let path = folders.collect::<Vec<_>>().join(":");
        fs::write(self.at("asked"), "")?;
        let output = Command::new(root().join("qemu-run.sh"))
            .env("PATH", path)
            .env("HOME", self.folder.path())
            .env("CARGO_TARGET_DIR", self.at("target"))
            .env_remove("RUSTUP_HOME")
            .envs(variables.iter().copied())
            .output()?;
        let run = Run::of(&output);
        run.must_exit(0)?;
        run.must(run.stdout == "prebuilt\n", "the toolchain is the one here")?;
        Ok(fs::read_to_string(self.at("asked"))?.contains(tool))
    }
}

fn must_be(asked: &[bool], expected: &[bool]) -> TestResult {
    match asked == expected {
        true => Ok(()),
        false => Err(format!("asked at each of the runs: {asked:?}").into()),
    }
}

/// The toolchain is asked what it is when the answer may be another: the first time, and
/// when it is newer than its answer, or another may be meant.
pub fn toolchain_is_asked_once() -> TestResult {
    let machine = Machine::new()?;
    let asks = |more: &[&str]| machine.asks("rustc", more, &[]);
    let mut asked = vec![asks(&[])?, asks(&[])?];
    asked.extend([asks(&["other"])?, asks(&["other"])?]);
    machine.touch("sysroot/bin/rustc")?;
    asked.push(asks(&["other"])?);
    must_be(&asked, &[true, false, true, false, true])
}

/// Cargo is asked for the runner when there may be something to do: the first time, and when
/// what it builds from or by may be another.
pub fn cargo_is_asked_once() -> TestResult {
    let machine = Machine::new()?;
    let asks = |variables: &[(&str, &str)]| machine.asks("cargo", &[], variables);
    let mut asked = vec![asks(&[])?, asks(&[])?];
    let profile = [("CARGO_PROFILE_DEV_DEBUG", "1")];
    asked.extend([asks(&profile)?, asks(&profile)?]);
    asked.extend([asks(&[])?, asks(&[])?]);
    machine.touch("target/guest-toolchain")?;
    asked.push(asks(&[])?);
    must_be(&asked, &[true, false, true, false, true, false, true])
}
