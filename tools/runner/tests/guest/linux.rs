//! Debian's modules of Linux, as they are shipped: `./qemu-run.sh linux`, and what the loader says
//! of a file of which a byte was changed. Skipped where Debian's packages can't be had.

use crate::run::{Completed, Run, TestResult, release, runner};
use libtest_mimic::{Completion, Failed};
use std::fs;
use std::path::{Path, PathBuf};

/// The verb's run, unless the packages can't be had.
fn verb(arguments: &[&str]) -> Option<Run> {
    let run = runner(&[&["linux"], arguments].concat());
    let is_missing = run.code == Some(6) && run.verdict().contains("debian.sh: ");
    (!is_missing).then_some(run)
}

fn not_here() -> Completion {
    Completion::ignored_with("Debian's modules can't be had here")
}

/// The numbers of the last line.
fn counts(run: &Run) -> Result<[usize; 4], Failed> {
    let last = run.stdout.lines().last().unwrap_or("");
    let words = [
        "linux: ",
        " live, ",
        " known answers, ",
        " per-CPU, ",
        " lost",
    ];
    let mut rest = last;
    let mut counts = [0; 4];
    for (count, pair) in counts.iter_mut().zip(words.windows(2)) {
        rest = rest.strip_prefix(pair[0]).unwrap_or("");
        let (number, _) = rest.split_once(pair[1]).unwrap_or(("", ""));
        *count = number
            .parse()
            .map_err(|_| format!("the last line is {last:?}"))?;
        rest = &rest[number.len()..];
    }
    Ok(counts)
}

/// All that have their symbols are live, answer, and go: on the guest that these words choose.
fn all_live(arguments: &[&str]) -> Completed {
    let Some(run) = verb(arguments) else {
        return Ok(not_here());
    };
    run.must_exit(0)?;
    let [live, answers, per_cpu, lost] = counts(&run)?;
    run.must(live >= 200 && answers >= 100, "most live, and answer")?;
    run.must(per_cpu >= 6, "some have per-CPU memory")?;
    run.must(lost == 0, "none is lost")?;
    let tested = run.lines_with(&["test_static_keys", "its own test"]);
    run.must(tested.len() == 1, "branches by keys pass their own test")?;
    Ok(Completion::Completed)
}

/// They come and go on all CPUs at once, while CPUs leave and requests fail, and nothing is lost.
pub fn soaked() -> Completed {
    let run = runner(&["soak", "--linux", "--seconds", "60"]);
    if run.code == Some(6) && run.verdict().contains("debian.sh: ") {
        return Ok(not_here());
    }
    run.must_exit(0)?;
    run.must(
        !run.lines_with(&["soak: ", " 0 lost"]).is_empty(),
        "none is lost",
    )?;
    Ok(Completion::Completed)
}

/// The run of the gate.
pub fn live() -> Completed {
    all_live(&["--check"])
}

/// What is named is loaded with what it needs; a module that lacks something is named.
pub fn some() -> Completed {
    let Some(run) = verb(&["crc16", "v4l2_dv_timings"]) else {
        return Ok(not_here());
    };
    run.must_exit(0)?;
    run.must(counts(&run)?[0] == 3, "the two, and rational")?;
    let Some(run) = verb(&["nf_tables"]) else {
        return Ok(not_here());
    };
    run.must_exit(1)?;
    run.must(counts(&run)? == [0, 0, 0, 1], "none is live, one is lost")?;
    let lines = run.lines_with(&["nf_tables: lacks symbols", "linux --why nf_tables"]);
    run.must(lines.len() == 1, "what to ask next")?;
    let none = runner(&["linux", "no_such_module"]);
    none.must_exit(6)?;
    none.must(
        none.verdict().contains("no module no_such_module"),
        "it is named",
    )?;
    Ok(Completion::Completed)
}

/// What a module lacks, and which symbols would make most modules whole.
pub fn why() -> Completed {
    let Some(run) = verb(&["--why", "zsmalloc"]) else {
        return Ok(not_here());
    };
    run.must_exit(0)?;
    run.must(
        run.lines_with(&["zsmalloc: ", " symbols found"]).len() == 1,
        "a count",
    )?;
    run.must(
        run.lines_with(&["from linux_base"]).len() == 1,
        "its provider",
    )?;
    let all = runner(&["linux", "--why"]);
    all.must_exit(0)?;
    let first = all.stdout.lines().next().unwrap_or("");
    all.must(
        first.ends_with(" modules have all symbols"),
        "how many are whole",
    )?;
    let steps: Vec<usize> = { all.stdout.lines().skip(2) }
        .filter_map(|line| line.split_ascii_whitespace().nth(1)?.parse().ok())
        .collect();
    all.must(
        steps.len() > 10 && steps.is_sorted(),
        "each step makes more whole",
    )?;
    Ok(Completion::Completed)
}

/// CPUs, and where modules and per-CPU memory lie, for `test --all`.
pub fn shapes() -> Vec<(String, Vec<String>)> {
    let mut shapes = Vec::new();
    for cpus in ["1", "4", "16"] {
        for vmalloc in ["", "vmalloc=near"] {
            for first_chunk in ["embed", "page"] {
                let place = if vmalloc.is_empty() { "far" } else { "near" };
                let words = format!("{vmalloc} percpu_alloc={first_chunk}");
                let arguments = ["--cpus", cpus, "--append", words.trim()];
                let arguments = arguments.map(str::to_owned).to_vec();
                shapes.push((format!("{cpus}_{place}_{first_chunk}"), arguments));
            }
        }
    }
    shapes
}

/// A run of `test --all`.
pub fn shape(arguments: &[String]) -> Completed {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    all_live(&arguments)
}

/// A hundred rounds of loads and unloads of all of them, by four CPUs at once: what is in use
/// is what it was.
pub fn rounds() -> Completed {
    let Some(run) = verb(&["--rounds", "100", "--cpus", "4"]) else {
        return Ok(not_here());
    };
    run.must_exit(0)?;
    let done = run.lines_with(&["linux: 100 rounds of ", " loads"]);
    run.must(done.len() == 1, "all rounds are done")?;
    Ok(Completion::Completed)
}

/// The files of a run: providers, and modules of the package.
struct Files(Vec<PathBuf>);

impl Files {
    /// Providers, as the verb has compiled them, and these modules.
    fn with(names: &[&str]) -> Result<Option<Self>, Failed> {
        // It fetches the package, and compiles the providers.
        let Some(run) = verb(&["crc16"]) else {
            return Ok(None);
        };
        run.must_exit(0)?;
        let ours = [
            "linux_offers",
            "linux_task",
            "linux_base",
            "linux_static_key",
            "linux_lib",
            "frames",
            "ends",
        ];
        let mut files: Vec<PathBuf> = ours
            .iter()
            .map(|name| release().join("linux").join(format!("{name}.ko")))
            .collect();
        for name in names {
            files.push(packaged(name)?);
        }
        Ok(Some(Self(files)))
    }

    /// Boots a guest with them and other files.
    fn run(&self, others: &[&Path], commands: &str) -> Run {
        let files = self
            .0
            .iter()
            .map(PathBuf::as_path)
            .chain(others.iter().copied());
        let files: Vec<String> = files.map(|path| path.display().to_string()).collect();
        let mut arguments = vec!["--append", "loglevel=4"];
        for file in &files {
            arguments.extend(["--module", file]);
        }
        runner(&[&arguments[..], &["--run", commands]].concat())
    }
}

/// The file of a module of the package.
fn packaged(name: &str) -> Result<PathBuf, Failed> {
    let mut folders = vec![Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian-modules/package")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|file| file == name) {
                return Ok(path);
            }
        }
    }
    Err(format!("the package has no {name}").into())
}

/// A backtrace through three of Debian's frames names all; a WARN goes on, and a BUG ends the run,
/// both with file and line.
pub fn frames_and_bugs() -> Completed {
    let names = ["v4l2-dv-timings.ko", "rational.ko", "async_tx.ko"];
    let Some(files) = Files::with(&names)? else {
        return Ok(not_here());
    };
    for crash in ["0", "1"] {
        let load = "modprobe v4l2_dv_timings; modprobe async_tx";
        let commands = format!("{load}; insmod frames crash={crash}");
        let run = files.run(&[], &commands);
        run.must_exit(if crash == "0" { 0 } else { 3 })?;
        for function in [
            "v4l2_find_dv_timings_cap+",
            "v4l2_valid_dv_timings+",
            "async_trigger_callback+",
        ] {
            run.must(
                !run.lines_with(&[" warning: ", function]).is_empty(),
                function,
            )?;
        }
        let warned = run.lines_with(&["WARNING: CPU: ", "v4l2-core/v4l2-dv-timings.c:"]);
        run.must(warned.len() == 1, "the warning has file and line")?;
        let behind = run.lines_with(&["behind the warning: ffff"]);
        run.must(behind.len() == 1, "and the code went on")?;
        let bug = run.lines_with(&["panic: ", "kernel BUG at crypto/async_tx/async_tx.c:"]);
        run.must(
            bug.len() == usize::from(crash == "1"),
            "the bug has them, too",
        )?;
    }
    Ok(Completion::Completed)
}

/// What is offered that ends a run does so, with its words, and nothing goes on behind it.
pub fn ends() -> Completed {
    let Some(files) = Files::with(&[])? else {
        return Ok(not_here());
    };
    let ends = [
        (0, None),
        (1, Some("by a test")),
        (2, Some("a copy is to go beyond its object")),
    ];
    for (how, text) in ends {
        let commands = format!("modprobe linux_base; modprobe linux_lib; insmod ends how={how}");
        let run = files.run(&[], &commands);
        run.must_exit(if text.is_some() { 3 } else { 0 })?;
        let on = run.lines_with(&["the run goes on"]).len();
        run.must(on == usize::from(text.is_none()), "what goes on behind it")?;
        if let Some(text) = text {
            run.must(run.lines_with(&["panic: ", text]).len() == 1, text)?;
        }
    }
    Ok(Completion::Completed)
}

/// A file of which a byte was changed is refused by name, and nothing stays of it.
pub fn changed_bytes() -> Completed {
    let Some(files) = Files::with(&[])? else {
        return Ok(not_here());
    };
    let whole = fs::read(packaged("crc16.ko")?)?;
    let folder = tempfile::tempdir()?;
    let position = |text: &[u8]| whole.windows(text.len()).position(|found| found == text);
    let layout = position(b"module_layout\0").ok_or("no CRC of module_layout")?;
    let release = position(b"vermagic=6.1.").ok_or("no vermagic")?;
    let changes: [(&str, usize, &str); 2] = [
        (
            "crc",
            layout - 1,
            "was compiled with another module_layout than is offered: CRC 0x",
        ),
        (
            "release",
            release + b"vermagic=6.".len(),
            "compiled for Linux `6.0.",
        ),
    ];
    let mut paths = Vec::new();
    let mut commands = String::from("modprobe linux_base; meminfo");
    for (name, at, _) in changes {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        let path = folder.path().join(name).with_extension("ko");
        fs::write(&path, bytes)?;
        paths.push(path);
        commands += &format!("; insmod {name}; meminfo");
    }
    let others: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let run = files.run(&others, &format!("{commands}; lsmod"));
    run.must_exit(1)?;
    for (name, _, words) in changes {
        run.must(run.lines_with(&[words]).len() == 1, name)?;
    }
    for counted in ["vmalloc: ", "exported symbols: "] {
        let mut lines = run.lines_with(&[counted]);
        lines.dedup();
        run.must(lines.len() == 1, counted)?;
    }
    // Providers: the base and what it needs.
    let live: TestResult = run.must(run.lines_with(&[" live "]).len() == 3, "none is there");
    live.map(|()| Completion::Completed)
}
