//! Self-tests: registered in a link section, chosen by a glob, reported in KTAP and on
//! the control channel.
//!
//! A test is a function and a line `selftest!(group.name, function)`; the linker
//! gathers the lines. Groups run in the order of [`GROUPS`], tests within a group
//! by name. A test *on request* runs only when `selftest=` names it in full: the
//! provoked failures, each of which ends the run in its own way, and the long forms of
//! the tests under load.
//!
//! A test leaves the modules loaded that it found loaded, or has failed.
//!
//! Tests allocate as they like, and so does a failure's text: one that finds no memory
//! ends the run, which is a failure too.
//!
//! ```text
//!  KTAP version 1
//!  1..3
//!  ok 1 boot.machine
//!  # memory.guard: 2 page frames are lost
//!  not ok 2 memory.guard
//!  ok 3 smp.call # SKIP one CPU
//!  selftest: 1 passed, 1 failed, 1 skipped
//! ```

mod accessors;
pub mod at_boot;
mod boot;
mod bound_threads;
mod c_modules;
mod console;
mod fault_injection;
mod fault_safe;
mod fault_sweep;
pub mod held;
mod hotplug;
mod interrupts_off;
mod leaving_with_task;
mod limit;
mod lock_holds;
mod machine_cases;
mod magazines;
mod memory;
mod misuse;
mod module_life;
mod module_parameters;
mod module_rounds;
mod module_sections;
mod modules;
mod percpu;
mod protection;
mod provoked;
pub mod resources;
mod slab;
mod smp;
mod stack;
mod stress;
mod stuck;
mod wild_jump;

use crate::control::{self, TestResult};
use crate::memory::sanity;
use crate::{cpus, println};
use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};
use words::matches;

/// A registered test. It runs in the boot CPU's ordinary context: it may wait, print and
/// load modules, and leaves all as it was.
#[repr(C)]
pub struct Test {
    /// Group and name, `group.name`: unique, and what `selftest=` takes.
    pub name: &'static str,
    /// Checks what it is about; returns the first thing that isn't so.
    pub run: fn() -> Result<(), NotPassed>,
    /// Runs only when named in full.
    pub on_request: bool,
}

/// Why a test didn't pass.
#[derive(Debug)]
pub enum NotPassed {
    /// Something isn't as it must be.
    Failed(String),
    /// The machine or the command line makes the test pointless.
    Skipped(&'static str),
    /// The machine has too little memory for what the test does ([`resources::needs`]), in KiB.
    NoRoom {
        /// What the test takes.
        needed: usize,
        /// What is free.
        free: usize,
    },
}

impl NotPassed {
    /// A failure's text, behind what it is about.
    fn about(self, what: &str) -> Self {
        match self {
            Self::Failed(text) => Self::Failed(alloc::format!("{what}: {text}")),
            skipped => skipped,
        }
    }
}

/// Groups, in the order in which they run.
const GROUPS: [&str; 11] = [
    "boot", "fault", "console", "monitor", "memory", "smp", "percpu", "module", "c", "stress",
    "ending",
];

/// Registers a test.
#[macro_export]
macro_rules! selftest {
    ($name:literal, $run:path) => {
        $crate::selftest!(@ $name, $run, false);
    };
    ($name:literal, $run:path, on_request) => {
        $crate::selftest!(@ $name, $run, true);
    };
    (@ $name:literal, $run:path, $on_request:literal) => {
        const _: () = {
            #[used]
            #[unsafe(link_section = "selftests")]
            static TEST: $crate::selftest::Test = $crate::selftest::Test {
                name: $name,
                run: $run,
                on_request: $on_request,
            };
        };
    };
}

/// Fails the test with a text unless the condition holds.
#[macro_export]
macro_rules! check {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err($crate::selftest::NotPassed::Failed(alloc::format!($($text)+)));
        }
    };
}

/// Fails the test unless both sides are equal; prints both.
#[macro_export]
macro_rules! check_eq {
    ($left:expr, $right:expr) => {
        match (&$left, &$right) {
            (left, right) => $crate::check!(
                *left == *right,
                "{} is {left:x?}, not {right:x?}",
                stringify!($left)
            ),
        }
    };
}

/// A failure whose text is an error's.
pub fn failed(error: impl core::fmt::Display) -> NotPassed {
    NotPassed::Failed(alloc::format!("{error}"))
}

/// Each CPU's part of work that all do in each other's way, `least` at least: less for many
/// CPUs, of whom an emulator's host runs a few at a time.
pub fn share(total: u32, least: u32) -> u32 {
    (total / cpus::online_count()).max(least)
}

/// Of what is tried with each request, or each CPU, in turn, how many come to the one that is
/// tried: 1 on up to 16 CPUs. On more there is more to try, and each takes longer, as all CPUs
/// have a part in it.
pub fn stride() -> usize {
    cpus::online_count().div_ceil(16).pow(2) as usize
}

/// Calls a function that a module of this tree, which is loaded, exports for its test.
pub fn call(symbol: &'static str, argument: u64) -> Result<u64, NotPassed> {
    // SAFETY: L3: what tests call takes a number, or nothing.
    unsafe { crate::modules::call(symbol, argument) }.map_err(failed)
}

/// A function of a module's that a test runs where a program check ends it.
type Function = extern "C" fn(u64) -> u64;

/// The functions that a module of this tree, which is loaded, names by number to its test;
/// 0 stands behind the last.
fn functions_of(symbol: &'static str) -> Result<Vec<Function>, NotPassed> {
    let mut functions = Vec::new();
    loop {
        let address = call(symbol, functions.len() as u64)?;
        if address == 0 {
            return Ok(functions);
        }
        let function = core::ptr::with_exposed_provenance::<()>(address as usize);
        // SAFETY: L3: the module names functions of this type.
        functions.push(unsafe { core::mem::transmute::<*const (), Function>(function) });
    }
}

fn registered() -> &'static [Test] {
    #[expect(
        improper_ctypes,
        reason = "the symbols mark a range; no C code sees them"
    )]
    unsafe extern "C" {
        static __start_selftests: Test;
        static __stop_selftests: Test;
    }
    let start = &raw const __start_selftests;
    let end = &raw const __stop_selftests;
    let count = (end as usize - start as usize) / size_of::<Test>();
    // SAFETY: L9: the section is for `Test` values.
    unsafe { core::slice::from_raw_parts(start, count) }
}

/// Names of all self-tests.
pub fn names() -> impl Iterator<Item = &'static str> {
    registered().iter().map(|test| test.name)
}

fn group(name: &str) -> usize {
    let prefix = name.split('.').next().unwrap_or(name);
    let known = GROUPS.iter().position(|&group| group == prefix);
    known.unwrap_or(GROUPS.len())
}

/// The tests of a plan.
#[derive(Default)]
struct Chosen {
    /// Those that run, in their order.
    tests: Vec<&'static Test>,
    /// Those that a glob matches, and that run only when named in full.
    left_out: Vec<&'static Test>,
}

/// Whether one of these globs, with commas between them, matches the name.
fn is_matched(globs: &str, name: &str) -> bool {
    globs.split(',').any(|glob| matches(glob, name))
}

/// The tests that globs name, and those that `always` holds for.
fn chosen(globs: Option<&str>, always: impl Fn(&Test) -> bool) -> Chosen {
    let by_order = |tests: &mut Vec<&'static Test>| {
        tests.sort_by_key(|test| (group(test.name), test.name));
    };
    let (mut left_out, mut tests) = (Vec::new(), Vec::new());
    for test in registered() {
        let is_matched = globs.is_some_and(|globs| is_matched(globs, test.name));
        let wanted = match (globs, test.on_request) {
            (None, on_request) => !on_request,
            (Some(_), false) => is_matched,
            (Some(globs), true) => globs.split(',').any(|glob| glob == test.name),
        };
        if wanted || always(test) {
            tests.push(test);
        } else if is_matched {
            left_out.push(test);
        }
    }
    by_order(&mut tests);
    by_order(&mut left_out);
    Chosen { tests, left_out }
}

/// How a plan went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed.
    pub failed: usize,
    /// Tests that were skipped.
    pub skipped: usize,
}

/// Runs the tests that globs name, with commas between them, and prints the plan and the
/// summary. If a glob matches no test, none runs.
pub fn run_all(globs: Option<&str>, seed: u64) -> Summary {
    run(globs, seed, |_| false)
}

/// As [`run_all`], with the tests that `always` holds for, whatever the globs.
fn run(globs: Option<&str>, seed: u64, always: impl Fn(&Test) -> bool) -> Summary {
    SEED.store(seed.max(1), Ordering::Relaxed);
    let matches_none = |glob: &&str| !names().any(|name| matches(glob, name));
    let lacking = globs.and_then(|globs| globs.split(',').find(matches_none));
    let Chosen { tests, left_out } = match lacking {
        Some(_) => Chosen::default(),
        None => chosen(globs, always),
    };
    let mut summary = Summary::default();
    println!("KTAP version 1");
    println!("1..{}", tests.len());
    control::plan(tests.len());
    let globs = globs.unwrap_or("*");
    if !left_out.is_empty() {
        let run = tests.iter().filter(|test| is_matched(globs, test.name));
        let matched = run.count() + left_out.len();
        println!(
            "# {globs}: {matched} match, {} of them run only by their full name:",
            left_out.len()
        );
        for test in &left_out {
            println!("#   {}", test.name);
        }
    }
    if tests.is_empty() {
        let reason = match lacking {
            Some(glob) => alloc::format!("no self-test matches {glob}"),
            None => {
                let count = left_out.len();
                alloc::format!("{globs} matches {count} self-tests by their full name only")
            }
        };
        println!("Bail out! {reason}");
        control::bail_out(reason);
        // A plan that was given up has an end, too: another may follow.
        control::tests(0, 0, 0);
        return summary;
    }
    for (test, number) in tests.iter().zip(1..) {
        let before = modules_loaded();
        let misused = sanity::unexpected();
        // The plan is kept: those that are left are skipped.
        let run = match crate::console::is_interrupted() {
            true => || Err(NotPassed::Skipped("interrupted")),
            false => test.run,
        };
        let outcome = run().and_then(|()| {
            let (before, after) = (before?, modules_loaded()?);
            check!(
                before == after,
                "it leaves other modules loaded: {after:?}, not {before:?}"
            );
            let reports = sanity::unexpected() - misused;
            check!(reports == 0, "memory was misused: {reports} reports");
            Ok(())
        });
        sanity::print_pending();
        let name = test.name;
        let reason;
        let result = match &outcome {
            Ok(()) => {
                summary.passed += 1;
                println!("ok {number} {name}");
                TestResult::Passed
            }
            Err(NotPassed::Failed(text)) => {
                summary.failed += 1;
                for line in text.lines() {
                    println!("# {name}: {line}");
                }
                println!("not ok {number} {name}");
                TestResult::Failed(text)
            }
            Err(NotPassed::Skipped(reason)) => {
                summary.skipped += 1;
                println!("ok {number} {name} # SKIP {reason}");
                TestResult::Skipped(reason)
            }
            Err(NotPassed::NoRoom { needed, free }) => {
                summary.skipped += 1;
                reason = alloc::format!("needs {needed} KiB of free memory, has {free}");
                println!("ok {number} {name} # SKIP {reason}");
                TestResult::Skipped(&reason)
            }
        };
        control::test(number, name, result);
    }
    let Summary {
        passed,
        failed,
        skipped,
    } = summary;
    println!("selftest: {passed} passed, {failed} failed, {skipped} skipped");
    control::tests(passed, failed, skipped);
    summary
}

/// Names of the modules that are loaded, sorted.
fn modules_loaded() -> Result<Vec<&'static str>, NotPassed> {
    let mut names = crate::modules::loaded().map_err(failed)?;
    names.sort_unstable();
    Ok(names)
}

/// State of the tests' random numbers; `seed=` sets it.
static SEED: AtomicU64 = AtomicU64::new(1);

/// A random number; the same ones for the same `seed=` on one CPU (xorshift64*).
pub fn random() -> u64 {
    let mut state = SEED.load(Ordering::Relaxed);
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    SEED.store(state, Ordering::Relaxed);
    state.wrapping_mul(0x2545_f491_4f6c_dd1d)
}

fn globs() -> Result<(), NotPassed> {
    let all = [
        ("*", "a.b"),
        ("a.*", "a.b"),
        ("*.b", "a.b"),
        ("a*b", "ab"),
        ("a.b", "a.b"),
        ("*a*b*", "a.b"),
        ("**", "a.b"),
        ("*.*.*", "a.b.c"),
        ("a*bc*bd", "abcbcbd"),
    ];
    for (glob, text) in all {
        check!(matches(glob, text), "{glob} doesn't match {text}");
    }
    for (text, wanted) in [("a.b", true), ("c.d", true), ("c.e", false)] {
        check_eq!(is_matched("a.*,c.d", text), wanted);
    }
    check!(!is_matched("a.*,", "b.c"), "nothing matches anything");
    for (glob, text) in [
        ("", "a"),
        ("b*", "a.b"),
        ("*c", "a.b"),
        ("a", "a.b"),
        ("*b*a*", "a.b"),
        ("ab*ba", "aba"),
    ] {
        check!(!matches(glob, text), "{glob} matches {text}");
    }
    // Neither deep nor slow: a person types the glob.
    let glob = "*a".repeat(10_000);
    let text = "a".repeat(10_000);
    check!(matches(&glob, &text), "as many letters as stars");
    check!(!matches(&glob, &text[1..]), "a letter less than stars");
    Ok(())
}

selftest!("boot.globs", globs);
