//! What the guest is made of, and that it is made of nothing else.

use crate::run::{Completed, Run, TestResult, release, root, runner};
use libtest_mimic::{Completion, Failed};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Licences, bans and sources of all crates are what `deny.toml` has. Advisories aren't looked
/// at: their list lies where nobody without a network gets it.
pub fn licences_bans_sources() -> Completed {
    let program = match cargo_deny() {
        Ok(program) => program,
        Err(reason) => {
            let reason = format!("cargo-deny can't be had: {reason}");
            return Ok(Completion::ignored_with(reason));
        }
    };
    let mut fetch = Command::new("cargo");
    fetch.args(["fetch", "--locked"]).current_dir(root());
    let fetched = Run::of(&fetch.output()?);
    if fetched.code != Some(0) {
        let reason = format!("not all crates can be had: {}", fetched.verdict());
        return Ok(Completion::ignored_with(reason));
    }
    let mut check = Command::new(program);
    check.current_dir(root()).args(["--offline", "--locked"]);
    check.args(["check", "licenses", "bans", "sources"]);
    let run = Run::of(&check.output()?);
    run.must_exit(0)?;
    let all = "bans ok, licenses ok, sources ok";
    run.must(run.stderr.contains(all) || run.stdout.contains(all), all)?;
    Ok(Completion::Completed)
}

/// The program: one that is here, else one that cargo installs in the target folder, once.
fn cargo_deny() -> Result<PathBuf, String> {
    let here = Command::new("cargo-deny").arg("--version").output();
    if here.is_ok_and(|output| output.status.success()) {
        return Ok("cargo-deny".into());
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-deny");
    let program = folder.join("bin/cargo-deny");
    if program.exists() {
        return Ok(program);
    }
    // It takes minutes, and guests run beside it.
    let mut install = Command::new("nice");
    install.args(["-n", "19", "cargo", "install", "cargo-deny", "--locked"]);
    install
        .args(["--version", "^0.20", "--debug", "--root"])
        .arg(&folder);
    let build = folder.join("build");
    install.arg("--target-dir").arg(&build);
    let output = install.output().map_err(|error| error.to_string())?;
    // What it was made of is larger than this project.
    let _ = fs::remove_dir_all(build);
    match program.exists() {
        true => Ok(program),
        false => Err(Run::of(&output).verdict().to_owned()),
    }
}

/// Words that boot a guest, which says what its initrd adds up to.
const BOOT: [&str; 5] = [
    "--verbose",
    "--timeout",
    "300",
    "--append",
    "selftest=boot.globs",
];

/// Of a copy of the tree in another folder come the same kernel, symbols, modules and initrd,
/// byte for byte.
pub fn same_in_another_folder() -> TestResult {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("a/folder/much/further/down");
    copy_tree(&root(), &copy)?;
    let here = runner(&BOOT);
    here.must_exit(0)?;
    let mut script = Command::new("nice");
    script
        .args(["-n", "10"])
        .arg(copy.join("qemu-run.sh"))
        .args(BOOT);
    for name in ["CARGO_TARGET_DIR", "GUEST_TOOLCHAIN"] {
        script.env_remove(name);
    }
    let there = Run::of(&script.output()?);
    there.must_exit(0)?;
    let (ours, others) = (initrd_sum(&here)?, initrd_sum(&there)?);
    let built = copy.join("target/s390x-unknown-none-softfloat/release");
    let mut files = vec![PathBuf::from("kernel"), "System.map".into()];
    for entry in fs::read_dir(built.join("modules"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "ko") {
            files.extend(path.strip_prefix(&built).map(Path::to_owned));
        }
    }
    let mut differing = Vec::new();
    for file in &files {
        if fs::read(built.join(file))? != fs::read(release().join(file))? {
            differing.push(file.display().to_string());
        }
    }
    let what = format!("of {} files differ: {}", files.len(), differing.join(", "));
    there.must(differing.is_empty() && files.len() > 30, &what)?;
    there.must(ours == others, "the initrd is another")
}

/// The initrd's sum, which the kernel looks at.
fn initrd_sum(run: &Run) -> Result<String, Failed> {
    let line = run.lines_with(&["command line: ", "initrd_sum="]);
    let word = line.first().and_then(|line| line.split_once("initrd_sum="));
    let sum = word.and_then(|(_, rest)| rest.split(' ').next());
    Ok(sum.ok_or("the command line is shown")?.to_owned())
}

/// Copies the source tree as it stands.
fn copy_tree(from: &Path, to: &Path) -> TestResult {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if [".git", "target"]
            .iter()
            .any(|name| entry.file_name() == *name)
        {
            continue;
        }
        let mut copy = Command::new("cp");
        let status = copy.arg("-a").arg(entry.path()).arg(to).status()?;
        if !status.success() {
            return Err(format!("{} can't be copied", entry.path().display()).into());
        }
    }
    Ok(())
}
