//! The stages of the gate, cheapest first.

use super::stage::Stage;
use crate::layout;
use crate::toolchain::Toolchain;
use std::process::{Command, Stdio};

/// Packages that compile for the guest, modules aside.
const GUEST_PACKAGES: [&str; 12] = [
    "kernel",
    "arch",
    "this-cpu",
    "memory",
    "percpu",
    "printf",
    "loader",
    "module-api",
    "lesson-macro",
    "lesson-private",
    "lesson-public",
    "lesson-unmangled",
];

/// The scripts.
const SCRIPTS: [&str; 5] = [
    "qemu-run.sh",
    ".ci/run",
    "modules/lessons/rustc.sh",
    "tools/debian.sh",
    "tools/name-modules.sh",
];

/// The stages, and with `all` those that take longer.
pub fn stages(toolchain: Toolchain, all: bool) -> Vec<Stage> {
    let deny = ["--", "-D", "warnings"];
    let clippy = [&["clippy", "--all-targets"], &deny[..]].concat();
    let host = ["test", "--", "--show-output"];
    // Many wait rather than work: for late typing, or until a large guest may run.
    let threads = ["--test-threads", "4"];
    let guests = ["test", "-p", "runner", "--test", "guest", "--", "--ignored"];
    let left_out: &[&str] = if all { &[] } else { &["--skip", "long::"] };
    let guests = [&guests[..], &threads, left_out].concat();
    let mut stages = vec![
        Stage::check("rustfmt", cargo(&["fmt", "--all", "--check"])),
        Stage::optional("shellcheck", program("shellcheck", &SCRIPTS)),
        Stage::check("clippy, host", cargo(&clippy)),
        Stage::check("clippy, guest", guest_clippy(toolchain, &deny)),
        Stage::tests("host tests", cargo(&host)),
        miri(),
        Stage::figures("modules of Debian's Linux", debian()),
        Stage::check("one guest builds and boots", first_guest()),
        Stage::tests("guests, and commands of README and docs", cargo(&guests)),
    ];
    if all {
        let model = long("percpu", "model", 20_000_000);
        let fuzz = long("loader", "fuzz", 10_000_000);
        let linkers = long("loader", "differential", 100_000);
        stages.extend([
            Stage::figures("loader, GNU ld and LLD, 100,000 objects", linkers),
            Stage::figures(
                "per-CPU allocator and its model, 20 million operations",
                model,
            ),
            Stage::figures("loader, 10 million broken objects", fuzz),
        ]);
        stages.push(Stage::check("900 hostile trials", hostile()));
        stages.extend(STRESS.map(|test| Stage::check(test, stress(test))));
    }
    stages
}

/// Locks and calls on real threads under Miri, which reports data races; rustup has it
/// for some nightlies.
fn miri() -> Stage {
    const NAME: &str = "miri";
    let mut probe = cargo(&["miri", "--version"]);
    let found = probe.stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        return Stage::absent(NAME);
    }
    let words = ["miri", "test", "-p", "sync", "-p", "cross-call"];
    let command = cargo(&[&words[..], &["--test", "threads"]].concat());
    Stage::tests(NAME, command)
}

fn guest_clippy(toolchain: Toolchain, deny: &[&str]) -> Command {
    let mut command = toolchain.cargo("clippy");
    let modules = layout::modules().unwrap_or_default();
    let crates = modules.iter().filter(|module| module.is_crate());
    let names = crates.map(|module| module.name.as_str());
    for name in GUEST_PACKAGES.into_iter().chain(names) {
        command.args(["-p", name]);
    }
    command.args(deny);
    command
}

/// Links real modules as fast as the tool that people use does.
fn debian() -> Command {
    let mut command = cargo(&["test", "--release", "-p", "kmod-inspect"]);
    command.args(["--test", "debian", "--", "--ignored", "--show-output"]);
    command
}

/// This program itself: what keeps every guest from starting is shown once, before
/// the matrix shows it of each.
fn first_guest() -> Command {
    let mut command = myself();
    command.args(["--quiet", "--append", "selftest=boot.*"]);
    command
}

/// Self-tests that take long, and so run only when named in full.
const STRESS: [&str; 3] = ["stress.accessors", "stress.modules", "stress.percpu"];

/// One of them, with more CPUs than the host has.
fn stress(test: &str) -> Command {
    let mut command = myself();
    command.args(["--quiet", "--cpus", "4", "--timeout", "900"]);
    command.args(["--append", &format!("selftest={test}")]);
    command
}

/// Guests with broken initrds, command lines and modules, 300 of each.
fn hostile() -> Command {
    let mut command = myself();
    command.arg("hostile");
    command
}

/// A test of the host's, for so many operations.
fn long(package: &str, test: &str, operations: u64) -> Command {
    let mut command = cargo(&["test", "-p", package, "--test", test]);
    command.args(["--", "--ignored", "--show-output"]);
    command.env("OPERATIONS", operations.to_string());
    command
}

fn myself() -> Command {
    Command::new(std::env::current_exe().unwrap_or_else(|_| layout::root().join("qemu-run.sh")))
}

fn cargo(arguments: &[&str]) -> Command {
    program("cargo", arguments)
}

fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.current_dir(layout::root()).args(arguments);
    command
}
