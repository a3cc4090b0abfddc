//! The stages of the gate: what checks all at once comes before what is checked test by test.

use super::stage::Stage;
use super::times;
use crate::build::layout;
use crate::build::toolchain::Toolchain;
use std::num::NonZero;
use std::path::Path;
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
const SCRIPTS: [&str; 7] = [
    "qemu-run.sh",
    ".ci/run",
    "modules/lessons/rustc.sh",
    "tools/debian.sh",
    "tools/name-modules.sh",
    "tools/runner/src/verbs/kit/install-packages.sh",
    "tools/runner/src/verbs/kit/start.sh",
];

/// What checks that each link in a comment leads somewhere.
const RUSTDOC: [&str; 2] = ["--no-deps", "--document-private-items"];

/// Names that others come after.
const FORMAT: &str = "rustfmt";
const BUILT: &str = "host tests and programs are built";
const BOOTS: &str = "one guest builds and boots";
const HOST_LINTS: &str = "clippy, host";
const GUEST_LINTS: &str = "clippy, guest";
const HOST_LINKS: &str = "rustdoc, host";
const GUEST_LINKS: &str = "rustdoc, guest";
const GUESTS: &str = "guests, and commands of README and docs";
const HOSTILE: &str = "1,600 hostile trials";
const FUZZERS: &str = "fuzzers by coverage, 10 s each";

/// Before guests start all is built, and cargo has nothing to keep them waiting for.
const BUILDS: &[&str] = &[BUILT, BOOTS, HOST_LINTS, GUEST_LINTS];

/// The stages, and with `all` those that take longer; each test of the guest matrix writes
/// how long it took into the file `times`.
///
/// ```text
///  rustfmt ─┬─ host tests are built ── clippy, host ──┬─ guests
///           └─ one guest boots ─ clippy, guest ───────┴─ host tests, Debian's modules, miri
/// ```
///
/// All tests are asked for from the same packages: cargo builds each crate once for all.
pub fn stages(toolchain: Toolchain, all: bool, times: Option<&Path>) -> Vec<Stage> {
    let deny = ["--", "-D", "warnings"];
    let clippy = [&["clippy", "--all-targets"], &deny[..]].concat();
    // Many wait rather than work: for late typing, or until a large guest may run.
    let threads = 4 * std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = ["--test-threads", &threads.to_string()];
    let guests = ["test", "--test", "guest", "--", "--ignored"];
    let left_out: &[&str] = if all { &[] } else { &["--skip", "long::"] };
    let mut guests = tests(&["cargo"], &[&guests[..], &threads, left_out].concat());
    if let Some(times) = times {
        guests.env(times::VARIABLE, times);
    }
    let mut stages = vec![
        Stage::check(FORMAT, cargo(&["fmt", "--all", "--check"])),
        Stage::optional("shellcheck", program("shellcheck", &SCRIPTS)),
        Stage::check(BUILT, cargo(&["test", "--no-run"])).after(&[FORMAT]),
        Stage::check(BOOTS, first_guest()).after(&[FORMAT]),
        Stage::check(GUEST_LINTS, guest_packages(toolchain, "clippy", &deny)).after(&[BOOTS]),
        Stage::check(HOST_LINTS, cargo(&clippy)).after(&[BUILT]),
        Stage::tests("host tests", beside(&["test", "--", "--show-output"])).after(BUILDS),
        Stage::tests(GUESTS, guests).after(BUILDS),
        Stage::figures("modules of Debian's Linux", debian()).after(BUILDS),
        miri().after(BUILDS),
    ];
    if all {
        let model = long("model", 20_000_000);
        let fuzz = long("fuzz", 10_000_000);
        let linkers = long("differential", 100_000);
        let long = [
            Stage::figures("loader, GNU ld and LLD, 100,000 objects", linkers),
            Stage::figures(
                "per-CPU allocator and its model, 20 million operations",
                model,
            ),
            Stage::figures("loader, 10 million broken objects", fuzz),
        ];
        stages.extend(long.map(|stage| stage.after(BUILDS)));
        let links = [
            (HOST_LINKS, cargo(&[&["doc"], &RUSTDOC[..]].concat())),
            (GUEST_LINKS, guest_packages(toolchain, "doc", &RUSTDOC)),
        ];
        stages.extend(links.map(|(name, mut command)| {
            command.env("RUSTDOCFLAGS", "-D rustdoc::broken_intra_doc_links");
            Stage::check(name, command).after(BUILDS)
        }));
        stages.push(Stage::check(HOSTILE, hostile()).after(&[GUESTS]));
        stages.push(Stage::check(FUZZERS, fuzzers()).after(&[GUESTS]));
        // Guests with more CPUs than the host: not beside those that have a time limit.
        let stress = STRESS.map(|test| Stage::check(test, stress(test)).after(&[HOSTILE]));
        stages.extend(stress);
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
    let command = beside(&[&words[..], &["--test", "threads"]].concat());
    Stage::tests(NAME, command)
}

/// A verb of cargo's and its words, for all that compiles for the guest.
fn guest_packages(toolchain: Toolchain, verb: &str, words: &[&str]) -> Command {
    let mut command = toolchain.cargo(verb);
    let modules = layout::modules().unwrap_or_default();
    let crates = modules.iter().filter(|module| module.is_crate());
    let names = crates.map(|module| module.name.as_str());
    for name in GUEST_PACKAGES.into_iter().chain(names) {
        command.args(["-p", name]);
    }
    command.args(words);
    command
}

/// Links real modules by the tool that people use.
fn debian() -> Command {
    beside(&[
        "test",
        "--test",
        "debian",
        "--",
        "--ignored",
        "--show-output",
    ])
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

/// Guests with broken initrds and command lines, 300 of each, and 1,000 broken modules.
fn hostile() -> Command {
    let mut command = myself();
    command.args(["hostile", "--modules", "1000"]);
    command
}

/// The targets of `fuzz/`, under libFuzzer.
fn fuzzers() -> Command {
    let mut command = myself();
    command.args(["fuzz", "--seconds", "10"]);
    command
}

/// A test of the host's, for so many operations.
fn long(test: &str, operations: u64) -> Command {
    let mut command = beside(&["test", "--test", test]);
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

/// A call of cargo that leaves the host's CPUs to guests, whose clocks run on.
fn beside(arguments: &[&str]) -> Command {
    tests(&["nice", "-n", "5", "cargo"], arguments)
}

/// Tests, some of which send signals: started in the background of a script, or by nohup,
/// this program ignores some of them, and all that it starts would.
fn tests(cargo: &[&str], arguments: &[&str]) -> Command {
    let default = ["--default-signal=HUP,INT,QUIT,TERM"];
    program("env", &[&default, cargo, arguments].concat())
}

fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.current_dir(layout::root()).args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The crates, with their features, that cargo compiles for these packages.
    fn crates(arguments: &[&str]) -> BTreeSet<String> {
        let mut command = cargo(&["tree", "--prefix", "none", "--format", "{p} {f}"]);
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().map(|line| line.trim_end_matches(" (*)"));
        lines.map(str::to_owned).collect()
    }

    /// What a stage, the script or a document asks cargo for is compiled for all tests, too:
    /// tools/workspace-hack has what unites the features.
    #[test]
    fn no_crate_is_compiled_twice() {
        let all = crates(&["--edges", "normal,build,dev"]);
        let (program, tests) = ("normal,build", "normal,build,dev");
        for (package, edges) in [
            ("runner", program),
            ("kmod-inspect", program),
            ("tree-check", program),
            ("runner", tests),
            ("loader", tests),
        ] {
            let asked = crates(&["--edges", edges, "--package", package]);
            let others: Vec<&String> = asked.difference(&all).collect();
            assert!(others.is_empty(), "{package}, {edges}: {others:?}");
        }
    }
}
