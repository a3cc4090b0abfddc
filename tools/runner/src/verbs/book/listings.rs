//! The listings of `docs/book`, and the facts that its pictures show.
//!
//! ```text
//!  2 CPUs, far, embed      most of it
//!  percpu_alloc=page       the other first chunk
//!  percpu_reserved=24      a reserved part that is full
//!  vmalloc=near            what loads near and not far
//!  Debian's modules        binaries of Linux's
//! ```

use super::excerpt::lowcore_about;
use super::{costs, linux_binaries, machines, pictures};
use crate::build::Guest;
use crate::error::Error;
use crate::options::Options;
use crate::verbs::blocks::Blocks;
use crate::verbs::transcript::{self, Listing};
use std::collections::BTreeMap;

/// How often a measurement is tried that a busy host spoils, before it goes into the book.
const TRIES: u32 = 20;

/// All that a run has for the book.
#[derive(Default)]
pub struct Listings {
    /// Texts by name.
    pub blocks: Blocks,
    /// Pictures by name.
    pub pictures: BTreeMap<&'static str, String>,
    /// Names of those that can't be had here.
    pub absent: Vec<&'static str>,
}

const FAR: [Listing; 22] = [
    (
        "",
        &["insmod counter", "call counter_hit", "call @1 counter_hit"],
    ),
    ("dis", &["dis counter_hit 4"]),
    ("cpus", &["cpus"]),
    ("x 330", &["x/1xg 330"]),
    ("walk module", &["walk 20000000000"]),
    ("statics", &["sym counter::HITS"]),
    ("pcpu", &["pcpu counter::HITS"]),
    ("hop", &["pcpu counter::HITS --hop @1"]),
    ("sections", &["sections counter"]),
    ("got", &["got counter"]),
    ("plt", &["plt counter"]),
    ("relocs", &["relocs counter *COUNTER_VISITS*"]),
    ("lowcore", &["lowcore 1"]),
    ("refused far", &["insmod direct"]),
    ("", &["insmod c_counter", "call c_counter_hit"]),
    ("dis c", &["dis c_counter_hit 12"]),
    ("relocs c", &["relocs c_counter *c_hits*"]),
    ("percpu", &["percpu"]),
    ("map first", &["percpu map"]),
    ("two chunks", &["percpu alloc 4096 x12", "percpu map 1"]),
    ("freed", &["percpu free all", "percpu map 1"]),
    ("balanced", &["percpu balance", "percpu chunks"]),
];

const PAGE: [Listing; 2] = [
    ("", &["insmod counter"]),
    ("pcpu page", &["pcpu counter::HITS"]),
];

const FULL: [Listing; 3] = [
    ("", &["insmod counter"]),
    ("", &["insmod c_counter"]),
    (
        "overflowed",
        &["pcpu c_hits", "call c_counter_sum", "percpu"],
    ),
];

const NEAR: [Listing; 2] = [
    ("", &["insmod direct", "call direct_hit"]),
    ("loads near", &["pcpu direct::DIRECT", "dis direct_hit 4"]),
];

const LOWCORE: [&str; 5] = [
    " 0x330 ",
    " 0x338 ",
    "old PSW, external",
    "new PSW, external",
    "new PSW, program",
];

fn with(options: &Options, word: &str) -> Options {
    Options {
        append: vec![word.to_owned()],
        ..options.clone()
    }
}

/// Lines of boot that begin with one of these.
fn lines(boot: &[String], starts: &[&str]) -> String {
    let is_one = |line: &&String| starts.iter().any(|start| line.starts_with(start));
    let lines = boot.iter().filter(is_one);
    lines.map(|line| format!("{line}\n")).collect()
}

/// Boots the guests, compiles for other machines, measures on this host; for what is in the book
/// to be compared with, or updated.
///
/// # Errors
/// If a guest can't be started, or doesn't come to its end.
pub fn all(guest: &Guest, options: &Options, update: bool) -> Result<Listings, Error> {
    let (boot, mut blocks) = transcript::with_boot(guest, options, &FAR)?;
    let (paged, page) = transcript::with_boot(guest, &with(options, "percpu_alloc=page"), &PAGE)?;
    blocks.extend(page);
    blocks.extend(transcript::ask(
        guest,
        &with(options, "percpu_reserved=24"),
        &FULL,
    )?);
    blocks.extend(transcript::ask(
        guest,
        &with(options, "vmalloc=near"),
        &NEAR,
    )?);
    blocks.insert(
        "boot",
        lines(
            &boot,
            &["machine: ", "percpu: ", "map: ", "distance: ", "smp: "],
        ),
    );
    blocks.insert("embed", lines(&boot, &["percpu: "]));
    blocks.insert("page", lines(&paged, &["percpu: "]));
    if let Some(text) = blocks.get_mut("lowcore") {
        *text = lowcore_about(text, &LOWCORE);
    }
    blocks.insert("lost update", costs::lost_update(guest, options)?);
    let (by_machine, mut absent) = machines::all()?;
    let has_all_machines = absent.is_empty();
    let cost = costs::on_this_host(if update { TRIES } else { 1 })?;
    match cost {
        Some(cost) => _ = blocks.insert("shared counter", cost.to_string()),
        None => absent.push("shared counter"),
    }
    blocks.extend(by_machine);
    let binaries = linux_binaries::all(guest, options, update)?;
    let has_binaries = binaries.is_some();
    match binaries {
        Some(binaries) => blocks.extend(binaries),
        None => absent.extend(linux_binaries::NAMES),
    }
    let mut pictures = pictures::all(&boot, &blocks, &cost.unwrap_or_default());
    if cost.is_none() {
        pictures.remove("why");
    }
    if !has_all_machines {
        pictures.remove("machines");
    }
    if !has_binaries {
        pictures.remove("linux");
    }
    Ok(Listings {
        blocks,
        pictures,
        absent,
    })
}
