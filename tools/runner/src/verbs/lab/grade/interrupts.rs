//! Lab 4: a count on each CPU, made by functions that run in interruptions.

use super::super::findings::Findings;
use super::super::guest::{self, Shape};
use super::super::work::Work;
use crate::error::Error;

/// CPUs, and how often each is interrupted.
const SENT: [i128; 4] = [0, 5, 1, 2];

pub fn grade(work: &Work<'_>, findings: &mut Findings) -> Result<(), Error> {
    let Some(module) = guest::compile(findings, work.guest, work.folder, "ticks")? else {
        return Ok(());
    };
    findings.right("to compile ticks.c", "a module");
    let sent: Vec<String> = SENT.iter().map(i128::to_string).collect();
    let mut commands = vec![format!("insmod ticks send={}", sent.join(","))];
    commands.extend((0..SENT.len()).map(|cpu| format!("call @0 ticks_on {cpu}")));
    commands.push("call @0 ticks_sum".to_owned());
    commands.push("call @3 ticks_sum".to_owned());
    commands.push("rmmod ticks".to_owned());
    let shape = Shape {
        cpus: SENT.len() as u32,
        append: "",
    };
    let replies = guest::ask_students(findings, work.guest, shape, &[&module], &commands)?;
    let Some(replies) = replies else {
        return Ok(());
    };
    if let Err(error) = &replies[0].result {
        findings.wrong(&commands[0], error, "The kernel's own words.");
        return Ok(());
    }
    let odd = replies.iter().flat_map(|answer| &answer.lines);
    if let Some(line) = odd.clone().find(|line| line.contains("warning: ")) {
        findings.wrong(
            "what the kernel says meanwhile",
            line,
            "A module that is right has no warnings.",
        );
    }
    let returned: Vec<_> = replies[1..].iter().map(|it| it.returned()).collect();
    let all: i128 = SENT.iter().sum();
    for (cpu, &count) in SENT.iter().enumerate() {
        let tried = format!("{count} interruptions of CPU {cpu}, then ticks_on({cpu})");
        let saw = text(returned[cpu]);
        match returned[cpu] {
            Some(value) if value == count => findings.right(tried, saw),
            Some(0) => findings.wrong(
                tried,
                saw,
                "Nothing was counted there. `tick` runs on the CPU that is interrupted: count \
                 there, on that CPU's copy; and `ticks_on` must read the copy that it is asked \
                 for.",
            ),
            Some(value) if value == all => findings.wrong(
                tried,
                saw,
                "That is all CPUs' count. Either one variable is shared by all, or who counts is \
                 the sender: the init runs on one CPU, `tick` on the one that is interrupted.",
            ),
            _ => findings.wrong(
                tried,
                saw,
                "Read the copy of the CPU that is asked for: per_cpu(ticks, cpu), not this CPU's.",
            ),
        }
    }
    for (asker, value) in [(0, returned[SENT.len()]), (3, returned[SENT.len() + 1])] {
        let tried = format!("ticks_sum(), asked on CPU {asker}");
        match value {
            Some(value) if value == all => findings.right(tried, text(Some(value))),
            value => findings.wrong(
                tried,
                text(value),
                format!(
                    "{all} interruptions were sent. Add each possible CPU's copy once, whoever \
                     asks."
                ),
            ),
        }
    }
    Ok(())
}

/// What a function returned.
pub fn text(value: Option<i128>) -> String {
    value.map_or("no number".to_owned(), |value| value.to_string())
}
