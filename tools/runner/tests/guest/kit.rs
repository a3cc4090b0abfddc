//! The kit: unpacked elsewhere it runs, with no compiler for Rust, no cargo and no network.

use crate::run::{Run, TestResult, bash, release, runner};
use std::process::Command;

/// Makes one, and uses it.
pub fn runs_elsewhere() -> TestResult {
    let with_packages = Run::of(&bash("./qemu-run.sh kit --with-packages").output()?);
    let has_packages = !with_packages.verdict().contains("debian.sh: ");
    let made = match has_packages {
        true => with_packages,
        false => Run::of(&bash("./qemu-run.sh kit").output()?),
    };
    made.must_exit(0)?;
    made.must(
        !made.lines_with(&["kit: "]).is_empty(),
        "it says where it is",
    )?;
    let folder = tempfile::tempdir()?;
    let archive = release().join("../../percpu-kit.tar.gz");
    let mut tar = Command::new("tar");
    let unpacked = tar.arg("-xzf").arg(&archive).arg("-C").arg(folder.path());
    if !unpacked.status()?.success() {
        return Err("tar can't unpack it".into());
    }
    let kit = folder.path().join("percpu-kit");
    let solutions = kit.join("tools/labs/solutions");
    // On a machine that has nothing at all, as far as it knows.
    let install = "packages/install.sh -o Dir::State::status=/dev/null --simulate";
    let install = has_packages.then_some((install, 0));
    for (line, code) in [
        ("./qemu-run.sh --quiet --append selftest=boot.globs", 0),
        (
            "./qemu-run.sh --run 'insmod counter; pcpu counter::HITS'",
            0,
        ),
        ("./qemu-run.sh lab 1", 1),
        ("./qemu-run.sh lab 1 --folder $S/1-hop", 0),
        ("./qemu-run.sh lab 2 --folder $S/2-reach", 0),
        ("./qemu-run.sh lab 5 --folder $S/5-lost-update", 0),
        ("./qemu-run.sh kit", 1),
    ]
    .into_iter()
    .chain(install)
    {
        // A room without network, and no rustup's programs.
        let isolated = Command::new("unshare").args(["-rn", "true"]).output();
        let isolated = isolated.is_ok_and(|it| it.status.success());
        let mut command = Command::new(if isolated { "unshare" } else { "env" });
        command.args(if isolated { &["-rn", "env"][..] } else { &[] });
        command.args(["-i", "PATH=/usr/bin:/bin", "HOME=/nonexistent"]);
        command.arg(format!("S={}", solutions.display()));
        command.args(["bash", "-c", line]).current_dir(&kit);
        let run = Run::of(&command.output()?);
        run.must(run.code == Some(code), &format!("{line}: exit code {code}"))?;
    }
    let page = kit.join("target/report.html");
    match page.exists() && runner(&["kit", "--cpus", "2"]).code == Some(2) {
        true => Ok(()),
        false => Err("the kit has no report, or takes options".into()),
    }
}
