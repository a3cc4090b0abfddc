//! The verb `fuzz`: the targets of `fuzz/`, under libFuzzer, by coverage.
//!
//! ```text
//!  fuzz/corpus/TARGET          committed: inputs that reach what others don't
//!  target/fuzz/corpus/TARGET   what was found since; the next run goes on with it
//!  target/fuzz/TARGET-...      an input that fails
//! ```
//!
//! rustc's coverage is LLVM's, by flags that any release takes; the engine is C++, in the crate
//! libfuzzer-sys.

use crate::build::layout;
use crate::build::program::succeed;
use crate::error::Error;
use crate::options::fuzz_target::Target;
use crate::screen::output;
use clap::ValueEnum;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// What makes rustc count which way the code goes.
const FLAGS: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebug-assertions=yes",
    "--cfg=fuzzing",
];

/// Runs the targets for so many seconds each; with `accept` what was found goes into the
/// committed corpus, as far as it reaches what that doesn't.
///
/// # Errors
/// If they can't be built or started.
pub fn run(target: Option<Target>, seconds: u64, accept: bool) -> Result<ExitCode, Error> {
    let chosen = Target::value_variants().iter();
    let chosen = chosen.filter(|&&one| target.is_none_or(|target| target == one));
    let folder = build()?;
    let mut failed = Vec::new();
    for target in chosen {
        let name = target.name();
        let corpus = Corpus::new(&name)?;
        let program = folder.join(&name);
        let mut command = engine(&program, target.most_bytes());
        command.arg(format!("-max_total_time={seconds}"));
        command.args([&corpus.found, &corpus.committed]);
        let ended = command.output().map_err(Error::start(&name))?;
        let text = String::from_utf8_lossy(&ended.stderr);
        let figure = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.map_or("?", str::trim).to_owned()
        };
        let inputs = figure("stat::number_of_executed_units:");
        let new = figure("stat::new_units_added:");
        output::line!("fuzz {name}: {inputs} inputs in {seconds} s, {new} of them new");
        if !ended.status.success() {
            text.lines().for_each(|line| output::line!("{line}"));
            failed.push(name);
            continue;
        }
        if accept {
            let mut command = engine(&program, target.most_bytes());
            command
                .arg("-merge=1")
                .args([&corpus.committed, &corpus.found]);
            succeed(command.stderr(Stdio::null()), "merge of the corpus")?;
        }
    }
    match failed.is_empty() {
        true => Ok(ExitCode::SUCCESS),
        false => {
            output::message!("an input fails {}", failed.join(", "));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Where a target's inputs are.
struct Corpus {
    found: PathBuf,
    committed: PathBuf,
}

impl Corpus {
    fn new(name: &str) -> Result<Self, Error> {
        let found = own_folder().join("corpus").join(name);
        fs::create_dir_all(&found).map_err(Error::file("create", &found))?;
        let committed = layout::root().join("fuzz/corpus").join(name);
        Ok(Self { found, committed })
    }
}

/// What is kept from run to run.
fn own_folder() -> PathBuf {
    layout::target().join("fuzz")
}

/// A call of a target's program.
fn engine(program: &Path, most: u32) -> Command {
    let mut command = Command::new(program);
    command.arg(format!("-max_len={most}"));
    // An input that takes so long hangs.
    command.args(["-timeout=10", "-print_final_stats=1", "-detect_leaks=0"]);
    let artifacts = own_folder().join("").display().to_string();
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    command.arg(format!("-artifact_prefix={artifacts}{name}-"));
    command
}

/// Builds the programs; the folder that they are in.
fn build() -> Result<PathBuf, Error> {
    let host = host()?;
    let folder = own_folder().join("build");
    let mut cargo = Command::new("cargo");
    cargo.current_dir(layout::root());
    cargo.args(["build", "--release", "-p", "fuzz", "--bins"]);
    cargo.args(["--features", "libfuzzer"]);
    // With a target named, what runs at build time isn't instrumented.
    cargo.args(["--target", &host, "--target-dir"]).arg(&folder);
    cargo.args(["--config", "profile.release.debug=\"line-tables-only\""]);
    cargo.env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo.env("RUSTFLAGS", FLAGS.join(" "));
    if !folder.exists() {
        output::message!("building the fuzzers: a minute the first time");
    }
    succeed(&mut cargo, "fuzzers")?;
    Ok(folder.join(host).join("release"))
}

/// This machine, as rustc names it.
fn host() -> Result<String, Error> {
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let start = Error::start("rustc");
    let output = Command::new(rustc).arg("-vV").output().map_err(&start)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.unwrap_or_default().to_owned())
}
