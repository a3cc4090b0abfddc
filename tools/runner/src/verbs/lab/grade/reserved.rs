//! Lab 9: the reserved part of the first chunk, full.

use super::super::answers::Answers;
use super::super::expression::Facts;
use super::super::findings::{Findings, shown};
use super::super::guest::{self, Shape};
use super::super::work::Work;
use crate::error::Error;

/// Bytes of the reserved part in the lab's guest.
const RESERVED: i128 = 4096;

/// Words for the answers.
const WORDS: [&str; 6] = [
    "reserved_part",
    "dynamic_part",
    "refused",
    "reach",
    "locking",
    "memory",
];

pub fn grade(work: &Work<'_>, findings: &mut Findings) -> Result<(), Error> {
    let mut facts = Facts::default();
    let word = |name: &str| WORDS.iter().position(|it| *it == name).unwrap_or(0) as i128 + 1;
    for name in WORDS {
        facts.names.insert(name.to_owned(), word(name));
    }
    let answers = Answers::read(work.folder, &facts)?;
    findings.odd_lines(&answers);
    let Some(module) = guest::compile(findings, work.guest, work.folder, "filler")? else {
        return Ok(());
    };
    findings.right("to compile filler.c", "a module");
    let commands = [
        "insmod filler",
        "percpu",
        "pcpu filler_bytes",
        "insmod c_counter",
        "pcpu c_hits",
        "call @1 c_counter_hit",
        "call @1 c_counter_sum",
    ]
    .map(str::to_owned);
    let append = format!("percpu_reserved={RESERVED}");
    let shape = Shape {
        cpus: 2,
        append: &append,
    };
    let replies = guest::ask_students(findings, work.guest, shape, &[&module], &commands)?;
    let Some(replies) = replies else {
        return Ok(());
    };
    if let Err(error) = &replies[0].result {
        findings.wrong("insmod filler", error, "The kernel's own words.");
        return Ok(());
    }
    let part = |index: usize| replies[index].lines.get(1).map_or("", |line| line.trim());
    let free = replies[1]
        .lines
        .iter()
        .skip_while(|it| !it.contains("reserved part"));
    let free = free.skip(1).find(|it| it.trim().starts_with("free"));
    let free = free.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    let tried = format!("insmod filler, with a reserved part of {RESERVED} bytes");
    let saw = format!(
        "its variable is in {}; free in the reserved part: {}",
        part(2).split(',').next().unwrap_or_default(),
        free.map_or("unknown".to_owned(), shown)
    );
    match free {
        Some(0) => findings.right(tried, saw),
        Some(RESERVED) => findings.wrong(
            tried,
            saw,
            "It didn't fit, and went to the dynamic part as a whole: a module's statics are one \
             area. Make it smaller.",
        ),
        _ => findings.wrong(
            tried,
            saw,
            "There is room left, so the next module's variable still fits. Fill it to the last \
             byte.",
        ),
    }
    let tried = "insmod c_counter behind it";
    match (&replies[3].result, free) {
        (Ok(()), Some(0)) if part(4).starts_with("dynamic") => {
            findings.right(tried, format!("it loads; c_hits is in the {}", part(4)));
        }
        (Ok(()), _) => findings.wrong(
            tried,
            format!("c_hits is in the {}", part(4)),
            "The reserved part still had room for it.",
        ),
        (Err(error), _) => findings.wrong(tried, error, "It should load."),
    }
    let think = "Run the commands of the text, and look where c_hits lies.";
    let mistakes = [(
        word("refused"),
        "That is what Linux does. Here c_counter loads: look where its variable lies.",
    )];
    findings.answer(&answers, "here", word("dynamic_part"), &mistakes, think);
    findings.answer(
        &answers,
        "linux",
        word("refused"),
        &[(
            word("dynamic_part"),
            "Linux's module loader asks the reserved part alone (__alloc_reserved_percpu), where \
             there is one.",
        )],
        "mm/percpu.c, __alloc_reserved_percpu.",
    );
    findings.answer(
        &answers,
        "why",
        word("reach"),
        &[
            (
                word("locking"),
                "The same locks guard both parts. What differs is how far away they may lie.",
            ),
            (
                word("memory"),
                "There is memory enough: the dynamic part is free. What can't be done is to \
                 reach it.",
            ),
        ],
        "Ask which relocation must reach the variable, and how far its field goes.",
    );
    Ok(())
}
