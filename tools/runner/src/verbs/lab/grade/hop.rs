//! Lab 1: from an instruction's bytes to one CPU's copy.
//!
//! The facts of `run.txt` are bytes; what is right is taken from the monitor's own account of
//! the same guest.

use super::super::answers::Answers;
use super::super::expression::{Facts, number};
use super::super::findings::Findings;
use super::super::folder;
use super::super::guest::{self, Answer, Shape};
use super::super::work::Work;
use crate::error::Error;

/// How often each CPU calls `counter_hit`.
const CALLS: [usize; 2] = [1, 3];

/// What the guest says: the facts for the student, and what is right.
struct Run {
    text: String,
    facts: Facts,
    slot: i128,
    handle: i128,
    /// Offsets and copies of both CPUs.
    cpus: Vec<(i128, i128)>,
}

pub fn grade(work: &Work<'_>, findings: &mut Findings) -> Result<(), Error> {
    let mut commands = vec!["insmod counter".to_owned()];
    for (cpu, calls) in CALLS.into_iter().enumerate() {
        commands.extend(std::iter::repeat_n(
            format!("call @{cpu} counter_hit"),
            calls,
        ));
    }
    let asked = ["dis counter_hit 1", "got counter", "lowcore 0", "lowcore 1"];
    commands.extend(asked.map(str::to_owned));
    commands.push("pcpu counter::HITS".to_owned());
    let shape = Shape {
        cpus: 2,
        append: "",
    };
    let answers = guest::ask(work.guest, shape, &[], &commands)?;
    let last = answers.get(commands.len() - asked.len() - 1..);
    let Some(run) = last.and_then(read) else {
        let message = "the monitor's answers aren't those that this lab reads".to_owned();
        return Err(Error::Guest { message });
    };
    if folder::put(&work.folder.join("run.txt"), &run.text)? {
        findings.wrong(
            "the same run again",
            "the kernel was built anew: its addresses are others",
            "run.txt has the new numbers. Numbers that you copied are the old ones; names stay.",
        );
    }
    let answers = Answers::read(work.folder, &run.facts)?;
    findings.odd_lines(&answers);
    let names = &run.facts.names;
    let (instruction, bytes) = (names["instruction"], names["bytes"]);
    let field = bytes & 0xffff_ffff;
    let [(_, copy0), (offset, copy)] = run.cpus[..] else {
        return Ok(());
    };
    let (offset0, handle) = (run.cpus[0].0, run.handle);
    findings.answer(
        &answers,
        "slot",
        run.slot,
        &[
            (
                instruction + field,
                "You added the field as bytes. It counts halfwords.",
            ),
            (
                instruction + 6 + 2 * field,
                "You counted from the end of the instruction, as x86 does. s390 counts from its \
                 start.",
            ),
            (
                instruction + 2 + 2 * field,
                "You counted from the field. The hardware counts from the instruction.",
            ),
        ],
        "The field is the last 4 of the 6 bytes, and counts halfwords from the instruction.",
    );
    findings.answer(
        &answers,
        "handle",
        handle,
        &[(
            run.slot,
            "That is the slot's address. `lgrl` loads what lies there: 8 bytes.",
        )],
        "It is what the slot holds: 8 bytes, the first the most significant.",
    );
    findings.answer(
        &answers,
        "offset",
        offset,
        &[
            (
                offset0,
                "That is CPU 0's offset. CPU 1's lowcore lies at CPU 1's prefix.",
            ),
            (
                names["prefix1"] + 816,
                "That is where the offset lies. It is what lies there.",
            ),
            (816, "816 is the byte of lowcore where the offset lies."),
        ],
        "Byte 816 of real memory is byte 816 behind the prefix of who reads it.",
    );
    findings.answer(
        &answers,
        "copy",
        copy,
        &[
            (copy0, "That is CPU 0's copy: its offset was added."),
            (
                handle,
                "That is the handle. A handle is where no copy lies.",
            ),
        ],
        "The copy is at handle + offset.",
    );
    findings.answer(
        &answers,
        "value",
        CALLS[1] as i128,
        &[
            (
                CALLS[0] as i128,
                "That is CPU 0's. Each CPU counts in its own copy.",
            ),
            (
                (CALLS[0] + CALLS[1]) as i128,
                "That is the sum. A copy has only its own CPU's hits.",
            ),
        ],
        "run.txt says how often each CPU called the function.",
    );
    Ok(())
}

/// Takes the answers apart; `None` if they look different from what this reads.
fn read(answers: &[Answer]) -> Option<Run> {
    let [code, slots, lowcores @ .., variable] = answers else {
        return None;
    };
    let mut facts = Facts::default();
    let mut text = format!(
        "# A run of this build: 2 CPUs, the module `counter` loaded far away.\n\
         # CPU 0 called counter_hit {} time, CPU 1 called it {} times.\n\n",
        CALLS[0], CALLS[1]
    );
    let line = code.lines.iter().find(|line| line.contains("lgrl"))?;
    let (address, rest) = line.split_once(": ")?;
    let dumped: Vec<&str> = rest.split_whitespace().take(6).collect();
    let instruction = number(address)?;
    let bytes = number(&format!("0x{}", dumped.concat()))?;
    text += &format!(
        "# The first instruction of counter_hit: its address, and its 6 bytes: {}\n\
         instruction = {instruction:#x}\nbytes = {bytes:#014x}\n\n\
         # CPU 1's prefix: there its lowcore lies in absolute memory. CPU 0's is 0.\n",
        dumped.join(" ")
    );
    facts.names.insert("instruction".to_owned(), instruction);
    facts.names.insert("bytes".to_owned(), bytes);
    let mut memory = Vec::new();
    for (cpu, lowcore) in lowcores.iter().enumerate() {
        let head = lowcore.lines.first()?;
        let prefix = head.split_once("prefix ")?.1.split(':').next()?;
        let prefix = number(prefix)?;
        let line = lowcore.lines.iter().find(|it| it.contains(" 0x330 "))?;
        let offset = number(line.split_whitespace().nth(1)?)?;
        memory.push((prefix + 816, offset));
        if cpu == 1 {
            text += &format!("prefix1 = {prefix:#x}\n\n");
        }
        facts.names.insert(format!("prefix{cpu}"), prefix);
    }
    for line in slots.lines.iter().filter(|line| line.starts_with("0x")) {
        let mut words = line.split_whitespace();
        memory.push((number(words.next()?)?, number(words.next()?)?));
    }
    text += "# Memory: an address, and the 8 bytes that lie there.\n";
    for (address, value) in &memory {
        text += &format!("[{address:#x}] = {value:#018x}\n");
    }
    facts.memory = memory.into_iter().collect();
    let (_, handle) = variable.lines.first()?.split_once("handle ")?;
    let handle = number(handle.split(',').next()?)?;
    let (_, slot) = variable.lines.first()?.split_once("GOT slot ")?;
    let rows = variable.lines.iter();
    let cpus = rows.filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [cpu, offset, copy, ..] = words[..] else {
            return None;
        };
        cpu.parse::<u32>().ok()?;
        Some((number(offset)?, number(copy)?))
    });
    let cpus: Vec<_> = cpus.collect();
    (cpus.len() == 2).then_some(Run {
        text,
        facts,
        slot: number(slot.trim())?,
        handle,
        cpus,
    })
}
