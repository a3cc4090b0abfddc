//! Machines and layouts of many kinds, in each of which every self-test passes, of the largest
//! those of some groups: each value with each of every other parameter, by as few guests as that
//! takes.
//!
//! * `pairs.rs`: which rows that takes
//! * `results.rs`: the table, and JUnit's file
//!
//! A machine without room for its CPUs ends by name: it says what there was no memory for.

mod pairs;
mod results;

use crate::host::Cpus;
use crate::run::{Completed, Run, TestResult, command, root};
use libtest_mimic::{Completion, Failed};
use pairs::Pair;
pub use results::print;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Instant;

/// The least number of machines.
const LEAST: usize = 40;

const CPUS: [u64; 9] = [1, 2, 3, 4, 16, 64, 128, 247, 248];

/// MiB. Of these 100 ends within a segment, and 129 one MiB into a segment table's next entry.
const MEMORY: [u64; 6] = [16, 32, 100, 129, 2 << 10, 64 << 10];

const FIRST_CHUNK: [&str; 2] = ["embed", "page"];

/// Where modules are.
const MODULES: [&str; 2] = ["near", "far"];

/// All that QEMU's own emulation starts.
const MODELS: [&str; 4] = ["max", "qemu", "z800", "z900"];

/// This machine's QEMU, and Debian 13's.
const EMULATORS: [&str; 2] = ["installed", "debian13"];

/// Values of each parameter.
const SIZES: [usize; 6] = [
    CPUS.len(),
    MEMORY.len(),
    FIRST_CHUNK.len(),
    MODULES.len(),
    MODELS.len(),
    EMULATORS.len(),
];

/// KiB for kernel and initrd, before there are CPUs.
const FOR_ALL: u64 = 11 << 10;

/// KiB for a CPU's three stacks of 64, its lowcore, and its unit of the first chunk.
const FOR_A_CPU: u64 = 3 * 64 + 8 + 36;

/// Whether there is no room for so many CPUs.
fn is_too_small(cpus: u64, mebibytes: u64) -> bool {
    FOR_ALL + FOR_A_CPU * cpus > mebibytes << 10
}

/// Whether a machine with both values has no room for its CPUs.
fn hides(pair: Pair) -> bool {
    match pair {
        ((0, cpus), (1, memory)) => is_too_small(CPUS[cpus], MEMORY[memory]),
        _ => false,
    }
}

/// A machine, and how its memory is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    cpus: u64,
    mebibytes: u64,
    first_chunk: &'static str,
    modules: &'static str,
    model: &'static str,
    emulator: &'static str,
}

/// Those that are started, the ones with most CPUs first: they run alone, and take longest.
pub fn machines() -> Vec<Machine> {
    let of = |row: Vec<usize>| Machine {
        cpus: CPUS[row[0]],
        mebibytes: MEMORY[row[1]],
        first_chunk: FIRST_CHUNK[row[2]],
        modules: MODULES[row[3]],
        model: MODELS[row[4]],
        emulator: EMULATORS[row[5]],
    };
    let mut machines: Vec<Machine> = { pairs::cover(&SIZES, hides).into_iter() }
        .map(of)
        .collect();
    machines.sort_by_key(|machine| std::cmp::Reverse(machine.cpus));
    machines
}

/// Of any two values of two parameters there is a machine that has both, and passes; or that
/// has no room for just these. Far fewer than there are combinations.
pub fn every_pair_is_there() -> TestResult {
    let rows = pairs::cover(&SIZES, hides);
    let shown: std::collections::BTreeSet<Pair> = { rows.iter() }
        .flat_map(|row| pairs::shown(row, hides))
        .collect();
    let missing: Vec<Pair> = { pairs::all(&SIZES).into_iter() }
        .filter(|pair| !shown.contains(pair))
        .collect();
    if !missing.is_empty() {
        return Err(format!("no machine has {missing:?}").into());
    }
    let most = LEAST + LEAST / 2;
    match (LEAST..=most).contains(&rows.len()) {
        true => Ok(()),
        false => Err(format!("{} machines, of {LEAST} to {most}", rows.len()).into()),
    }
}

/// The folder with Debian 13's QEMU; the reason if it can't be had.
fn debian13() -> Result<&'static Path, &'static str> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let fetch = || {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian-emulator");
        let mut script = Command::new(root().join("tools/debian.sh"));
        let output = script.arg("emulator").arg(cache).output();
        let output = output.map_err(|error| error.to_string())?;
        let run = Run::of(&output);
        match run.code {
            Some(0) => Ok(PathBuf::from(run.stdout.trim_end())),
            _ => Err(run.verdict().to_owned()),
        }
    };
    match FOLDER.get_or_init(fetch) {
        Ok(folder) => Ok(folder),
        Err(reason) => Err(reason),
    }
}

impl Machine {
    /// A name without blanks.
    pub fn name(&self) -> String {
        let Self {
            cpus,
            mebibytes,
            first_chunk,
            modules,
            model,
            emulator,
        } = self;
        format!("cpus_{cpus}_memory_{mebibytes}M_{first_chunk}_{modules}_{model}_{emulator}")
    }

    fn is_too_small(&self) -> bool {
        is_too_small(self.cpus, self.mebibytes)
    }

    /// Groups of self-tests that it runs, if not all. Of many CPUs a host with few runs each
    /// seldom, and what all do at once takes minutes. Old models, besides, purge all CPUs' TLBs
    /// for each page that is unmapped, and QEMU stops all of them for that.
    fn groups(&self) -> Option<&'static [&'static str]> {
        let is_old = self.model.starts_with('z');
        match self.cpus {
            _ if self.is_too_small() => Some(&["boot"]),
            ..65 => None,
            65..129 => Some(&["boot", "memory", "smp", "percpu", "module", "c"]),
            _ if is_old => Some(&["boot"]),
            _ => Some(&["boot", "percpu", "module"]),
        }
    }

    /// Seconds after which a CPU counts as stuck: five of its own, of which a host with fewer CPUs
    /// gives it a part.
    fn patience(&self) -> u64 {
        let host = std::thread::available_parallelism().map_or(1, NonZero::get) as u64;
        5 * self.cpus.div_ceil(host).min(120)
    }

    fn arguments(&self) -> Vec<String> {
        let mut append = format!("percpu_alloc={}", self.first_chunk);
        if self.modules == "near" {
            append += " vmalloc=near";
        }
        append += &format!(" watchdog_thresh={}", self.patience());
        if let Some(groups) = self.groups() {
            let globs = groups.iter().map(|group| format!("{group}.*"));
            append += &format!(" selftest={}", globs.collect::<Vec<_>>().join(","));
        }
        let cpus = self.cpus.to_string();
        let memory = format!("{}M", self.mebibytes);
        // Of the slowest only a CPU that makes no progress takes so long.
        let words = [
            "--cpus",
            &cpus,
            "--memory",
            &memory,
            "--cpu",
            self.model,
            "--append",
            &append,
            "--timeout",
            "600",
        ];
        words.map(str::to_owned).to_vec()
    }

    /// Starts it: every self-test that it runs passes, or it ends by the name of what it has no
    /// memory for.
    pub fn passes(self) -> Completed {
        let arguments = self.arguments();
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut runner = command(&words);
        if self.emulator == "debian13" {
            let folder = match debian13() {
                Ok(folder) => folder,
                Err(reason) => {
                    results::add(self, "skipped", 0.0, None);
                    return Ok(Completion::ignored_with(reason));
                }
            };
            let path = std::env::var_os("PATH").unwrap_or_default();
            let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
            runner.env("PATH", std::env::join_paths(folders)?);
        }
        let cpus = Cpus::of(words.iter().copied());
        let start = Instant::now();
        let run = Run::of(&runner.output()?);
        let seconds = start.elapsed().as_secs_f64();
        drop(cpus);
        let judged = match self.is_too_small() {
            true => ends_by_name(&run),
            false => all_pass(&run).and_then(|()| self.skipped_rightly(&run)),
        };
        let failure = judged.as_ref().err().and_then(Failed::message);
        results::add(self, run.verdict(), seconds, failure.map(str::to_owned));
        judged.map(|()| Completion::Completed)
    }
}

/// Why a self-test may be skipped, but for want of memory.
fn may_skip(machine: &Machine, reason: &str) -> bool {
    match reason {
        "one CPU" | "there is one CPU" => machine.cpus == 1,
        "no instruction-execution protection" => machine.model.starts_with('z'),
        // Of what all magazines may keep each has too little for the area of that test.
        "no CPU keeps areas" => machine.cpus >= 64,
        _ => false,
    }
}

impl Machine {
    /// Self-tests that there is too little memory for.
    fn lacks_memory_for(&self) -> &'static [&'static str] {
        match (self.cpus, self.mebibytes) {
            (1..=4, 16) => &["c.many_areas"],
            (16, 16) => &["memory.slab_sizes", "c.many_areas", "c.time"],
            (64, 32) => &["percpu.grows_and_shrinks", "c.many_areas"],
            (247, 100) => &["percpu.grows_and_shrinks"],
            _ => &[],
        }
    }

    /// Just the self-tests are skipped that this machine can't do.
    fn skipped_rightly(&self, run: &Run) -> TestResult {
        let lines = run.stdout.lines();
        let skipped = lines.filter_map(|line| {
            let (test, reason) = line.strip_prefix("ok ")?.split_once(" # SKIP ")?;
            Some((test.split_once(' ')?.1, reason))
        });
        let (small, others): (Vec<_>, Vec<_>) =
            skipped.partition(|(_, reason)| reason.starts_with("needs "));
        let small: Vec<&str> = small.into_iter().map(|(test, _)| test).collect();
        run.must(
            small == self.lacks_memory_for(),
            &format!("for want of memory are skipped {small:?}"),
        )?;
        let wrong = others.iter().find(|(_, reason)| !may_skip(self, reason));
        run.must(wrong.is_none(), &format!("skipped: {wrong:?}"))
    }
}

fn all_pass(run: &Run) -> TestResult {
    run.must_exit(0)?;
    let passed = run.verdict().starts_with("qemu-run.sh: passed: ");
    run.must(passed, "no verdict")
}

/// Either the first chunk doesn't fit, and nothing boots; or not all CPUs do, and the test of
/// just that fails, the first of all.
fn ends_by_name(run: &Run) -> TestResult {
    const NO_CHUNK: &str = "the kernel can't boot: per-CPU memory: no memory for a first chunk";
    let verdict = run.verdict();
    match run.code {
        Some(3) => run.must(
            verdict.contains(NO_CHUNK),
            "it says what it has no memory for",
        ),
        _ => {
            run.must_exit(1)?;
            let names = verdict.split_once(" self-tests failed: ");
            let is_first = names.is_some_and(|(_, names)| names.starts_with("boot.cpus"));
            run.must(is_first, "the test of the CPUs fails")
        }
    }
}
