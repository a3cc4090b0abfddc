//! Real modules: those of Debian's Linux 6.1 for s390x, all of them, linked far
//! from what they import, and checked byte for byte by a second implementation.
//!
//! Needs the package, which `tools/debian.sh` downloads once into the target
//! folder; where it can't be had the test is counted as ignored. A plain
//! `cargo test` doesn't ask for it, `./qemu-run.sh test` does. What the check itself is
//! worth is always tested, with an object of the loader's corpus.

mod abi;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

const OPTIONS: abi::Options = abi::Options {
    base: 0x200_0000_0000,
    per_cpu: 0x8000_0000,
    unresolved: 0x10_0000,
};

/// The modules, unless they can't be had.
fn modules(cache: &Path) -> Option<Vec<PathBuf>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../debian.sh");
    let mut command = Command::new(script);
    command.arg("modules").arg(cache).stderr(Stdio::inherit());
    let output = command.output().expect("the script starts");
    if output.status.code() == Some(3) {
        return None;
    }
    assert!(output.status.success(), "{}", output.status);
    let folder = String::from_utf8(output.stdout).expect("a path");
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(folder.trim_end())];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "ko") {
                files.push(path);
            }
        }
    }
    files.sort();
    Some(files)
}

/// Checks the dumps of all files, on two threads.
fn check_all(files: &[PathBuf], dumps: &Path) -> Vec<abi::Findings> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut all = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let folder = dumps.join(file.file_stem().expect("a name"));
            let findings = Dump::read(file, &folder).check();
            for difference in &findings.differences {
                println!("{}: {difference}", file.display());
            }
            all.push(findings);
        }
        all
    };
    std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        let all = threads.map(|thread| thread.join().expect("a check that ends"));
        all.into_iter().flatten().collect()
    })
}

/// Links files into folders of `dumps`.
fn dump(files: &[PathBuf], dumps: &Path) {
    let _ = std::fs::remove_dir_all(dumps);
    let status = Command::new(env!("CARGO_BIN_EXE_kmod-inspect"))
        .args(["--base", "0x20000000000", "--percpu", "0x80000000"])
        .args(["--unresolved", "0x100000", "--dump"])
        .arg(dumps)
        .args(files)
        .stdout(Stdio::null())
        .status()
        .expect("kmod-inspect starts");
    assert!(status.success(), "{status}");
}

/// A file's dump, checked.
struct Dump {
    data: Vec<u8>,
    image: Vec<u8>,
    layout: String,
}

impl Dump {
    fn read(file: &Path, folder: &Path) -> Self {
        Self {
            data: std::fs::read(file).expect("the module"),
            image: std::fs::read(folder.join("image.bin")).expect("image.bin"),
            layout: std::fs::read_to_string(folder.join("layout.json")).expect("layout"),
        }
    }

    fn check(&self) -> abi::Findings {
        abi::check(&self.data, &self.image, &self.layout, &OPTIONS)
    }

    /// Whichever byte of the text is changed, the check finds it.
    fn every_changed_byte_is_seen(mut self, step: usize) {
        let text = self.check().text;
        assert!(text.len() > 16);
        for at in text.step_by(step) {
            self.image[at] ^= 0x10;
            assert!(!self.check().differences.is_empty(), "byte {at:#x}");
            self.image[at] ^= 0x10;
        }
    }
}

/// The check itself: it accepts what it should, and sees whatever is changed.
fn a_changed_byte_is_seen() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kernel/loader/tests/corpus");
    let file = corpus.join("calls.o");
    let dumps = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changed");
    dump(std::slice::from_ref(&file), &dumps);
    let dump = Dump::read(&file, &dumps);
    let findings = dump.check();
    assert!(
        findings.differences.is_empty(),
        "{:?}",
        findings.differences
    );
    assert!(findings.relocations > 3);
    dump.every_changed_byte_is_seen(1);
}

fn debian_modules_link_by_the_abi() -> Result<Completion, Failed> {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian-modules");
    let Some(files) = modules(&cache) else {
        return Ok(Completion::ignored_with(
            "Debian's modules can't be had here",
        ));
    };
    let dumps = cache.join("dumps");
    let begin = Instant::now();
    dump(&files, &dumps);
    let linked = begin.elapsed();
    let begin = Instant::now();
    let all = check_all(&files, &dumps);
    let checked = begin.elapsed();
    let relocations: u64 = all.iter().map(|findings| findings.relocations).sum();
    let per_cpu = all.iter().filter(|findings| findings.per_cpu).count();
    let differences: usize = all.iter().map(|findings| findings.differences.len()).sum();
    println!(
        "{} modules, {relocations} relocations, {per_cpu} with per-CPU data: linked in {:.1} s, \
         checked in {:.1} s, {differences} differences",
        files.len(),
        linked.as_secs_f64(),
        checked.as_secs_f64()
    );
    assert_eq!(all.len(), files.len());
    assert_eq!(differences, 0);
    let folder = dumps.join(files[0].file_stem().expect("a name"));
    Dump::read(&files[0], &folder).every_changed_byte_is_seen(7);
    assert!(linked.as_secs() < 60);
    // Fewer would mean that the package isn't what it was.
    assert!(files.len() > 2000 && relocations > 1_000_000 && per_cpu > 20);
    let _ = std::fs::remove_dir_all(&dumps);
    Ok(Completion::Completed)
}

fn main() -> ExitCode {
    let seen = Trial::test("a_changed_byte_is_seen", || {
        a_changed_byte_is_seen();
        Ok(())
    });
    let debian = Trial::ignorable_test(
        "debian_modules_link_by_the_abi",
        debian_modules_link_by_the_abi,
    );
    // It downloads 30 MB once.
    let debian = debian.with_ignored_flag(true);
    libtest_mimic::run(&Arguments::from_args(), vec![seen, debian]).exit_code()
}
