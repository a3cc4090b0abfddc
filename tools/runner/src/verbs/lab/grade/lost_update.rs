//! Lab 5: four CPUs count at once, and nothing may be lost.

use super::super::findings::Findings;
use super::super::guest::{self, Shape};
use super::super::work::Work;
use super::interrupts::text;
use crate::error::Error;
use object::{Object, ObjectSection};
use std::fs;

const CPUS: u32 = 4;
/// What each CPU adds: long enough that they meet, on a host with one CPU, too.
const EACH: i128 = 5_000_000;
/// What takes turns, and so what this lab is to do without.
const TURNS: [&str; 6] = ["atomic", "spin_lock", "mutex", "cmpxchg", "__sync_", "xchg"];

pub fn grade(work: &Work<'_>, findings: &mut Findings) -> Result<(), Error> {
    let Some(module) = guest::compile(findings, work.guest, work.folder, "hits")? else {
        return Ok(());
    };
    findings.right("to compile hits.c", "a module");
    let commands = [
        format!("insmod hits each={EACH}"),
        "call @0 hits_total".to_owned(),
        "call @2 hits_total".to_owned(),
    ];
    let shape = Shape {
        cpus: CPUS,
        append: "",
    };
    let replies = guest::ask_students(findings, work.guest, shape, &[&module], &commands)?;
    let Some(replies) = replies else {
        return Ok(());
    };
    if let Some(error) = replies[0].result.as_ref().err() {
        findings.wrong(&commands[0], error, "The kernel's own words.");
        return Ok(());
    }
    let all = EACH * i128::from(CPUS);
    let (total, elsewhere) = (replies[1].returned(), replies[2].returned());
    let tried = format!("{CPUS} CPUs at once, {EACH} hits each: {all}; then hits_total()");
    match total {
        Some(value) if value == all => findings.right(tried, text(total)),
        Some(EACH) => findings.wrong(
            tried,
            text(total),
            "That is one CPU's copy. The total is the sum of all copies: \
             for_each_possible_cpu.",
        ),
        Some(value) if value < all => findings.wrong(
            tried,
            format!("{value}: {} hits are lost", all - value),
            "Two CPUs loaded the same number, both added one, both stored: one hit is lost. \
             volatile, READ_ONCE and WRITE_ONCE say that each load and store is made; not that \
             nobody comes between. Give each CPU a count of its own.",
        ),
        _ => findings.wrong(
            tried,
            text(total),
            "Those are more than there were: is something added twice?",
        ),
    }
    if elsewhere != total {
        findings.wrong(
            "hits_total() again, asked on CPU 2",
            format!("{}, and on CPU 0 {}", text(elsewhere), text(total)),
            "The total doesn't depend on who asks: add all CPUs' copies.",
        );
    }
    let path = work.folder.join("hits.c");
    let source = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let code = without_comments(&source);
    match TURNS.iter().find(|word| code.contains(*word)) {
        None => findings.right("to find what takes turns in hits.c", "nothing"),
        Some(word) => findings.wrong(
            "to find what takes turns in hits.c",
            format!("`{word}`"),
            "It counts rightly, and each hit waits for the others: the cache line goes from CPU \
             to CPU. The lab is to do without. With a copy for each CPU nobody waits.",
        ),
    }
    let data = fs::read(&module).map_err(Error::file("read", &module))?;
    let file = object::File::parse(&*data).map_err(Error::object(&module))?;
    let bytes = file.section_by_name(".data..percpu").map(|it| it.size());
    let allocates = code.contains("alloc_percpu");
    let tried = "to find per-CPU memory in hits.ko";
    match bytes {
        Some(bytes) if bytes > 0 => findings.right(tried, format!("{bytes} bytes a CPU")),
        _ if allocates => findings.right(tried, "it is allocated"),
        _ => findings.wrong(
            tried,
            "none",
            "DEFINE_PER_CPU(unsigned long, hits) makes a copy for each CPU.",
        ),
    }
    Ok(())
}

fn without_comments(source: &str) -> String {
    let mut parts = source.split("/*");
    let mut code = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        code += part.split_once("*/").map_or("", |(_, rest)| rest);
    }
    code
}
