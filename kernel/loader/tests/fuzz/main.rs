//! Broken objects by the hundred thousand: none may make the loader panic,
//! overflow, read outside, or take memory without bound.
//!
//! The inputs are mutations of the committed corpus; each goes the whole way:
//! validate, plan, link, and all that the kernel asks of the result. The loader has
//! no `unsafe`, so a read outside is a panic; overflow checks are on in tests.
//!
//! A failure is shrunk to the fewest changes and written to a file, which belongs
//! into `corpus/regressions`: those run first, each time.

mod machine;
mod memory;
mod mutate;

use machine::{Machine, Stage};
use mutate::{Edit, Random, Seed};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// The objects of a folder; none if it isn't there.
fn objects(folder: &Path) -> Vec<Seed> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    let is_object = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "o");
    let mut paths: Vec<_> = paths.filter(is_object).collect();
    paths.sort();
    let seed = |path: PathBuf| {
        let data = std::fs::read(&path).unwrap();
        Seed::new(path.display().to_string(), data)
    };
    paths.into_iter().map(seed).collect()
}

/// The input that a seed and some changes make.
fn input(seed: &Seed, edits: &[Edit], data: &mut Vec<u8>) {
    data.clear();
    data.extend_from_slice(&seed.data);
    edits.iter().for_each(|edit| edit.apply(data));
}

fn fails(machine: &mut Machine, data: &[u8], odd: u64) -> bool {
    catch_unwind(AssertUnwindSafe(|| machine.check(data, odd))).is_err()
}

/// Leaves out what the failure doesn't need, and keeps the rest for the corpus.
fn shrink(machine: &mut Machine, seed: &Seed, mut edits: Vec<Edit>, odd: u64) -> PathBuf {
    let mut data = Vec::new();
    let mut at = 0;
    while at < edits.len() {
        let mut fewer = edits.clone();
        fewer.remove(at);
        input(seed, &fewer, &mut data);
        if fails(machine, &data, odd) {
            edits = fewer;
        } else {
            at += 1;
        }
    }
    input(seed, &edits, &mut data);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{odd:016x}.o"));
    std::fs::write(&path, &data).unwrap();
    println!("{} with {edits:?}", seed.name);
    path
}

/// Runs so many inputs; how many came how far.
fn run(start: u64, inputs: u64) -> BTreeMap<Stage, u64> {
    let seeds = objects(&folder());
    assert!(seeds.len() >= 4, "the corpus is there");
    let mut machine = Machine::new();
    let mut random = Random(start);
    let mut stages = BTreeMap::new();
    let mut data = Vec::new();
    for _ in 0..inputs {
        let seed = &seeds[random.below(seeds.len())];
        let few = [1, 1, 2, 2, 3, 5, 8][random.below(7)];
        let edits: Vec<_> = (0..few).map(|_| seed.edit(&mut random)).collect();
        let odd = random.next();
        input(seed, &edits, &mut data);
        let result = catch_unwind(AssertUnwindSafe(|| machine.check(&data, odd)));
        let Ok(stage) = result else {
            let path = shrink(&mut machine, seed, edits, odd);
            panic!("an input of {} fails; see {}", seed.name, path.display());
        };
        *stages.entry(stage).or_insert(0) += 1;
    }
    stages
}

#[test]
fn the_corpus_links() {
    let mut machine = Machine::new();
    for seed in objects(&folder()) {
        assert_eq!(
            machine.check(&seed.data, 0xe0f),
            Stage::Done,
            "{}",
            seed.name
        );
    }
}

/// Each of the blocks that a load takes may be the one for which there is no memory: that
/// is an error, never the end of the run.
#[test]
fn memory_may_end_at_any_block() {
    let mut machine = Machine::new();
    for seed in objects(&folder()) {
        let mut blocks = 0;
        loop {
            let load = || machine.load(&seed.data, 0xe0f);
            let (stage, ended) = memory::with_blocks(blocks, load);
            if !ended {
                assert_eq!(stage, Stage::Done);
                break;
            }
            blocks += 1;
        }
        assert!(blocks > 5, "{} takes {blocks} blocks", seed.name);
    }
}

#[test]
fn what_once_failed_does_not() {
    let mut machine = Machine::new();
    for seed in objects(&folder().join("regressions")) {
        for odd in 0..4096 {
            machine.check(&seed.data, odd);
        }
    }
}

#[test]
fn broken_objects() {
    let stages = run(1, 200_000);
    println!("{stages:?}");
    // Mutations that only ever broke the header would test nothing.
    for stage in [Stage::Parse, Stage::Plan, Stage::Link, Stage::Done] {
        assert!(
            stages.get(&stage).is_some_and(|&count| count > 2_000),
            "{stages:?}"
        );
    }
}

/// `OPERATIONS=10000000 cargo test -p loader --test fuzz -- --ignored --nocapture`
#[test]
#[ignore = "minutes, or as long as OPERATIONS says"]
fn long() {
    let inputs = std::env::var("OPERATIONS").ok();
    let inputs = inputs.and_then(|text| text.parse().ok());
    let inputs = inputs.unwrap_or(10_000_000);
    let begin = std::time::Instant::now();
    let stages = run(2, inputs);
    let seconds = begin.elapsed().as_secs_f64();
    println!("{inputs} inputs in {seconds:.0} s: {stages:?}");
}
