//! Random objects, linked by the loader, by GNU ld and by LLD: every byte of every section
//! is what the ABI says, and where one refuses a value, that is in the table of what each
//! linker takes.
//!
//! The objects come from a number; what fails is written to a file, and the line says how
//! to have it again.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/formula.rs"]
mod formula;

mod abi;
mod generate;
mod linkers;
mod model;

use generate::{BATCH, Object};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use linkers::Program;
use model::Counts;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A number that the environment may have.
fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Links and checks the objects of a batch.
fn batch(
    programs: &[Program],
    seed: u64,
    numbers: std::ops::Range<u64>,
    counts: &mut Counts,
) -> Result<(), String> {
    let world = generate::world(numbers.start / BATCH);
    let objects: Vec<_> = numbers.map(|number| Object::random(seed, number)).collect();
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    linkers::write(&objects, world, folder.path()).map_err(|error| error.to_string())?;
    let mut wrong = Vec::new();
    let mut check = |object: &Object, found: Result<Vec<String>, String>| {
        let found = found.unwrap_or_else(|error| vec![error]);
        wrong.extend(found.into_iter().map(|text| (object.number, text)));
    };
    for object in &objects {
        let linked = linkers::load(object);
        check(object, linked.map(|linked| linked.check(object, counts)));
    }
    for program in programs {
        match program.link(&objects, folder.path()) {
            Ok(linked) => objects.iter().zip(linked).for_each(|(object, linked)| {
                check(object, Ok(linked.check(object, counts)));
            }),
            Err(error) => check(&objects[0], Err(error)),
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    // It stays, with the objects.
    let folder = folder.keep();
    let wrong: Vec<_> = wrong
        .into_iter()
        .map(|(number, text)| format!("{}/{number}.o: {text}", folder.display()))
        .collect();
    Err(format!("SEED={seed}\n{}", wrong.join("\n")))
}

/// Checks so many objects, on two threads; the first batch with an error ends it.
fn run(programs: &[Program], seed: u64, objects: u64) -> Result<Counts, String> {
    let next = AtomicU64::new(0);
    let work = || -> Result<Counts, String> {
        let mut counts = Counts::default();
        loop {
            let first = next.fetch_add(1, Ordering::Relaxed) * BATCH;
            if first >= objects {
                return Ok(counts);
            }
            let numbers = first..objects.min(first + BATCH);
            batch(programs, seed, numbers, &mut counts)?;
        }
    };
    std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        let mut sum = Counts::default();
        for thread in threads {
            let counts = thread.join().map_err(|_| "a panic, see above")??;
            sum.relocations += counts.relocations;
            sum.stubs += counts.stubs;
            for (key, count) in counts.refused {
                *sum.refused.entry(key).or_insert(0) += count;
            }
        }
        Ok(sum)
    })
}

fn compare(objects: u64) -> Result<Completion, Failed> {
    let Some(gnu) = linkers::gnu() else {
        return Ok(Completion::ignored_with(
            "there is no s390x-linux-gnu-ld here",
        ));
    };
    let mut programs = vec![gnu];
    match linkers::lld() {
        Some(lld) => programs.push(lld),
        None => println!("without LLD, which isn't here"),
    }
    let seed = number("SEED", 1);
    let begin = Instant::now();
    let counts = run(&programs, seed, objects)?;
    let linkers = programs.len() as u64 + 1;
    println!(
        "{objects} objects, {} relocations, {linkers} linkers, {:.1} s: 0 differences; {} calls \
         through stubs; refused as the table says:",
        counts.relocations / linkers,
        begin.elapsed().as_secs_f64(),
        counts.stubs
    );
    for ((linker, field), count) in &counts.refused {
        println!("  {linker:?} {field}: {count}");
    }
    // Fewer would test nothing.
    if counts.relocations < objects * 5 || counts.stubs == 0 || counts.refused.len() < 10 {
        return Err("the objects have too little in them".into());
    }
    Ok(Completion::Completed)
}

fn main() -> ExitCode {
    let few = Trial::ignorable_test("a_thousand_objects", || compare(1000));
    // `OPERATIONS=100000 cargo test -p loader --test differential -- --ignored --nocapture`
    let many = Trial::ignorable_test("long", || compare(number("OPERATIONS", 100_000)));
    let many = many.with_ignored_flag(true);
    libtest_mimic::run(&Arguments::from_args(), vec![few, many]).exit_code()
}
