//! The listings of docs/monitor.md: what the monitor answers, by a guest that is asked
//! nothing else.

use crate::build::Guest;
use crate::error::Error;
use crate::guest::script;
use crate::options::Options;
use crate::verbs::blocks::Blocks;

/// A listing's name, and the commands that it shows with their answers. They are carried out
/// one after another, in this order; a name that is empty is not shown.
const LISTINGS: [(&str, &[&str]); 18] = [
    (
        "",
        &[
            "modprobe counter",
            "modprobe visitor",
            "modprobe dynamic",
            "call counter_hit",
            "call @1 counter_hit",
        ],
    ),
    ("help", &["help got"]),
    ("pcpu", &["pcpu counter::HITS"]),
    ("hop", &["pcpu counter::HITS --hop @1"]),
    (
        "set",
        &[
            "pcpu counter::HITS = 41 @1",
            "call @1 counter_hit",
            "pcpu HITS -x",
        ],
    ),
    ("lsmod", &["lsmod"]),
    ("got", &["got counter"]),
    ("plt", &["plt counter"]),
    ("relocs", &["relocs counter *COUNTER_VISITS*"]),
    ("sections", &["sections counter"]),
    ("dis", &["dis counter_hit 4"]),
    ("map before", &["percpu", "percpu map"]),
    ("map after", &["percpu alloc 4096 x20", "percpu map"]),
    ("map freed", &["percpu free all", "percpu map 1"]),
    (
        "map balanced",
        &["percpu balance", "percpu map", "percpu free 0x330"],
    ),
    (
        "memory",
        &["x/2xg 330", "walk 20000000000", "x bad00000000"],
    ),
    (
        "machine",
        &["cpus", "bt 1", "sym counter::HITS", "pcpu nosuch"],
    ),
    (
        "leaving",
        &[
            "pcpu counter::HITS",
            "cpu offline 1",
            "call @1 counter_hit",
            "pcpu counter::HITS = 7 @1",
            "cpu online 1",
            "call @1 counter_hit",
            "pcpu counter::HITS",
        ],
    ),
];

/// Boots a guest, and asks it all that the document shows.
pub fn listings(guest: &Guest, options: &Options) -> Result<Blocks, Error> {
    let commands: Vec<&str> = LISTINGS
        .iter()
        .flat_map(|(_, lines)| *lines)
        .copied()
        .collect();
    let options = Options {
        verb: None,
        run: Some(commands.join("; ")),
        ..options.clone()
    };
    let run = script::run(guest, &options)?;
    // What comes before the first command is the boot's.
    let mut answers: Vec<String> = Vec::new();
    for line in &run.transcript.lines {
        let is_command = line.starts_with("> ");
        match answers.last_mut() {
            _ if is_command => answers.push(format!("{line}\n")),
            // What is logged meanwhile has its time in front.
            Some(answer) if !line.starts_with('[') && !line.starts_with("run: ") => {
                *answer += line;
                *answer += "\n";
            }
            _ => {}
        }
    }
    let mut answers = answers.into_iter();
    let mut blocks = Blocks::new();
    for (name, lines) in LISTINGS {
        let text: String = answers.by_ref().take(lines.len()).collect();
        if !name.is_empty() {
            blocks.insert(name, text);
        }
    }
    Ok(blocks)
}
