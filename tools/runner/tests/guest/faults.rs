//! Faults from the boot's start on, at every site: each run ends in an error that has a name, in
//! a boot that says why it can't, or as if nothing had been; and in its time.
//!
//! ```text
//!  one boot with faults that never come   how many requests there are, by site
//!  a boot for each that is chosen         it fails: how does the run end?
//! ```

use crate::run::{Run, TestResult, runner};
use libtest_mimic::Failed;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What is done behind the boot: loads and unloads, allocations, calls of other CPUs.
const COMMANDS: &str = "modprobe visitor; call @1 counter_hits; rmmod visitor; insmod c_counter; \
    percpu alloc 4096 x3; percpu free all; rmmod c_counter; meminfo";

/// All sites.
const SITES: [&str; 10] = [
    "frames", "vmalloc", "percpu", "heap", "slab", "tables", "signal", "sigp", "sclp", "call",
];

/// More requests than there are.
const NEVER: u64 = 1 << 40;

/// How a run with a fault ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// As if nothing had been.
    Passed,
    /// A command failed, by an error that it named.
    Error,
    /// The kernel can't boot, and says why.
    NoBoot,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            End::Passed => "without harm",
            End::Error => "in an error",
            End::NoBoot => "no boot",
        })
    }
}

/// A run with these faults.
fn run_with(faults: &str) -> Run {
    let append = format!("modules= {faults} fail_at_boot");
    // Little memory has few translation tables.
    let machine = ["--memory", "64M", "--timeout", "120"];
    runner(&[&machine[..], &["--append", &append, "--run", COMMANDS]].concat())
}

/// How it ended; any other end than those is a failure.
fn end_of(faults: &str) -> Result<End, Failed> {
    let run = run_with(faults);
    let verdict = run.verdict();
    let end = match run.code {
        Some(0) => Some(End::Passed),
        Some(1) if verdict.contains("commands failed") => Some(End::Error),
        Some(3) if verdict.contains("the kernel can't boot: ") => Some(End::NoBoot),
        _ => None,
    };
    run.must(end.is_some(), &format!("{faults}: an end without a name"))?;
    end.ok_or_else(|| faults.into())
}

/// Requests at each site in a run in which none fails.
fn requests() -> Result<BTreeMap<&'static str, u64>, Failed> {
    let faults: Vec<String> = SITES
        .iter()
        .map(|site| format!("fail={site}:{NEVER}"))
        .collect();
    let run = run_with(&faults.join(" "));
    run.must_exit(0)?;
    let mut counts = BTreeMap::new();
    for site in SITES {
        let start = format!("fail={site} never came: ");
        let lines = run.lines_with(&[&start]);
        let left = lines.first().and_then(|line| {
            let rest = &line[line.find(&start)? + start.len()..];
            rest.split(' ').next()?.parse::<u64>().ok()
        });
        let left = left.ok_or(format!("{site}: how many requests there are: {lines:?}"))?;
        counts.insert(site, NEVER - left);
    }
    Ok(counts)
}

/// Runs with each of these faults, some at once; how many ended in which way, by site.
fn sweep(faults: &[(&'static str, String)]) -> TestResult {
    let next = AtomicUsize::new(0);
    let ends = Mutex::new(BTreeMap::<(&str, End), u32>::new());
    let failures = Mutex::new(Vec::new());
    let work = || {
        while let Some((site, when)) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
            match end_of(&format!("fail={site}:{when}")) {
                Ok(end) => {
                    if let Ok(mut ends) = ends.lock() {
                        *ends.entry((site, end)).or_default() += 1;
                    }
                }
                Err(failure) => {
                    if let Ok(mut failures) = failures.lock() {
                        failures.push(failure);
                    }
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(work);
        }
    });
    for ((site, end), count) in ends.into_inner().unwrap_or_default() {
        println!("faults: {site}: {count} {end}");
    }
    match failures.into_inner().unwrap_or_default().pop() {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// The requests of a site that fail in turn: all, or so many of them, the first and the last
/// included.
fn chosen(site: &'static str, count: u64, most: u64) -> Vec<(&'static str, String)> {
    let taken = count.min(most);
    let nth = |index: u64| match taken {
        0 | 1 => 1,
        _ => 1 + index * (count - 1) / (taken - 1),
    };
    (0..taken)
        .map(|index| (site, nth(index).to_string()))
        .collect()
}

/// Lost calls cost a second each.
const LOST_CALLS: u64 = 1;

/// A few requests of each site, some at random, and as many as there are.
pub fn sample() -> TestResult {
    let counts = requests()?;
    let some = |(&site, &count): (&&'static str, &u64)| {
        chosen(site, count, if site == "call" { LOST_CALLS } else { 2 })
    };
    let mut faults: Vec<_> = counts.iter().flat_map(some).collect();
    faults.push(("heap", "%10".into()));
    faults.push(("frames", "%10".into()));
    faults.push(("sclp", "20..1000".into()));
    sweep(&faults)
}

/// Every request of each site.
pub fn all() -> TestResult {
    let counts = requests()?;
    println!("faults: requests: {counts:?}");
    let every = |(&site, &count): (&&'static str, &u64)| chosen(site, count, count);
    let mut faults: Vec<_> = counts.iter().flat_map(every).collect();
    for site in [
        "frames", "heap", "vmalloc", "percpu", "slab", "tables", "sigp",
    ] {
        faults.extend(["%1", "%10", "%50"].map(|when| (site, when.to_owned())));
    }
    sweep(&faults)
}

/// The same in one boot, where there is one: CPUs that leave and come, each request of theirs in
/// turn; and calls that are lost.
pub fn in_one_boot() -> TestResult {
    for (append, line) in [
        ("selftest=fault.lost_calls", "# fault.lost_calls: "),
        (
            "selftest=fault.every_cpu",
            "# fault.every_cpu: comes, sigp: ",
        ),
    ] {
        let append = format!("modules= {append}");
        let run = runner(&["--cpus", "3", "--append", &append]);
        run.must_exit(0)?;
        let lines = run.lines_with(&[line]);
        run.must(lines.len() == 1, line)?;
    }
    Ok(())
}
