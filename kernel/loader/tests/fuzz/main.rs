//! Broken objects by the hundred thousand: none may make the loader panic,
//! overflow, read outside, or take memory without bound.
//!
//! The inputs are mutations of the committed corpus; each goes the whole way:
//! validate, plan, link, and all that the kernel asks of the result. The loader has
//! no `unsafe`, so a read outside is a panic; overflow checks are on in tests.
//!
//! A failure is shrunk to the fewest changes and written to a file, which belongs
//! into `corpus/regressions`: those run first, each time.

#[path = "../common/mod.rs"]
mod common;
mod memory;
mod mutate;

use common::{BASE, HANDLE};
use loader::linux::{self, Tables, Versions};
use loader::{LoadError, Object, Plan, Startup};
use mutate::{Edit, Random, Seed};
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// The loader's own memory, for a file of so many bytes.
fn allowed(file: usize) -> usize {
    16 * file
}

/// What the machine offers for a module: larger ones are turned away, as the
/// kernel does whose memory doesn't suffice. How large a module gets is what its
/// sections say (a NOBITS section of any size costs 64 bytes of file).
const MOST_IMAGE: u64 = 1 << 18;

/// Takes text, and keeps nothing.
struct Sink;

impl Write for Sink {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Ok(())
    }
}

/// Memory for images, used again and again.
struct Machine {
    image: Vec<u8>,
    template: Vec<u8>,
}

/// How far an input came: the step that refused it, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Parse,
    Plan,
    Memory,
    Link,
    Done,
}

impl Machine {
    fn new() -> Self {
        Self {
            image: vec![0; MOST_IMAGE as usize],
            template: vec![0; MOST_IMAGE as usize],
        }
    }

    /// All that the kernel does with a file.
    fn load(&mut self, data: &[u8], odd: u64) -> Stage {
        let print = |error: LoadError| {
            let _ = write!(Sink, "{error}");
        };
        let object = match Object::parse(data) {
            Ok(object) => object,
            Err(error) => {
                print(error);
                return Stage::Parse;
            }
        };
        let _ = object.information().count();
        let plan = match Plan::new(&object) {
            Ok(plan) => plan,
            Err(error) => {
                print(error);
                return Stage::Plan;
            }
        };
        let layout = plan.layout();
        let (size, (template, align)) = (layout.size(), layout.per_cpu());
        if size > MOST_IMAGE || template > MOST_IMAGE {
            return Stage::Memory;
        }
        // The kernel's allocators see to these.
        assert!(size.is_multiple_of(loader::PAGE_SIZE));
        assert!(align.is_power_of_two() && align <= loader::PAGE_SIZE);
        let image = &mut self.image[..size as usize];
        let template = &mut self.template[..template as usize];
        image.fill(0);
        template.fill(0);
        let (base, handle) = match odd % 16 {
            0 => (0, 0),
            1 => ((size + 0x1000).wrapping_neg(), u64::MAX - 0xfff),
            2 => (u64::MAX - 0xfff, HANDLE),
            3 => (1 << 30, HANDLE),
            _ => (BASE, HANDLE),
        };
        let mut resolve = |name: &str, _| match name.len() as u64 ^ (odd >> 8) {
            number if number % 16 == 0 => None,
            number if number % 16 == 1 => Some(number),
            number if number % 2 == 0 => Some(0x10_0000),
            _ => Some(base.wrapping_add(0x10_0000)),
        };
        let linked = loader::link(&plan, base, handle, &mut resolve, image, template);
        let (linked, bindings) = match linked {
            Ok(linked) => linked,
            Err(error) => {
                print(error);
                return Stage::Link;
            }
        };
        let _ = loader::image_hash(image, template);
        if let Err(error) = Startup::of(layout, base, image) {
            let _ = write!(Sink, "{error}");
        }
        if let Err(error) = Tables::of(layout, base, image) {
            let _ = write!(Sink, "{error}");
        }
        match Versions::of(plan.object()) {
            Ok(versions) => _ = versions.crc("module_layout"),
            Err(error) => _ = write!(Sink, "{error}"),
        }
        let _ = linux::stores_preempt_count(layout) && linux::is_linux(plan.object());
        let words = ["value=-7", "text=some", "other"].into_iter();
        let _ = loader::set_parameters(layout, base, image, words, &mut |_| Some(8));
        let _ = linked.address("init_module");
        let _ = linked.exports().len() + linked.functions().count();
        let _ = linked.variables().count() + bindings.symbols().count();
        let _ = bindings.relocations(&plan).count();
        Stage::Done
    }

    /// Loads, and checks what it cost.
    fn check(&mut self, data: &[u8], odd: u64) -> Stage {
        let (stage, most) = memory::most_held(|| self.load(data, odd));
        let limit = allowed(data.len());
        assert!(most <= limit, "{most} bytes for a file of {}", data.len());
        stage
    }
}

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
