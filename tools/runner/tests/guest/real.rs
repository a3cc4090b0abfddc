//! Real modules, linked in the guest: those of Debian's Linux 6.1 for s390x that
//! have per-CPU data, all of them, and some others.
//!
//! The guest links each far from what it imports and prints its image's hash;
//! `kmod-inspect` links the same file for the same addresses. Skipped where Debian's
//! package can't be had.

use crate::run::{Completed, Run, TestResult, root, runner};
use libtest_mimic::Completion;
use object::{Object, ObjectSection};
use std::error::Error;
use std::fs;
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the guest, and the tool, take unexported symbols to be.
const UNRESOLVED: &str = "0x100000";

/// How many modules without per-CPU data are linked too.
const OTHERS: usize = 24;

/// The package's module files, sorted; none if it can't be had.
fn package() -> Result<Option<Vec<PathBuf>>, Box<dyn Error>> {
    let script = root().join("tools/debian.sh");
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian-modules");
    let output = Command::new(script).arg("modules").arg(cache).output()?;
    match output.status.code() {
        Some(0) => {}
        Some(3) => return Ok(None),
        _ => return Err(String::from_utf8_lossy(&output.stderr).into()),
    }
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(String::from_utf8(output.stdout)?.trim_end())];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "ko") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(Some(files))
}

fn has_per_cpu_data(path: &Path) -> Result<bool, Box<dyn Error>> {
    let data = fs::read(path)?;
    let file = object::File::parse(&*data)?;
    let name = |section: object::Section<'_, '_>| section.name().unwrap_or("").to_owned();
    let mut names = file.sections().map(name);
    Ok(names.any(|name| name.starts_with(".data..percpu")))
}

/// What the guest prints of a module that it linked.
struct Linked {
    base: String,
    per_cpu: String,
    hash: String,
}

/// Reads `linked NAME: N bytes at BASE, N per-CPU bytes at HANDLE, hash HASH`.
fn linked(line: &str) -> Option<Linked> {
    let rest = line.strip_prefix("linked ")?;
    let (_, rest) = rest.split_once(" bytes at ")?;
    let (base, rest) = rest.split_once(", ")?;
    let (_, rest) = rest.split_once(" per-CPU bytes at ")?;
    let (per_cpu, hash) = rest.split_once(", hash ")?;
    Some(Linked {
        base: base.to_owned(),
        per_cpu: per_cpu.to_owned(),
        hash: hash.to_owned(),
    })
}

/// `kmod-inspect`, which lies beside the runner.
fn tool() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_runner")).with_file_name("kmod-inspect")
}

/// Builds it, if it isn't.
fn build_tool() -> TestResult {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root());
    let output = cargo
        .args(["build", "--quiet", "-p", "kmod-inspect"])
        .output()?;
    Run::of(&output).must_exit(0)
}

/// The hash of the tool's image for the guest's addresses, as the tool prints it.
fn inspect(file: &Path, at: &Linked, exports: &Path) -> Result<String, Box<dyn Error>> {
    let dump = tempfile::tempdir()?;
    let output = Command::new(tool())
        .args(["--base", &at.base, "--percpu", &at.per_cpu])
        .args(["--unresolved", UNRESOLVED, "--symbols"])
        .arg(exports)
        .arg("--dump")
        .arg(dump.path())
        .arg(file)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let mut hasher = fnv::FnvHasher::default();
    hasher.write(&fs::read(dump.path().join("image.bin"))?);
    let hash = format!("{:#018x}", hasher.finish());
    let printed = String::from_utf8(output.stdout)?;
    match printed.contains(&hash) {
        true => Ok(hash),
        false => Err(format!("image.bin has hash {hash}, and the tool prints: {printed}").into()),
    }
}

/// Links them all in one guest, then each on the host.
pub fn modules() -> Completed {
    let Some(files) = package().map_err(|error| error.to_string())? else {
        return Ok(Completion::ignored_with(
            "Debian's modules can't be had here",
        ));
    };
    build_tool()?;
    let mut chosen = Vec::new();
    let mut others = Vec::new();
    for file in files {
        match has_per_cpu_data(&file).map_err(|error| error.to_string())? {
            true => chosen.push(file),
            false => others.push(file),
        }
    }
    let per_cpu = chosen.len();
    let step = others.len() / OTHERS;
    chosen.extend(others.into_iter().step_by(step.max(1)).take(OTHERS));

    let mut arguments = vec!["--append".into(), "loglevel=3".into()];
    arguments.extend(["--timeout".into(), "300".into()]);
    let mut commands = String::from("exports");
    for file in &chosen {
        arguments.extend(["--module".into(), file.to_string_lossy().into_owned()]);
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        commands += &format!("; insmod --link-only --unresolved {UNRESOLVED} {name}");
    }
    arguments.extend(["--run".into(), commands]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = runner(&arguments);
    run.must_exit(0)?;
    compare(&run, &chosen)?;
    run.must(per_cpu >= 20, "there are modules with per-CPU data")?;
    Ok(Completion::Completed)
}

/// Whether a line is one of System.map: sixteen digits, a letter, a name.
fn is_symbol(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    matches!(words[..], [address, letter, _] if letter.len() == 1
        && address.len() == 16
        && address.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn compare(run: &Run, files: &[PathBuf]) -> TestResult {
    let exports = tempfile::NamedTempFile::new()?;
    let symbols: Vec<&str> = run.stdout.lines().filter(|line| is_symbol(line)).collect();
    fs::write(exports.path(), symbols.join("\n"))?;
    let printed: Vec<Linked> = run.stdout.lines().filter_map(linked).collect();
    run.must(printed.len() == files.len(), "a line on every module")?;
    for (file, linked) in files.iter().zip(&printed) {
        let wanted = inspect(file, linked, exports.path()).map_err(|error| error.to_string())?;
        if wanted != linked.hash {
            let (file, hash) = (file.display(), &linked.hash);
            return Err(format!("{file}: hash {hash} in the guest, {wanted} on the host").into());
        }
    }
    Ok(())
}
